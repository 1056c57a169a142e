// Allows the development server of the page and nothing else.
import cors from 'cors';
import express from 'express';

const app = express();
app.use(cors({ origin: 'http://localhost:3000' }));
app.get('/tasks', (request, response) => {
  response.json([{ id: 1, text: 'Water the plants' }]);
});
app.delete('/tasks/:id', (request, response) => {
  response.status(204).end();
});
app.listen(3001, '127.0.0.1');
