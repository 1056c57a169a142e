// A row of a table each; the preflights take as long as the requests.
import cors from 'cors';
import express from 'express';

const app = express();
app.use((request, response, next) => setTimeout(next, 20));
app.use(cors({ origin: 'http://table.localhost:5173' }));
app.put('/rows/:row', (request, response) => response.json({ saved: request.params.row }));
app.listen(3001, '127.0.0.1');
