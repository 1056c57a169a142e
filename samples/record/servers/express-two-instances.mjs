// Two instances of one API: the first knows CORS, the second is an older version.
import cors from 'cors';
import express from 'express';

const start = (port, name, layers) => {
  const app = express();
  app.use((request, response, next) => { response.set('X-Served-By', name); next(); });
  layers.forEach((layer) => app.use(layer));
  app.get('/prices', (request, response) => response.set('Cache-Control', 'no-store').json({ cup: 12 }));
  app.listen(port, '127.0.0.1');
};
start(3001, 'api-1', [cors({ origin: ['http://app.localhost:3000'] })]);
start(3002, 'api-2', []);
