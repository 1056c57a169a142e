// allowedHeaders lists what the first attempt sends; the retry adds one more.
import cors from 'cors';
import express from 'express';

const app = express();
app.use(cors({ origin: 'http://chat.localhost:5173', allowedHeaders: ['Content-Type'] }));
app.use(express.json());
app.post('/messages', (request, response) => {
  setTimeout(() => response.status(201).json({ stored: true }), 50);
});
app.listen(3001, '127.0.0.1');
