// CORS is in order everywhere; other policies are not.
import { createServer } from 'node:http';
import cors from 'cors';
import express from 'express';
import { WebSocketServer } from 'ws';

const picture = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><circle cx="4" cy="4" r="4"/></svg>';
const app = express();
app.use(cors({ origin: 'http://app.shop.test:3000' }));
app.get('/count', (request, response) => response.json({ visits: 1 }));
app.get('/moved', (request, response) => response.redirect('/count'));
app.get('/own.svg', (request, response) => response.set('Cross-Origin-Resource-Policy', 'same-origin').type('svg').send(picture));
app.get('/free.svg', (request, response) => response.set('Cross-Origin-Resource-Policy', 'cross-origin').type('svg').send(picture));
app.get('/prices.json', (request, response) => response.set('X-Content-Type-Options', 'nosniff').json({ cup: 12 }));
app.get('/prices.js', (request, response) => response.type('js').send('window.prices = { cup: 12 };'));

const server = createServer(app);
const members = new WebSocketServer({ noServer: true });
server.on('upgrade', (request, socket, head) => {
  const isAllowed = request.url === '/live' || request.headers.origin === 'https://members.shop.test';
  if (isAllowed) members.handleUpgrade(request, socket, head, (client) => client.send('welcome'));
  else socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
});
server.listen(3001, '127.0.0.1');
