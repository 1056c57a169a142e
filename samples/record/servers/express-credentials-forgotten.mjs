// The right origin, but credentials: true was left out.
import cors from 'cors';
import express from 'express';

const app = express();
app.use(cors({ origin: 'http://app.shop.test:3000' }));
app.use(express.json());
app.get('/me', (request, response) => {
  response.json({ name: 'Ada' });
});
app.put('/me', (request, response) => {
  response.json({ name: request.body.name });
});
app.listen(3001, '127.0.0.1');
