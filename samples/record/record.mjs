// node record.mjs [case...]: records all cases, or those named, into the folders beside this one.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cases } from './cases.mjs';
import { startCapture } from './lib/capture.mjs';
import { Chromium } from './lib/chromium.mjs';
import { openNetworkPanel } from './lib/devtools.mjs';
import { recordWithFirefox } from './lib/firefox.mjs';
import { openPage } from './lib/page.mjs';
import { caseReadme, indexReadme } from './lib/readme.mjs';
import { quicCertificate, startServers } from './lib/servers.mjs';
import { Observer } from './lib/truth.mjs';

const SAMPLES = path.resolve(import.meta.dirname, '..');

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !cases.some((one) => one.name === name));
if (unknown.length) throw new Error(`no such case: ${unknown.join(', ')}`);

let failed = false;
for (const one of cases.filter(({ name }) => !wanted.length || wanted.includes(name))) {
  try {
    const verdicts = await record(one);
    console.log(`${one.name}: ${verdicts.join(', ')}`);
  } catch (error) {
    failed = true;
    console.error(`${one.name}: ${error.stack}`);
  }
}
await writeFile(path.join(SAMPLES, 'README.md'), await indexReadme(SAMPLES, cases));
process.exitCode = failed ? 1 : 0;

async function record(one) {
  const folder = path.join(SAMPLES, one.name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);

  const page = await openPage(one);
  const certificate = one.quic && await quicCertificate();
  const servers = await startServers(one.servers, [...(one.down ? [] : one.ports), ...(one.behind ?? [])]);
  try {
    const chromium = await recordWithChromium(one, page.url, folder, certificate);
    const firefox = one.firefox ? await recordWithFirefox(page.url) : null;
    if (firefox) await writeFile(path.join(folder, 'firefox.har'), firefox.har);
    await writeFile(path.join(folder, 'truth.json'), `${JSON.stringify(chromium.verdicts, null, 2)}\n`);
    await writeFile(path.join(folder, 'README.md'), await caseReadme(one, { chromium, firefox }));
    return check(one, chromium.verdicts);
  } finally {
    await servers.stop();
    await page.stop();
  }
}

async function recordWithChromium(one, url, folder, certificate) {
  const format = one.capture?.format ?? 'pcap';
  const capture = await startCapture({ ...one.capture, file: path.join(folder, `capture.${format}`), ports: one.ports });
  const browser = await Chromium.launch({
    ...one,
    keyLog: one.keyLog && path.join(folder, 'tls-keys.log'),
    extension: one.extension && path.join(import.meta.dirname, 'extensions', one.extension),
    quic: one.quic && { hosts: one.quic, certificate },
  });
  const observer = new Observer();
  try {
    const tab = await browser.openTab('about:blank');
    browser.listen((message) => { if (message.sessionId === tab.sessionId) observer.take(message); });
    const panel = await openNetworkPanel(browser, tab.targetId);
    for (const domain of ['Network', 'Log', 'Runtime', 'Page']) await browser.send(`${domain}.enable`, {}, tab.sessionId);

    await browser.send('Page.navigate', { url }, tab.sessionId);
    await finished(browser, tab.sessionId);

    const har = await panel.exportHar({ sanitize: true });
    await writeFile(path.join(folder, 'devtools.har'), har);
    if (one.sensitive) await writeFile(path.join(folder, 'devtools-sensitive.har'), await panel.exportHar({ sanitize: false }));
    return { version: browser.version, console: observer.console, verdicts: observer.verdicts(one.page, JSON.parse(har)) };
  } finally {
    await browser.close();
    await capture.stop();
  }
}

async function finished(browser, sessionId) {
  for (let i = 0; i < 120; i++) {
    // Fails while the page is being replaced by another one.
    if (await browser.evaluate(sessionId, 'window.finished === true').catch(() => false)) {
      await sleep(800); // requests that the script does not wait for, and the log of the panel
      return;
    }
    await sleep(250);
  }
  throw new Error('the script of the page did not end');
}

function check(one, verdicts) {
  const got = verdicts.map(({ method, verdict, chromium_cors_error: code }) => `${method} ${code ?? verdict}`);
  const want = one.expect.map((pair) => pair.join(' '));
  if (got.join() !== want.join()) throw new Error(`expected ${want.join(', ')}; the browser said ${got.join(', ')}`);
  const lost = verdicts.filter(({ har_index: index }) => index === null);
  if (lost.length) throw new Error(`not in the HAR: ${lost.map(({ url }) => url).join(', ')}`);
  return got;
}
