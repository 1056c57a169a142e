// Good CORS settings; large bodies never arrive here because the proxy in front refuses them.
import cors from 'cors';
import express from 'express';

const app = express();
app.use(cors({ origin: 'http://notes.localhost:5173' }));
app.use(express.json({ limit: '10mb' }));
app.post('/notes', (request, response) => {
  response.status(201).json({ length: request.body.text.length });
});
app.listen(3001, '127.0.0.1');
