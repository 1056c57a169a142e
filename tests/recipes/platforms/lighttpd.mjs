// lighttpd in front of an application, with a part of the site behind basic authentication.
import { PORTS } from '../lib/work.mjs';

const start = (order = (recipe, rest) => [recipe, rest]) => async (work, pieces) => {
  const [answer, fields] = pieces ?? ['', ''];
  await work.write('preflight.lua', answer);
  await work.write('users', 'u:p\n');
  await work.write('lighttpd.conf', `
server.document-root = "${work.dir}"
server.bind = "127.0.0.1"
server.port = ${PORTS.api}
${order(fields.replace('/etc/lighttpd', work.dir), REST(work.dir)).join('\n')}
`);
  return work.serve('lighttpd', ['-D', '-f', 'lighttpd.conf']);
};

const REST = (dir) => `
server.modules += ( "mod_auth", "mod_authn_file", "mod_proxy" )
auth.backend = "plain"
auth.backend.plain.userfile = "${dir}/users"
auth.require = ( "/v1/private" => ( "method" => "basic", "realm" => "private", "require" => "valid-user" ) )
proxy.server = ( "/v1/" => (( "host" => "127.0.0.1", "port" => ${PORTS.upstream} )) )
`;

export default {
  id: 'lighttpd',
  kind: 'gateway',
  prepare: async (work) => (await work.run('lighttpd', ['-v'])).match(/lighttpd\/[\d.]+/)[0].replace('/', ' '),
  start: start(),
  mistakes: [
    { what: 'add-response-header', manner: 'chatty', fault: /^one Allow-Origin on 200: lines: .*upstream/, start: start((recipe, rest) => [recipe.replace(/ *setenv.add.*\n/, '').replaceAll('set-response-header', 'add-response-header'), rest]) },
    { what: 'mod_setenv after mod_auth', fault: /^401: blocked/, start: start((recipe, rest) => [rest, recipe]) },
  ],
};
