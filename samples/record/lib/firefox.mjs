// Records a page with headless Firefox: Marionette (its remote control, JSON over TCP) in the browser's own "chrome"
// context, where the Network panel can be opened and asked for its HAR.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PORT = 2828;

// Firefox has no rule for all of *.test; *.localhost it knows by itself.
const LOOPBACK_HOSTS = ['shop.test', 'www.shop.test', 'app.shop.test', 'api.shop.test', 'login.identity.test', 'partner.test',
  'stats.shop.test'];

const PREFERENCES = {
  'marionette.port': PORT,
  // Nothing but the page's own traffic.
  'network.proxy.type': 0,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'browser.safebrowsing.downloads.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'app.update.enabled': false,
  // The servers are on loopback.
  'network.dns.localDomains': LOOPBACK_HOSTS.join(','),
  'network.lna.enabled': false,
  'network.lna.blocking': false,
  'dom.security.https_first': false,
  'devtools.netmonitor.persistlog': true,
};

const OPEN_NETWORK_PANEL = `
  const done = arguments[arguments.length - 1];
  (async () => {
    const { require } = ChromeUtils.importESModule('resource://devtools/shared/loader/Loader.sys.mjs');
    const { gDevTools } = require('devtools/client/framework/devtools');
    const window = Services.wm.getMostRecentWindow('navigator:browser');
    window.sampleToolbox = await gDevTools.showToolboxForTab(window.gBrowser.selectedTab, { toolId: 'netmonitor' });
    await window.sampleToolbox.getNetMonitorAPI();
    Services.console.reset();
  })().then(() => done(null), (error) => done(String(error)));`;

// The panel's own export, in the layout in which "Save All As HAR" writes it.
const EXPORT_HAR = `
  const done = arguments[arguments.length - 1];
  const window = Services.wm.getMostRecentWindow('navigator:browser');
  window.sampleToolbox.getHARFromNetMonitor().then((log) => done(JSON.stringify({ log }, null, '  ')), (error) => done('!' + error));`;

const READ_CONSOLE = `
  return Services.console.getMessageArray()
    .filter((message) => message instanceof Ci.nsIScriptError && /CORS|Mixed/.test(message.category))
    .map((message) => message.errorMessage);`;

export async function recordWithFirefox(url) {
  const profile = await mkdtemp(path.join(os.tmpdir(), 'sample-firefox-'));
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);
  await writeFile(path.join(profile, 'user.js'), lines.join(''));
  const browser = spawn('firefox-esr', ['--headless', '--no-remote', '--marionette', '--remote-allow-system-access', '--profile', profile],
    { stdio: 'ignore', detached: true, env: { ...process.env, MOZ_HEADLESS: '1' } });
  const gone = once(browser, 'exit');
  try {
    const remote = await connect();
    const { capabilities } = await remote('WebDriver:NewSession', { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } });
    const script = async (name, text) => (await remote(name, { script: text, args: [], sandbox: 'system', newSandbox: true })).value;

    await remote('WebDriver:SetTimeouts', { script: 60000, pageLoad: 30000 });
    await remote('Marionette:SetContext', { value: 'chrome' });
    const problem = await script('WebDriver:ExecuteAsyncScript', OPEN_NETWORK_PANEL);
    if (problem) throw new Error(`Firefox DevTools: ${problem}`);

    await remote('Marionette:SetContext', { value: 'content' });
    await remote('WebDriver:Navigate', { url });
    for (let i = 0; i < 120; i++) {
      const { value } = await remote('WebDriver:ExecuteScript', { script: 'return window.finished === true;', args: [] });
      if (value) break;
      await sleep(250);
    }
    await sleep(1000);

    await remote('Marionette:SetContext', { value: 'chrome' });
    const console = await script('WebDriver:ExecuteScript', READ_CONSOLE);
    const har = await script('WebDriver:ExecuteAsyncScript', EXPORT_HAR);
    if (!har.startsWith('{')) throw new Error(`Firefox HAR: ${har}`);
    await remote('Marionette:Quit', { flags: ['eForceQuit'] }).catch(() => {});
    return { har, console, version: `Firefox ${capabilities.browserVersion}` };
  } finally {
    await Promise.race([gone, sleep(8000)]);
    try { process.kill(-browser.pid, 'SIGKILL'); } catch { /* it has ended by itself */ }
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Marionette speaks `<length>:<json>`, a request being [0, id, command, parameters]. */
async function connect() {
  const socket = await open();
  const waiting = new Map();
  let buffer = Buffer.alloc(0);
  socket.on('data', (data) => {
    buffer = Buffer.concat([buffer, data]);
    for (;;) {
      const colon = buffer.indexOf(':');
      if (colon < 0) return;
      const end = colon + 1 + Number(buffer.subarray(0, colon));
      if (buffer.length < end) return;
      const message = JSON.parse(buffer.subarray(colon + 1, end));
      buffer = buffer.subarray(end);
      if (!Array.isArray(message)) continue; // the greeting
      const [, id, error, result] = message;
      const { resolve, reject } = waiting.get(id);
      if (error) reject(new Error(error.message));
      else resolve(result);
    }
  });
  socket.on('close', () => waiting.forEach(({ reject }) => reject(new Error('Firefox closed the connection'))));
  let nextId = 1;
  return (command, parameters = {}) => new Promise((resolve, reject) => {
    const id = nextId++;
    waiting.set(id, { resolve, reject });
    const text = JSON.stringify([0, id, command, parameters]);
    socket.write(`${Buffer.byteLength(text)}:${text}`);
  });
}

async function open() {
  for (let i = 0; i < 200; i++) {
    const socket = net.connect(PORT, '127.0.0.1');
    const ok = await new Promise((resolve) => { socket.once('connect', () => resolve(true)).once('error', () => resolve(false)); });
    if (ok) return socket;
    await sleep(200);
  }
  throw new Error('Firefox did not start; is firefox-esr installed?');
}
