// HAProxy in front of an application, with a part of the site behind basic authentication.
import { PORTS } from '../lib/work.mjs';

const start = (change = (recipe) => recipe) => async (work, pieces) => {
  await work.write('haproxy.cfg', `
defaults
    mode http
    timeout connect 2s
    timeout client 10s
    timeout server 10s
    retries 0
userlist users
    user u insecure-password p
frontend www
    bind 127.0.0.1:${PORTS.api}
${change(pieces?.[0] ?? '')}
    http-request auth if { path_beg /v1/private } !{ http_auth(users) }
    default_backend application
backend application
    server one 127.0.0.1:${PORTS.upstream}
`);
  return work.serve('haproxy', ['-f', 'haproxy.cfg', '-db']);
};

export default {
  id: 'haproxy',
  kind: 'gateway',
  prepare: async (work) => (await work.run('haproxy', ['-v'])).match(/HAProxy version [\d.]+/)[0].replace('version ', ''),
  start: start(),
  mistakes: [
    { what: 'http-response in place of http-after-response', fault: /^(401|preflighted PUT): blocked/, start: start((recipe) => recipe.replaceAll('http-after-response', 'http-response')) },
    { what: 'add-header beside those of the application', manner: 'chatty', fault: /^GET: blocked .MultipleAllowOriginValues/, start: start((recipe) => recipe.replaceAll(/.*del-header.*/g, '').replaceAll('set-header', 'add-header')) },
  ],
};
