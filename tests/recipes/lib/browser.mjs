// A headless Chromium over the DevTools protocol, by pipe: no port, no package.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

const FLAGS = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--no-proxy-server', '--disable-quic',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-default-apps',
  '--disable-extensions', '--no-pings',
  // The servers are on loopback: without this Chromium asks for a permission instead of applying CORS.
  '--disable-features=LocalNetworkAccessChecks,HttpsUpgrades,HttpsFirstBalancedMode,OptimizationHints,MediaRouter,Translate',
  '--remote-debugging-pipe',
];

export class Browser {
  #process; #profile; #nextId = 1; #rest = '';
  #waiting = new Map();
  #corsErrors = new Map(); // session → codes

  static async launch() {
    const browser = new Browser();
    browser.#profile = await mkdtemp(path.join(os.tmpdir(), 'recipe-chromium-'));
    const stdio = ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'];
    browser.#process = spawn('chromium', [...FLAGS, `--user-data-dir=${browser.#profile}`, 'about:blank'], { stdio, detached: true });
    browser.#process.stdio[4].setEncoding('utf8').on('data', (text) => browser.#receive(text));
    browser.version = (await browser.#send('Browser.getVersion')).product.replace(/^.*\//, 'Chromium ');
    return browser;
  }

  #receive(text) {
    const messages = (this.#rest + text).split('\0');
    this.#rest = messages.pop();
    for (const message of messages.map((each) => JSON.parse(each))) {
      if (message.id !== undefined) {
        const { resolve, reject, method } = this.#waiting.get(message.id);
        this.#waiting.delete(message.id);
        if (message.error) reject(new Error(`${method}: ${message.error.message}`));
        else resolve(message.result);
      } else if (message.method === 'Network.loadingFailed' && message.params.corsErrorStatus) {
        this.#corsErrors.get(message.sessionId)?.push(message.params.corsErrorStatus.corsError);
      }
    }
  }

  #send(method, params = {}, sessionId = undefined) {
    const id = this.#nextId++;
    this.#process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject, method }));
  }

  /** A page at `url` in a context of its own: no cookie, no preflight is remembered from before. */
  async page(url) {
    const { browserContextId } = await this.#send('Target.createBrowserContext');
    const { targetId } = await this.#send('Target.createTarget', { url: 'about:blank', browserContextId });
    const { sessionId } = await this.#send('Target.attachToTarget', { targetId, flatten: true });
    this.#corsErrors.set(sessionId, []);
    await this.#send('Network.enable', {}, sessionId);
    await this.#send('Page.enable', {}, sessionId);
    await this.#send('Page.navigate', { url }, sessionId);
    for (let i = 0; await this.#evaluate(sessionId, 'document.readyState + location.href') !== `complete${url}`; i++) {
      if (i > 100) throw new Error(`${url} does not load`);
      await new Promise((done) => setTimeout(done, 50));
    }
    return {
      /** Runs fetch in the page: `{status, text, total}` when the page may read the answer, else `{error, code}`. */
      fetch: async (target, options = {}) => {
        const codes = this.#corsErrors.get(sessionId);
        codes.length = 0;
        const answer = await this.#evaluate(sessionId, `(async () => {
          try {
            const answer = await fetch(${JSON.stringify(target)}, ${JSON.stringify(options)});
            return { status: answer.status, text: await answer.text(), total: answer.headers.get('x-total-count') };
          } catch (error) {
            return { error: String(error) };
          }
        })()`);
        if (answer.error) await new Promise((done) => setTimeout(done, 100));
        return answer.error ? { ...answer, code: codes[0] ?? 'no CORS error' } : answer;
      },
      run: (expression) => this.#evaluate(sessionId, expression),
      close: () => this.#send('Target.disposeBrowserContext', { browserContextId }),
    };
  }

  async #evaluate(sessionId, expression) {
    const params = { expression, awaitPromise: true, returnByValue: true };
    const answer = await this.#send('Runtime.evaluate', params, sessionId);
    if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description ?? answer.exceptionDetails.text);
    return answer.result.value;
  }

  async close() {
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#send('Browser.close').catch(() => {});
    await Promise.race([gone, new Promise((done) => setTimeout(done, 5000))]);
    try { process.kill(-this.#process.pid, 'SIGKILL'); } catch { /* it has ended by itself */ }
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
