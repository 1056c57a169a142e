// A packet capture of the loopback interface around one case.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Starts capturing the given TCP ports; resolves when the tool says that it is listening. */
export async function startCapture({ file, ports, format = 'pcap', device = 'lo' }) {
  const filter = `tcp and (${ports.map((port) => `port ${port}`).join(' or ')})`;
  const [tool, args] = format === 'pcapng'
    ? ['dumpcap', ['-q', '-i', device, '-s', '0', '-f', filter, '-w', file]]
    // -Z root: without it tcpdump gives up root first and may not write here.
    : ['tcpdump', ['-Z', 'root', '-i', device, '-s', '0', '-U', '-w', file, filter]];
  const child = spawn(tool, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  let said = '';
  const listening = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`${tool} ended:\n${said}`)));
    child.stderr.on('data', (data) => {
      said += data;
      if (/listening on|File: /.test(said)) resolve();
    });
  });
  await listening;
  await sleep(300);
  return {
    stop: async () => {
      await sleep(1200); // the kernel hands packets over in batches
      child.kill('SIGINT');
      await ended;
    },
  };
}
