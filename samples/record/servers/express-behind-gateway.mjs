// A service without CORS of its own; the gateway in front of it adds the header.
import express from 'express';

const app = express();
app.get('/orders', (request, response) => {
  response.json([{ id: 7, state: 'paid' }]);
});
app.get('/orders/:id', (request, response) => {
  response.json({ id: Number(request.params.id), state: 'paid' });
});
app.listen(3002, '127.0.0.1');
