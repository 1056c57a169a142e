// A host name where an origin is asked for.
import cors from 'cors';
import express from 'express';

const app = express();
app.use(cors({ origin: 'app.shop.test' }));
app.get('/news', (request, response) => {
  response.json([{ title: 'Open on Sunday' }]);
});
app.listen(3001, '127.0.0.1');
