// An API that was only ever called from its own origin: no CORS at all.
import express from 'express';

const app = express();
app.get('/products', (request, response) => {
  response.json([{ id: 1, name: 'Espresso cup' }, { id: 2, name: 'Kettle' }]);
});
app.listen(3001, '127.0.0.1');
