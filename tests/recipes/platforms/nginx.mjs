// nginx in front of an application, with a part of the site behind basic authentication.
import { PORTS } from '../lib/work.mjs';

const SITE = `proxy_pass http://127.0.0.1:${PORTS.upstream};`;

export default {
  id: 'nginx',
  kind: 'gateway',
  prepare: async (work) => (await work.run('nginx', ['-v'])).replace(/^.*: (\w+)\//, '$1 '),
  start: async (work, pieces) => {
    const [maps, fields, location] = pieces ?? ['', '', `location /v1/ { ${SITE} }`];
    await work.write('conf.d/cors.conf', maps);
    await work.write('snippets/cors.conf', fields);
    await work.write('users', 'u:{PLAIN}p\n');
    await work.write('nginx.conf', `
      daemon off; pid nginx.pid; error_log stderr;
      events {}
      http {
        access_log off;
        include conf.d/*.conf;
        server {
          listen 127.0.0.1:${PORTS.api};
          ${location}
          location /v1/private {
            include snippets/cors.conf;
            auth_basic "private"; auth_basic_user_file users;
            ${SITE}
          }
        }
      }`);
    return work.serve('nginx', ['-p', work.dir, '-c', 'nginx.conf', '-e', 'stderr']);
  },
};
