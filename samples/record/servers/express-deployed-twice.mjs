// The fifth request meets the new version, whose origin is misspelt.
import cors from 'cors';
import express from 'express';

const versions = [
  { version: '2.0.9', check: cors({ origin: 'http://app.localhost:3000' }) },
  { version: '2.1.0', check: cors({ origin: 'http://app.localhost:300' }) },
];
let asked = 0;
const app = express();
app.use((request, response, next) => {
  const { version, check } = versions[asked++ < 4 ? 0 : 1];
  response.set({ 'X-Version': version, 'Cache-Control': 'no-store' });
  check(request, response, next);
});
app.get('/messages', (request, response) => response.json([]));
app.listen(3001, '127.0.0.1');
