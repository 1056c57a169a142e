// The origin was copied from the address bar, with the slash at its end.
import cors from 'cors';
import express from 'express';

const app = express();
app.use(cors({ origin: 'http://localhost:5173/' }));
app.get('/api/profile', (request, response) => {
  response.json({ name: 'Ada', plan: 'free' });
});
app.listen(8000, '127.0.0.1');
