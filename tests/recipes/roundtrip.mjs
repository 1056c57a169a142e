// The way of a user, with real servers and a real browser: a packet capture of what fails, `corsight simulate --suggest
// --server` over it, its text pasted, the same page again, and a capture in which `corsight check` finds nothing blocked.
//
//   node roundtrip.mjs              nginx, Express, FastAPI
//   node roundtrip.mjs envoy gin    these
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser } from './lib/browser.mjs';
import { OTHER_PAGE, PAGE } from './lib/checks.mjs';
import { API, PORTS, pageServer, raw, workspace } from './lib/work.mjs';

const HERE = import.meta.dirname;
const ROOT = path.resolve(HERE, '..', '..');
const CORSIGHT = process.env.CORSIGHT ?? build();
const SCANNER = 'https://evil.example';

const wanted = process.argv.slice(2);
const names = wanted.length ? wanted : ['nginx', 'express-5', 'fastapi'];
const platforms = [];
for (const file of await readdir(path.join(HERE, 'platforms'))) {
  platforms.push(...[(await import(path.join(HERE, 'platforms', file))).default].flat());
}
const page = await pageServer(PORTS.page);
const browser = await Browser.launch();
const rows = [];
for (const name of names) {
  const platform = platforms.find(({ id }) => id === name);
  if (!platform) throw new Error(`no platform ${name}`);
  rows.push(await roundtrip(platform));
  console.log(rows.at(-1).join(' | '));
}
await browser.close();
page.stop();
await writeFile(path.join(HERE, 'ROUNDTRIP.md'), `# From a capture to a server that is mended

Written by \`node roundtrip.mjs\`, last with ${browser.version}: what a page did was captured, the text of
\`corsight simulate --suggest --server\` was pasted, the page did the same again.

| server | versions | blocked in the first capture | left out | still failing under the suggestion | in the second capture |
|---|---|---|---|---|---|
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}
`);

async function roundtrip(platform) {
  const server = platform.recipe ?? platform.id;
  const work = await workspace(platform.id);
  const version = await platform.prepare(work);
  const before = await captured(platform, work, null, 'before.pcap', async () => {
    const passed = (await drive()).filter(({ error }) => !error);
    if (passed.length) throw new Error(`${platform.id}: not blocked: ${JSON.stringify(passed)}`);
    await raw('GET', '/v1/items', { origin: SCANNER, 'user-agent': 'Mozilla/5.0' });
  });
  const blocked = summary(before);
  const toml = corsight('simulate', '--suggest', before).stdout;
  await work.write('cors.toml', toml);
  const trial = corsight('simulate', '--policy', path.join(work.dir, 'cors.toml'), before, '--host', new URL(API).host, '--origin', PAGE, '--format', 'json');
  const suggested = corsight('simulate', '--suggest', before, '--server', server);
  if (suggested.stdout.includes('evil') || !suggested.stderr.includes(SCANNER)) throw new Error(`${platform.id}: the scanner is not left out`);
  const pieces = piecesOf(suggested.stdout);
  const after = await captured(platform, work, pieces, 'after.pcap', async () => {
    const failed = (await drive()).filter(({ error }) => error);
    if (failed.length) throw new Error(`${platform.id}: still blocked: ${JSON.stringify(failed)}\n${suggested.stdout}`);
  });
  const mended = summary(after);
  if (trial.status !== 0 || mended !== '0') throw new Error(`${platform.id}: simulate ends with ${trial.status}; blocked after: ${mended}`);
  return [`\`${server}\``, version, blocked, SCANNER, '0', `${mended} blocked`];
}

/** What the page does: plain, preflighted, with cookies; from two origins. Errors of the application must be readable. */
async function drive() {
  const answers = [];
  const json = { method: 'PUT', headers: { 'content-type': 'application/json', 'x-token': 't' }, body: '{}' };
  for (const origin of [PAGE, OTHER_PAGE]) {
    const tab = await browser.page(`${origin}/`);
    await tab.run('document.cookie = "sid=1; path=/"');
    for (const options of [{}, json, { credentials: 'include' }, { ...json, credentials: 'include' }]) {
      answers.push(await tab.fetch(`${API}/v1/items?n=${answers.length}`, options));
    }
    answers.push(await tab.fetch(`${API}/v1/missing`), await tab.fetch(`${API}/v1/broken`));
    await tab.close();
  }
  return answers;
}

/** Runs `work` while the packets of the API's port are written to a file; gives its path. */
async function captured(platform, work, pieces, name, act) {
  const file = path.join(work.dir, name);
  const upstream = platform.kind === 'gateway'
    ? await work.serve(process.execPath, [path.join(HERE, 'lib', 'upstream.mjs'), String(PORTS.upstream), 'plain'], { port: PORTS.upstream }) : null;
  const server = await platform.start(work, pieces);
  const tcpdump = spawn('tcpdump', ['-i', 'lo', '-U', '--immediate-mode', '-s', '0', '-w', file, `tcp port ${PORTS.api}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  await once(tcpdump.stderr, 'data');
  try {
    await act();
  } finally {
    await sleep(1000);
    const gone = once(tcpdump, 'exit');
    tcpdump.kill('SIGINT');
    await gone;
    await server.stop();
    await upstream?.stop();
  }
  return file;
}

/** The texts of a printed recipe, as a user would cut them out; what stood in the server's file before stays. */
function piecesOf(printed) {
  const parts = printed.split(/^── .*\n\n/m).slice(1);
  return parts.map((part) => part.split(/^note: /m)[0]
    .replace(/# proxy_pass, root.*/, `proxy_pass http://127.0.0.1:${PORTS.upstream};`)
    .replace(/# basic_auth, reverse_proxy.*/, `reverse_proxy http://127.0.0.1:${PORTS.upstream}`));
}

/** Number of findings that are blocked for certain, of origins that are not the scanner's. */
function summary(file) {
  const lines = corsight('check', file, '--format', 'ndjson', '--min-severity', 'blocked').stdout.trim().split('\n').map((line) => JSON.parse(line));
  return String(lines.filter(({ type, origin }) => type === 'finding' && origin !== SCANNER).length);
}

function corsight(...args) {
  const { stdout, stderr, status } = spawnSync(CORSIGHT, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status === 2 || status === null) throw new Error(`corsight ${args.join(' ')}: ${stderr}`);
  return { stdout, stderr, status };
}

function build() {
  execFileSync('cargo', ['build', '-q'], { cwd: ROOT, stdio: 'inherit' });
  return path.join(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target'), 'debug', 'corsight');
}
