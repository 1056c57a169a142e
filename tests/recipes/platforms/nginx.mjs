// nginx in front of an application, with a part of the site behind basic authentication.
import { PAGE } from '../lib/checks.mjs';
import { PORTS } from '../lib/work.mjs';

const SITE = `proxy_pass http://127.0.0.1:${PORTS.upstream};`;

const start = (change = (pieces) => pieces) => async (work, pieces) => {
  const [maps, fields, location] = pieces ? change(pieces) : ['', '', `location /v1/ { ${SITE} }`];
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
};

export default {
  id: 'nginx',
  kind: 'gateway',
  prepare: async (work) => (await work.run('nginx', ['-v'])).replace(/^.*: (\w+)\//, '$1 '),
  start: start(),
  mistakes: [
    {
      what: 'fields in the location, max-age in an if',
      fault: /preflighted PUT: blocked .PreflightMissingAllowOriginHeader/,
      start: start(() => ['', '', `
    location /v1/ {
      add_header Access-Control-Allow-Origin ${PAGE};
      add_header Access-Control-Allow-Methods 'GET, PUT, OPTIONS';
      add_header Access-Control-Allow-Headers 'Authorization, Content-Type, X-Token';
      if ($request_method = OPTIONS) {
        add_header Access-Control-Max-Age 600;
        return 204;
      }
      ${SITE}
    }`]),
    },
    { what: 'add_header without always', fault: /^404: blocked/, start: start(([maps, fields, site]) => [maps, fields.replaceAll(' always;', ';'), site]) },
    {
      what: 'the application sends its own', manner: 'chatty', fault: /^GET: blocked .MultipleAllowOriginValues/,
      start: start(([maps, fields, site]) => [maps, fields.replaceAll(/proxy_hide_header.*/g, ''), site]),
    },
    { what: 'an add_header in the location', fault: /^GET: blocked/, start: start(([maps, fields, site]) => [maps, fields, site.replace('}', 'add_header X-Frame-Options DENY;\n}')
      .replace('include snippets/cors.conf;', '').replace('location', 'include snippets/cors.conf;\nlocation')]) },
  ],
};
