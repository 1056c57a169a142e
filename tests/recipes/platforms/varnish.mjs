// Varnish in front of an application; a part of the site demands credentials in VCL.
import { PORTS } from '../lib/work.mjs';

const start = (change = (recipe) => recipe) => async (work, pieces) => {
  await work.write('default.vcl', `vcl 4.1;
backend application { .host = "127.0.0.1"; .port = "${PORTS.upstream}"; }
${change(pieces?.[0] ?? '')}
sub vcl_recv {
    if (req.url ~ "^/v1/private" && !req.http.Authorization) { return (synth(401)); }
}
`);
  return work.serve('varnishd', ['-F', '-n', `${work.dir}/varnish`, '-a', `127.0.0.1:${PORTS.api}`, '-f', `${work.dir}/default.vcl`, '-s', 'malloc,16m']);
};

export default {
  id: 'varnish',
  kind: 'gateway',
  prepare: async (work) => (await work.run('varnishd', ['-V'])).match(/varnish-[\d.]+/)[0].replace('varnish-', 'Varnish '),
  start: start(),
};
