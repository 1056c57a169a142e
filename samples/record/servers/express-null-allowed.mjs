// The list of origins holds "null".
import cors from 'cors';
import express from 'express';

const app = express();
app.use(cors({ origin: ['http://localhost:3000', 'null'], credentials: true, maxAge: 600 }));
app.get('/tasks', (request, response) => response.json([{ id: 1, text: 'water the plants' }]));
app.delete('/tasks/:id', (request, response) => response.status(204).end());
app.listen(3001, '127.0.0.1');
