// An API with nothing to complain about.
import cors from 'cors';
import express from 'express';

const app = express();
app.use(cors({ origin: ['http://app.shop.test:3000', 'http://admin.shop.test:3000'], credentials: true, maxAge: 600 }));
app.use(express.json());
app.get('/products', (request, response) => {
  response.set('Cache-Control', 'no-cache').json([{ id: 1, name: 'Espresso cup' }]); // Express adds an ETag
});
app.get('/me', (request, response) => {
  response.json({ name: 'Ada' });
});
app.put('/products/:id', (request, response) => {
  response.json({ id: Number(request.params.id), ...request.body });
});
app.listen(3001, '127.0.0.1');
