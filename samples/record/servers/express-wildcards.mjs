// "*" wherever the standard knows one, and credentials.
import express from 'express';

const app = express();
app.use((request, response, next) => {
  response.set({
    'Access-Control-Allow-Origin': request.get('Origin') ?? '*',
    'Access-Control-Allow-Credentials': 'true',
    'Vary': 'Origin',
  });
  if (request.method !== 'OPTIONS') { response.set('Access-Control-Expose-Headers', '*'); return next(); }
  response.set({ 'Access-Control-Allow-Methods': '*', 'Access-Control-Allow-Headers': '*' }).status(204).end();
});
app.all('/notes', (request, response) => response.set('X-Total-Count', '2').json([]));
app.listen(3001, '127.0.0.1');
