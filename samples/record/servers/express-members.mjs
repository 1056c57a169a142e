// An API of another site that knows its users by a cookie. CORS is in order.
import cors from 'cors';
import express from 'express';

const app = express();
app.use(cors({ origin: 'https://app.shop.test', credentials: true }));
app.post('/login', (request, response) => {
  response.set('Set-Cookie', 'member=sample-member-cookie; Path=/; Secure; HttpOnly; SameSite=None').json({ name: 'Ada' });
});
app.get('/me', (request, response) => {
  if (!request.get('Cookie')) return response.status(401).json({ error: 'who are you?' });
  response.json({ name: 'Ada' });
});
app.get('/public', (request, response) => response.json([]));
app.listen(3001, '127.0.0.1');
