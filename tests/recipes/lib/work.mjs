// A scratch folder outside of the repository, and the processes that a proof starts.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const ROOT = path.resolve(import.meta.dirname, '..', '..', '..');
export const SCRATCH = process.env.RECIPES_SCRATCH ?? path.join(os.tmpdir(), 'corsight-recipes');

/** All on loopback. `api` is what the page calls, `upstream` the application behind a proxy. */
export const PORTS = { page: 4701, foreign: 4702, api: 4710, upstream: 4711 };
export const API = `http://127.0.0.1:${PORTS.api}`;

/** A folder for `id`, with helpers that work in it. */
export async function workspace(id) {
  const dir = path.join(SCRATCH, id);
  await mkdir(dir, { recursive: true });
  const options = (more) => ({ cwd: dir, ...more, env: { ...process.env, ...more?.env } });
  return {
    dir,
    write: async (name, text) => {
      const file = path.join(dir, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
      return file;
    },
    /** Runs a program to its end and gives what it said. */
    run: async (program, args, more) => {
      const { stdout, stderr } = await promisify(execFile)(program, args, { ...options(more), maxBuffer: 1 << 26 });
      return `${stdout}${stderr}`.trim();
    },
    /** Starts a server and waits until `port` accepts connections. */
    serve: (program, args, more) => serve(program, args, options(more), more?.port ?? PORTS.api),
    /** Installs packages of npm, and those that go `beside` them; gives the versions of the former. */
    npm: async (packages, beside = []) => {
      await writeFile(path.join(dir, 'package.json'), '{"private":true}\n', { flag: 'wx' }).catch(() => {});
      const names = packages.map((spec) => spec.replace(/(?<=.)@.*$/, ''));
      const version = async (name) => JSON.parse(await readFile(path.join(dir, 'node_modules', name, 'package.json'), 'utf8')).version;
      const all = () => Promise.all(names.map(async (name) => `${name} ${await version(name)}`));
      const present = await all().catch(() => null);
      if (present) return present.join(', ');
      await promisify(execFile)('npm', ['install', '--legacy-peer-deps', '--no-audit', '--no-fund', '--no-package-lock', ...packages, ...beside], options());
      return (await all()).join(', ');
    },
    /** Installs packages of PyPI into an environment of its own; gives their versions and the path of its Python. */
    pip: async (...packages) => {
      const python = path.join(dir, 'venv', 'bin', 'python');
      const show = () => promisify(execFile)(python, ['-m', 'pip', 'show', ...packages], options());
      if (!await show().then(({ stdout }) => stdout, () => '')) {
        await promisify(execFile)('python3', ['-m', 'venv', 'venv'], options());
        await promisify(execFile)(python, ['-m', 'pip', 'install', '-q', ...packages], options());
      }
      const { stdout } = await show();
      const versions = [...stdout.matchAll(/^Name: (.*)\nVersion: (.*)$/gm)].map(([, name, version]) => `${name} ${version}`);
      return { python, versions: versions.join(', ') };
    },
  };
}

async function serve(program, args, options, port) {
  if (await isOpen(port)) throw new Error(`port ${port} is taken`);
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { said = (said + data).slice(-6000); });
  const failed = once(child, 'error').then(([error]) => { throw error; });
  failed.catch(() => {});
  for (let i = 0; !await isOpen(port); i++) {
    if (child.exitCode !== null || i > 600) throw new Error(`${program} does not answer on port ${port}:\n${said}`);
    await Promise.race([sleep(100), failed]);
  }
  return {
    said: () => said,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit');
        process.kill(-child.pid, 'SIGTERM');
        const hard = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), 4000);
        await gone;
        clearTimeout(hard);
      }
      for (let i = 0; i < 50 && await isOpen(port); i++) await sleep(100);
    },
  };
}

function isOpen(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
    socket.once('error', () => resolve(false));
  });
}

let built = false;

/** The recipe of corsight for a platform: the texts of its pieces. */
export function recipe(platform, policy) {
  const target = process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target');
  const program = process.env.RECIPES_PRINTER ?? path.join(target, 'debug', 'examples', 'recipe');
  const isOurs = program !== process.env.RECIPES_PRINTER;
  if (!built && isOurs) execFileSync('cargo', ['build', '-q', '--example', 'recipe'], { cwd: ROOT, stdio: 'inherit' });
  built = true;
  return JSON.parse(execFileSync(program, [platform], { input: JSON.stringify(policy) })).pieces.map((piece) => piece.text);
}

/** Serves an empty page on `port`, on both loopback addresses. */
export async function pageServer(port) {
  const servers = await Promise.all(['127.0.0.1', '::1'].map(async (address) => {
    const server = http.createServer((request, response) => response.setHeader('content-type', 'text/html').end('<title>page</title>'));
    server.listen(port, address);
    await once(server, 'listening');
    return server;
  }));
  return { stop: () => servers.forEach((server) => { server.closeAllConnections(); server.close(); }) };
}

/** Sends one request as it is and gives status and field lines: what no page could see. */
export function raw(method, target, fields = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(new URL(target, API), { method, headers: fields, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (data) => { body += data; }).on('end', () => {
        const lines = response.rawHeaders;
        const all = (name) => lines.filter((_, i) => i % 2 === 1 && lines[i - 1].toLowerCase() === name);
        resolve({ status: response.statusCode, lines, all, body });
      });
    });
    request.on('error', reject).end();
  });
}
