// A limiter (three requests, then no more) in front of the CORS middleware.
import cors from 'cors';
import express from 'express';

const app = express();
let served = 0;
app.use((request, response, next) => {
  served += 1;
  if (served <= 3) return next();
  response.status(429).set('Retry-After', '30').json({ error: 'rate limit exceeded' });
});
app.use(cors());
app.get('/tiles/:number', (request, response) => {
  response.json({ tile: Number(request.params.number) });
});
app.listen(3001, '127.0.0.1');
