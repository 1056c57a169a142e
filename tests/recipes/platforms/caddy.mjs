// Caddy in front of an application, with a part of the site behind basic authentication.
import { API, PORTS } from '../lib/work.mjs';

const UPSTREAM = `reverse_proxy http://127.0.0.1:${PORTS.upstream}`;

const start = (change = (text) => text) => async (work, pieces) => {
  const [top, site] = pieces ? pieces.map(change) : ['', `${API} {\n\troute {\n\t\t${UPSTREAM}\n\t}\n}`];
  // "before" the recipe's own proxy line, as its comment says.
  const guarded = site.replace('reverse_proxy', `basicauth /v1/private {\n\t\t\tu ${work.hash}\n\t\t}\n\t\treverse_proxy`);
  await work.write('Caddyfile', `{\n\tadmin off\n\tauto_https off\n}\n${top}\n${guarded}\n`);
  const env = { XDG_DATA_HOME: work.dir, XDG_CONFIG_HOME: work.dir };
  return work.serve('caddy', ['run', '--config', 'Caddyfile', '--adapter', 'caddyfile'], { env });
};

export default {
  id: 'caddy',
  kind: 'gateway',
  prepare: async (work) => {
    work.hash = (await work.run('caddy', ['hash-password', '--plaintext', 'p'])).trim();
    return `Caddy ${(await work.run('caddy', ['version'])).split(' ')[0]}`;
  },
  start: start(),
  mistakes: [
    { what: 'header without defer', manner: 'chatty', fault: /^(one Allow-Origin on 200|GET: blocked)/, start: start((text) => text.replaceAll(/\n\s*defer\b/g, '')) },
  ],
};
