// Next.js in development: an API of routes, and as a proxy before another API.
import { API, PORTS } from '../lib/work.mjs';
import { PAGE } from '../lib/checks.mjs';

const ROUTE = `
const answer = () => Response.json({}, { headers: { 'x-total-count': '3' } });
export const GET = answer;
export const PUT = answer;
`;

const project = async (work) => {
  const versions = await work.npm(['next'], ['react@19', 'react-dom@19']);
  await work.write('app/layout.js', "export default function Layout({ children }) { return <html><body>{children}</body></html>; }\n");
  await work.write('app/page.js', 'export default function Page() { return null; }\n');
  return versions;
};

const serve = (work, port) => work.serve(process.execPath, ['node_modules/next/dist/bin/next', 'dev', '--hostname', '127.0.0.1', '--port', String(port)],
  { port, env: { NEXT_TELEMETRY_DISABLED: '1', CI: '1' } });

const routes = async (work, pieces, configuration = {}) => {
  await work.write('app/v1/items/route.js', ROUTE);
  await work.write('app/v1/broken/route.js', "export function GET() { throw new Error('broken'); }\n");
  await work.write('app/v1/private/route.js', `
export function GET(request) {
  return request.headers.has('authorization') ? Response.json({}) : new Response('', { status: 401 });
}`);
  await work.write('next.config.mjs', `export default ${JSON.stringify({ devIndicators: false })};\n`.replace('}', `, ...${configuration.text ?? '{}'} }`));
  await work.write('proxy.js', pieces?.[0] ?? "import { NextResponse } from 'next/server';\nexport const proxy = () => NextResponse.next();\nexport const config = { matcher: '/none' };\n");
  return serve(work, PORTS.api);
};

export default [
  {
    id: 'nextjs',
    lacks: { fault: /^Vary on 404: /, why: 'Next.js writes a `Vary` of its own on the pages that it makes itself, such as 404' },
    prepare: project,
    start: (work, pieces) => routes(work, pieces),
    mistakes: [
      {
        what: 'headers() of next.config.js',
        fault: /^second origin: blocked/,
        start: (work) => routes(work, null, { text: `{ headers: async () => [{ source: '/v1/:path*', headers: [
          { key: 'Access-Control-Allow-Origin', value: '${PAGE}' }, { key: 'Access-Control-Allow-Credentials', value: 'true' },
          { key: 'Access-Control-Allow-Methods', value: 'GET,PUT' }, { key: 'Access-Control-Allow-Headers', value: 'content-type, x-token, authorization' },
        ] }] }` }),
      },
    ],
  },
  {
    id: 'nextjs-rewrites',
    kind: 'proxy',
    prepare: project,
    start: async (work, pieces) => {
      await work.write('next.config.mjs', 'export default { devIndicators: false };\n');
      await work.write('proxy.js', pieces?.[0] ?? "import { NextResponse } from 'next/server';\nexport const proxy = () => NextResponse.next();\nexport const config = { matcher: '/none' };\n");
      return serve(work, PORTS.upstream);
    },
    mistakes: [
      {
        what: 'rewrites() of next.config.js',
        fault: /forwarded PUT: .*403/,
        start: async (work) => {
          await work.write('next.config.mjs', `export default { devIndicators: false,
  rewrites: async () => [{ source: '/v1/:path*', destination: '${API}/v1/:path*' }] };\n`);
          await work.write('proxy.js', "import { NextResponse } from 'next/server';\nexport const proxy = () => NextResponse.next();\nexport const config = { matcher: '/none' };\n");
          return serve(work, PORTS.upstream);
        },
      },
    ],
  },
];
