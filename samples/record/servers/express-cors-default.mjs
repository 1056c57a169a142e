// The cors package with its defaults: any origin, no credentials, PATCH among the methods.
import cors from 'cors';
import express from 'express';

const app = express();
app.use(cors());
app.use(express.json());
app.get('/cart', (request, response) => {
  response.json({ items: 2 });
});
app.post('/cart', (request, response) => {
  response.status(201).json({ items: 3 });
});
app.patch('/cart/:id', (request, response) => {
  response.json({ id: request.params.id, quantity: request.body.quantity });
});
app.listen(3001, '127.0.0.1');
