// Headers written by hand, as many guides show; nobody answers OPTIONS, so the router does: 404 where no route matches.
import express from 'express';

const app = express();
app.use((request, response, next) => {
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Allow-Methods', 'GET, POST, PUT, DELETE');
  response.setHeader('Access-Control-Allow-Headers', 'Content-Type, Authorization');
  next();
});
app.use(express.json());

// A handler mounted with use() that looks at the method itself: Express does not know which methods it has.
app.use('/orders', (request, response, next) => {
  if (request.method === 'GET') response.json([{ id: 7, state: 'paid' }]);
  else if (request.method === 'POST') response.status(201).json({ id: 8, state: 'new' });
  else next();
});
app.listen(3001, '127.0.0.1');
