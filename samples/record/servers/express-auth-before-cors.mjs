// Authentication is the first middleware, so it also asks the preflight for a token, which no preflight carries.
import cors from 'cors';
import express from 'express';

const app = express();
app.get('/health', cors(), (request, response) => {
  response.json({ status: 'up' });
});
app.use((request, response, next) => {
  if (request.get('Authorization') === 'Bearer sample-token') return next();
  response.status(401).set('WWW-Authenticate', 'Bearer realm="contacts"').json({ error: 'token required' });
});
app.use(cors({ origin: 'http://crm.localhost:4200' }));
app.get('/contacts', (request, response) => {
  response.json([{ id: 1, name: 'Grace' }]);
});
app.listen(8080, '127.0.0.1');
