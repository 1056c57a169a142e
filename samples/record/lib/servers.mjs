// Starts the servers of one case and stops them again. The kind of a server is told by its file name.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, cp, mkdir } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const HERE = path.resolve(import.meta.dirname, '..');
const WORK = path.join(HERE, '.tmp');
const PYTHON = path.join(HERE, '.venv', 'bin', 'python');

/** Starts `files` (names in servers/) and waits until all `ports` accept connections. */
export async function startServers(files, ports) {
  const running = [];
  for (const file of files) running.push(await start(file));
  for (const port of ports) await waitForPort(port);
  return {
    stop: async () => {
      for (const child of running.reverse()) {
        if (child.exitCode === null) {
          const gone = once(child, 'exit');
          child.kill('SIGTERM');
          await gone;
        }
      }
    },
  };
}

async function start(file) {
  const source = path.join(HERE, 'servers', file);
  const options = { cwd: path.join(HERE, 'servers'), stdio: ['ignore', 'ignore', 'pipe'] };
  const child = file.endsWith('.conf') ? await startNginx(source)
    : file.endsWith('.py') ? spawn(PYTHON, [source], { ...options, env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } })
      : spawn(process.execPath, [source], options);
  let said = '';
  child.stderr.on('data', (data) => { said = (said + data).slice(-4000); });
  child.on('exit', (code) => { if (code) console.error(`${file} ended with ${code}:\n${said}`); });
  return child;
}

async function startNginx(source) {
  const prefix = path.join(WORK, 'nginx');
  await mkdir(prefix, { recursive: true });
  await cp(path.join(HERE, 'servers', 'static'), path.join(prefix, 'static'), { recursive: true });
  const conf = path.join(prefix, 'nginx.conf');
  await copyFile(source, conf);
  makeCertificate(prefix);
  return spawn('nginx', ['-p', prefix, '-c', conf, '-e', 'stderr', '-g', 'daemon off; pid nginx.pid; error_log stderr;'],
    { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** A self-signed certificate for the hosts under shop.test; made anew, never stored. */
function makeCertificate(folder) {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30',
    '-subj', '/CN=shop.test', '-addext', 'subjectAltName=DNS:shop.test,DNS:*.shop.test',
    '-keyout', path.join(folder, 'key.pem'), '-out', path.join(folder, 'certificate.pem')], { stdio: 'ignore' });
}

async function waitForPort(port) {
  for (let i = 0; i < 100; i++) {
    const open = await new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await sleep(100);
  }
  throw new Error(`nothing listens on port ${port}`);
}
