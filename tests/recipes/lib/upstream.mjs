// The application behind a proxy. With an argument it also sends CORS fields of its own, wrong ones: a proxy with the
// recipe must not let them through. With `picky` it refuses requests that do not come from its own origin.
import http from 'node:http';

const [port, manner] = process.argv.slice(2);
const STATUS = { '/v1/missing': 404, '/v1/broken': 500, '/v1/items': 200, '/v1/private': 200 };

http.createServer((request, response) => {
  const path = new URL(request.url, 'http://upstream').pathname;
  let status = STATUS[path] ?? 404;
  if (path === '/v1/private' && !request.headers.authorization) status = 401;
  const { origin } = request.headers;
  if (manner === 'picky' && origin && new URL(origin).host !== request.headers.host) status = 403;
  if (manner === 'chatty') {
    response.setHeader('Access-Control-Allow-Origin', 'https://upstream.example');
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Access-Control-Expose-Headers', 'x-nothing');
    response.setHeader('Access-Control-Allow-Methods', 'GET');
    response.setHeader('Access-Control-Allow-Headers', 'x-nothing');
    response.setHeader('Access-Control-Max-Age', '5');
    response.setHeader('Vary', 'Accept-Encoding');
  }
  if (request.method === 'OPTIONS') status = 405;
  request.resume().on('end', () => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-total-count': '3' }).end('{}');
  });
}).listen(Number(port), '127.0.0.1');
