// Apache httpd in front of an application, with a part of the site behind basic authentication.
import { PORTS } from '../lib/work.mjs';

const MODULES = ['mpm_event', 'headers', 'rewrite', 'setenvif', 'proxy', 'proxy_http', 'authn_core', 'authn_file', 'authz_core',
  'authz_user', 'auth_basic'];

const start = (change = (text) => text) => async (work, pieces) => {
  // ProxyPass of the recipe may stand for /v1/ or for /.
  const site = pieces ? change(pieces[0]) : `ProxyPass /v1/ http://127.0.0.1:${PORTS.upstream}/v1/`;
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
};

export default {
  id: 'apache',
  kind: 'gateway',
  prepare: async (work) => {
    const hash = await work.run('openssl', ['passwd', '-apr1', 'p']);
    await work.write('users', `u:${hash}\n`);
    return (await work.run('apache2', ['-v'])).match(/Apache\/\S+/)[0].replace('/', ' ');
  },
  start: start(),
  mistakes: [
    { what: 'Header set without always', fault: /^(401|preflighted PUT): blocked/, start: start((text) => text.replaceAll('Header always', 'Header')) },
    { what: 'always beside the application', manner: 'chatty', fault: /^GET: blocked .MultipleAllowOriginValues/, start: start((text) => text.replaceAll(/.*onsuccess unset.*/g, '')) },
    { what: 'the rewrite rule in the Location', fault: /^preflight before authentication: blocked/, start: start((text) => {
      const [rule] = text.match(/RewriteEngine[\s\S]*?\[R=204,L\]\n/) ?? [''];
      return text.replace(rule, '').replace(/(<Location [^>]*>\n)/, (line) => line + rule.replace(/RewriteRule \S+/, 'RewriteRule ^'));
    }) },
  ],
};
