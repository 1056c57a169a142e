// The headers on the preflight's answer only (/orders), and on the actual answers only (/stock).
import express from 'express';

const ORIGIN = 'http://shop.localhost:5173';
const app = express();
app.use(express.json());
app.options('/orders', (request, response) => {
  response.set({
    'Access-Control-Allow-Origin': ORIGIN,
    'Access-Control-Allow-Methods': 'POST',
    'Access-Control-Allow-Headers': 'Content-Type',
  }).status(204).end();
});
app.post('/orders', (request, response) => response.status(201).json({ id: 7 }));

const stock = (request, response) => response.set('Access-Control-Allow-Origin', ORIGIN).json({ cup: 12 });
app.route('/stock').get(stock).put(stock); // Express answers OPTIONS itself: 200 and Allow
app.listen(3001, '127.0.0.1');
