// Answers on the port given: early hints, content and a trailer field; /bare has no CORS fields.
import http from 'node:http';

const [port, size = '300'] = process.argv.slice(2);
http
  .createServer({ insecureHTTPParser: true }, (request, response) => {
    const cors = request.url === '/bare' ? {} : { 'Access-Control-Allow-Origin': 'http://app.test' };
    if (request.method === 'OPTIONS') {
      const allow = { 'Access-Control-Allow-Methods': 'GET, PUT', 'Access-Control-Allow-Headers': 'x-step' };
      response.writeHead(204, { ...cors, ...allow });
      response.end();
      return;
    }
    if (request.url === '/hints') {
      response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
    }
    request.resume().on('end', () => {
      response.writeHead(200, { ...cors, Trailer: 'X-Checksum', 'Content-Type': 'text/plain' });
      response.write('x'.repeat(Number(size)));
      response.addTrailers({ 'X-Checksum': '00c0ffee' });
      response.end();
    });
  })
  .listen(Number(port), '::');
