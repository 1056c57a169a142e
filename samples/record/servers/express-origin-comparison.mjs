// Services of one company that tell friend from stranger in eleven ways; only the last one is right.
import cors from 'cors';
import express from 'express';

const WWW = 'https://www.example.com';
const test = (accepts) => (origin, callback) => callback(null, Boolean(origin) && accepts(origin));
const services = {
  starts: { origin: test((origin) => origin.startsWith('https://example.com')) },
  ends: { origin: test((origin) => origin.endsWith('example.com')) },
  dots: { origin: /^https:\/\/www.example.com$/ },
  contains: { origin: test((origin) => 'https://example.com'.includes(origin)) },
  plain: { origin: [WWW, 'http://www.example.com'] },
  dev: { origin: [WWW, 'http://localhost:3000'] },
  any: { origin: true },
  account: { origin: true, credentials: true },
  docs: { origin: [WWW, 'https://team.github.io'], credentials: true },
  tenants: { origin: /^https:\/\/[a-z-]+\.example\.com$/, credentials: true },
  news: { origin: [WWW, 'https://partner-two.org'], credentials: true },
  list: { origin: [WWW, 'https://admin.example.com'], credentials: true },
};

const app = express();
for (const [name, options] of Object.entries(services)) {
  const check = cors(options);
  app.use((request, response, next) => (request.hostname === `${name}.example.com` ? check(request, response, next) : next()));
}
app.get('/data', (request, response) => response.json({ balance: 12 }));
app.listen(3001, '127.0.0.1');
