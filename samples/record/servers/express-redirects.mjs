// Redirects of a download: four that no CORS request may follow, and a proper one.
import cors from 'cors';
import express from 'express';

const app = express();
app.get('/bare', (request, response) => response.redirect('/file'));
app.use(cors({ origin: 'http://app.localhost:3000' }));
app.get('/password', (request, response) => response.redirect('http://reader:secret@archive.localhost:3001/file'));
app.get('/data', (request, response) => response.redirect('data:text/plain,hello'));
app.get('/endless', (request, response) => response.redirect('/endless'));
app.get('/fine', (request, response) => response.redirect('/file'));
app.get('/file', (request, response) => response.send('hello'));
app.listen(3001, '127.0.0.1');
