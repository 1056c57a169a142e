// Starts a headless Chromium and drives it over the DevTools protocol (one WebSocket, flattened sessions).
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';

const FLAGS = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--no-proxy-server',
  // Nothing but the page's own traffic.
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--disable-default-apps', '--no-pings',
  '--ignore-certificate-errors',
  '--remote-debugging-port=0', '--remote-allow-origins=*',
];

// It tries https:// first for pages that only exist on http://.
const DISABLED = ['HttpsUpgrades', 'HttpsFirstBalancedMode', 'OptimizationHints', 'MediaRouter', 'Translate'];
// The servers are on loopback: with this Chromium asks for a permission instead of applying CORS.
const ASKS_FOR_LOOPBACK = 'LocalNetworkAccessChecks';

export class Chromium {
  #socket; #process; #profile; #nextId = 1;
  #waiting = new Map();
  #listeners = new Set();

  static async launch({ keyLog, quic, hosts = [], extension, publicPorts, thirdPartyCookies = true } = {}) {
    const browser = new Chromium();
    browser.#profile = await mkdtemp(path.join(os.tmpdir(), 'sample-chromium-'));
    const flags = [...FLAGS, `--user-data-dir=${browser.#profile}`];
    flags.push(...(quic ? quicFlags(quic) : ['--disable-quic']));
    const names = ['*.test', '*.localhost', ...hosts.flatMap((host) => [host, `*.${host}`])];
    flags.push(`--host-resolver-rules=${names.map((name) => `MAP ${name} 127.0.0.1`).join(', ')}`);
    flags.push(`--disable-features=${[...DISABLED, ...(publicPorts ? [] : [ASKS_FOR_LOOPBACK])].join()}`);
    if (publicPorts) flags.push(`--ip-address-space-overrides=${publicPorts.map((port) => `127.0.0.1:${port}=public`).join()}`);
    if (!thirdPartyCookies) flags.push('--test-third-party-cookie-phaseout');
    flags.push(extension ? `--load-extension=${extension}` : '--disable-extensions');
    if (keyLog) flags.push(`--ssl-key-log-file=${keyLog}`);
    browser.#process = spawn('chromium', [...flags, 'about:blank'], { stdio: 'ignore', detached: true });
    browser.port = await portFile(path.join(browser.#profile, 'DevToolsActivePort'));
    const info = await (await fetch(`http://127.0.0.1:${browser.port}/json/version`)).json();
    browser.version = info.Browser.replace('Chrome/', 'Chromium ');
    await browser.#connect(info.webSocketDebuggerUrl);
    return browser;
  }

  async #connect(url) {
    this.#socket = new WebSocket(url, { perMessageDeflate: false });
    await new Promise((resolve, reject) => this.#socket.once('open', resolve).once('error', reject));
    this.#socket.on('message', (data) => {
      const message = JSON.parse(data);
      if (message.id === undefined) {
        for (const listener of this.#listeners) listener(message);
        return;
      }
      const { resolve, reject, method } = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error) reject(new Error(`${method}: ${message.error.message}`));
      else resolve(message.result);
    });
  }

  send(method, params = {}, sessionId = undefined) {
    const id = this.#nextId++;
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject, method }));
  }

  listen(listener) { this.#listeners.add(listener); }

  /** Opens `url` in a new tab (or window) and attaches to it. */
  async openTab(url, options = {}) {
    const { targetId } = await this.send('Target.createTarget', { url, ...options });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    return { targetId, sessionId };
  }

  async evaluate(sessionId, expression) {
    const answer = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, sessionId);
    if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description ?? answer.exceptionDetails.text);
    return answer.result.value;
  }

  async close() {
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.send('Browser.close').catch(() => {});
    await Promise.race([gone, sleep(5000)]);
    try { process.kill(-this.#process.pid, 'SIGKILL'); } catch { /* it has ended by itself */ }
    this.#socket.close();
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** HTTP/3 from the first request on. Over QUIC only certificates that are named are taken in spite of errors. */
function quicFlags({ hosts, certificate }) {
  return ['--enable-quic', `--origin-to-force-quic-on=${hosts.map((host) => `${host}:443`).join()}`,
    `--ignore-certificate-errors-spki-list=${certificate}`];
}

async function portFile(file) {
  for (let i = 0; i < 150; i++) {
    const port = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
    if (port) return port;
    await sleep(100);
  }
  throw new Error('chromium did not start; is it installed, and may this user start it?');
}
