// A server that closes the connection when it does not know the method, like some firewalls and embedded devices.
import express from 'express';

const app = express();
app.use((request, response, next) => {
  if (request.method === 'OPTIONS') request.socket.destroy();
  else next();
});
app.use((request, response, next) => {
  response.setHeader('Access-Control-Allow-Origin', '*');
  next();
});
app.get('/sensors', (request, response) => {
  response.json({ temperature: 21.5 });
});
app.put('/sensors', (request, response) => {
  response.json({ stored: true });
});
app.listen(8081, '127.0.0.1');
