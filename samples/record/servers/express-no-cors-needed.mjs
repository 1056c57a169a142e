// Two servers without CORS headers that need none for what the page does with them.
import { createServer } from 'node:http';
import express from 'express';
import { WebSocketServer } from 'ws';

const ownApi = express();
ownApi.use(express.json());
ownApi.post('/api/cart', (request, response) => {
  response.status(201).json({ items: 1 });
});
ownApi.options('/api/cart', (request, response) => {
  response.set('Allow', 'POST, OPTIONS').status(204).end();
});
ownApi.listen(3002, '127.0.0.1');

const other = express();
other.post('/collect', (request, response) => {
  response.status(204).end();
});
other.get('/slow', (request, response) => {
  setTimeout(() => response.json({ late: true }), 3000);
});
other.post('/pay', (request, response) => {
  response.send('<!doctype html><title>Paid</title><link rel="icon" href="data:,"><script>window.finished = true;</script>');
});
const server = createServer(other);
const sockets = new WebSocketServer({ server, path: '/live' });
sockets.on('connection', (socket) => socket.send('welcome'));
server.listen(3001, '127.0.0.1');
