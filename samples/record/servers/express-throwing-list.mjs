// The allow-list of many guides: the callback throws for an origin that is not on it, also for the API's own page.
import cors from 'cors';
import express from 'express';

const allowed = ['http://localhost:3000'];
const app = express();
app.use(cors({
  origin(origin, callback) {
    if (!origin || allowed.includes(origin)) callback(null, true);
    else callback(new Error('Not allowed by CORS'));
  },
}));
app.use(express.json());
app.get('/api/cart', (request, response) => response.json({ items: 0 }));
app.post('/api/cart', (request, response) => response.status(201).json({ items: 1 }));
app.use((error, request, response, next) => response.status(500).send(error.message)); // without the stack
app.listen(3002, '127.0.0.1');
