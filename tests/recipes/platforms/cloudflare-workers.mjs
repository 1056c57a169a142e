// A Worker in workerd, the runtime of Cloudflare, in front of an application; it demands authentication itself.
import { PORTS } from '../lib/work.mjs';

const plain = `export default { fetch: (request) => handle(request) };
async function handle(request, env, context) {
  return fetch(request);
}`;

/** The recipe's handle forwards the request; here it also leads it to the application and looks at the credentials. */
const guarded = (worker) => worker.replace('return fetch(request);', `
  const url = new URL(request.url);
  if (url.pathname === '/v1/private' && !request.headers.has('Authorization')) return new Response('', { status: 401 });
  if (url.pathname === '/v1/broken') throw new Error('broken');
  url.port = '${PORTS.upstream}';
  return fetch(new Request(url, request));`);

export default {
  id: 'cloudflare-workers',
  kind: 'gateway',
  prepare: (work) => work.npm('workerd'),
  start: async (work, pieces) => {
    await work.write('worker.mjs', guarded(pieces?.[0] ?? plain));
    await work.write('config.capnp', `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (modules = [(name = "worker.mjs", esModule = embed "worker.mjs")], compatibilityDate = "2024-09-01", globalOutbound = "network")),
    (name = "network", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${PORTS.api}", http = (), service = "main")],
);`);
    return work.serve('node_modules/workerd/bin/workerd', ['serve', 'config.capnp']);
  },
};
