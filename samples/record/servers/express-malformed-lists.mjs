// CORS headers written by hand, with mistakes of punctuation.
import express from 'express';

const ORIGIN = 'http://app.localhost:3000';
const app = express();
const service = (path, origin, methods, headers) => app.all(path, (request, response) => {
  response.set('Access-Control-Allow-Origin', origin);
  if (request.method === 'OPTIONS') {
    response.set({ 'Access-Control-Allow-Methods': methods, 'Access-Control-Allow-Headers': headers }).status(204).end();
  } else {
    response.json({ done: true });
  }
});
service('/semicolons', ORIGIN, 'GET; PUT', 'X-Tenant');
service('/quotes', ORIGIN, 'GET, PUT', '"X-Tenant"');
service('/host', 'app.localhost', 'GET, PUT', 'X-Tenant');
service('/commas', ORIGIN, 'GET,, PUT,', 'X-Tenant');
app.listen(3001, '127.0.0.1');
