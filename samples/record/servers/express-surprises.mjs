// Answers that every browser accepts, and that do not do what they seem to do.
import express from 'express';

const ORIGIN = 'http://app.localhost:5173';
const app = express();
const route = (path, preflight) => app.all(path, (request, response) => {
  response.set('Access-Control-Allow-Origin', ORIGIN);
  if (request.method === 'OPTIONS') {
    response.set({ 'Access-Control-Allow-Methods': 'GET, PUT', ...preflight }).status(204).end();
  } else {
    response.json({ path });
  }
});
route('/list', { 'Access-Control-Allow-Headers': 'X-Requested-With', 'Access-Control-Max-Age': '600' });
route('/draft', {});
route('/day', { 'Access-Control-Max-Age': '86400' });
route('/minutes', { 'Access-Control-Max-Age': '10m' });
route('/fine', { 'Access-Control-Max-Age': '600' });
route('/helpful', { 'Access-Control-Allow-Headers': 'Access-Control-Allow-Origin', 'Access-Control-Max-Age': '600' });
route('/token', { 'Access-Control-Allow-Headers': '*', 'Access-Control-Max-Age': '600' });
route('/listed-token', { 'Access-Control-Allow-Headers': '*, Authorization', 'Access-Control-Max-Age': '600' });
app.get('/opaque', (request, response) => response.json({ secret: 'no' }));
app.listen(3001, '127.0.0.1');
