// Apache httpd in front of an application, with a part of the site behind basic authentication.
import { PORTS } from '../lib/work.mjs';

const MODULES = ['mpm_event', 'headers', 'rewrite', 'setenvif', 'proxy', 'proxy_http', 'authn_core', 'authn_file', 'authz_core',
  'authz_user', 'auth_basic'];

export default {
  id: 'apache',
  kind: 'gateway',
  prepare: async (work) => {
    const hash = await work.run('openssl', ['passwd', '-apr1', 'p']);
    await work.write('users', `u:${hash}\n`);
    return (await work.run('apache2', ['-v'])).match(/Apache\/\S+/)[0].replace('/', ' ');
  },
  start: async (work, pieces, policy) => {
    // ProxyPass of the recipe may stand for /v1/ or for /.
    const site = pieces?.[0] ?? `ProxyPass /v1/ http://127.0.0.1:${PORTS.upstream}/v1/`;
    await work.write('httpd.conf', `
      ServerRoot ${work.dir}
      PidFile httpd.pid
      ServerName localhost
      Listen 127.0.0.1:${PORTS.api}
      ${MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
      ErrorLog error.log
      <VirtualHost 127.0.0.1:${PORTS.api}>
        ${site}
        <Location /v1/private>
          AuthType Basic
          AuthName private
          AuthUserFile ${work.dir}/users
          Require valid-user
        </Location>
      </VirtualHost>`);
    return work.serve('apache2', ['-f', `${work.dir}/httpd.conf`, '-DFOREGROUND']);
  },
};
