// The API has good CORS settings; without a session it sends every request to the login page of another host.
import cors from 'cors';
import express from 'express';

const api = express();
api.use(cors({ origin: 'http://app.shop.test:3000', credentials: true }));
api.get('/invoices', (request, response) => {
  response.redirect('http://login.identity.test:3002/signin?return=%2Finvoices');
});
api.listen(3001, '127.0.0.1');

const login = express();
login.get('/signin', (request, response) => {
  response.send('<!doctype html><title>Sign in</title><form method="post"><input name="user"></form>');
});
login.listen(3002, '127.0.0.1');
