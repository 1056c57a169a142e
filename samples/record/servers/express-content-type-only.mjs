// allowedHeaders is a closed list; a client library began to add headers of its own.
import cors from 'cors';
import express from 'express';

const app = express();
app.use(cors({ origin: 'http://www.shop.test:3000', allowedHeaders: ['Content-Type'] }));
app.use(express.json());
app.post('/search', (request, response) => {
  response.json({ query: request.body.query, hits: 4 });
});
app.listen(3001, '127.0.0.1');
