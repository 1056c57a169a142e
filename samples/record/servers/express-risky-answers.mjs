// Bad habits, one a route; /safe has none.
import { createServer } from 'node:http';
import express from 'express';
import { WebSocketServer } from 'ws';

const ORIGIN = 'http://app.shop.test:3000';
const picture = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><circle cx="4" cy="4" r="4"/></svg>';
const named = { 'Access-Control-Allow-Origin': ORIGIN, 'Vary': 'Origin' };
const trusted = { ...named, 'Access-Control-Allow-Credentials': 'true' };

const app = express();
app.get('/profile', (request, response) => {
  response.set({ 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'private, max-age=60' }).json({ name: 'Ada' });
});
app.get('/prices', (request, response) => {
  response.set({ 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Credentials': 'true' }).json({ cup: 12 });
});
app.get('/news', (request, response) => {
  response.set({ 'Access-Control-Allow-Origin': request.get('Origin') ?? ORIGIN, 'Cache-Control': 'max-age=600' }).json([]);
});
app.get('/logo.svg', (request, response) => {
  if (request.get('Origin')) response.set(named);
  response.set('Cache-Control', 'public, max-age=3600').type('svg').send(picture);
});
app.options('/settings', (request, response) => {
  response.set({ ...trusted, 'Access-Control-Allow-Methods': 'PUT', 'Access-Control-Max-Age': '1728000' }).status(204).end();
});
app.put('/settings', (request, response) => response.set(trusted).json({ saved: true }));
app.options('/debug', (request, response) => {
  response.set({ ...named, 'Access-Control-Allow-Methods': 'GET, PUT, TRACE', 'Access-Control-Max-Age': '600' }).status(204).end();
});
app.put('/debug', (request, response) => response.set(named).json({ saved: true }));
app.post('/orders', (request, response) => response.status(201).json({ id: 7 }));
app.options('/safe', (request, response) => {
  response.set({ ...trusted, 'Access-Control-Allow-Methods': 'PUT', 'Access-Control-Max-Age': '600' }).status(204).end();
});
app.all('/safe', (request, response) => response.set(trusted).json({ saved: true }));

const server = createServer(app);
const sockets = new WebSocketServer({ server, path: '/live' });
sockets.on('connection', (socket) => socket.send('welcome'));
server.listen(3001, '127.0.0.1');
