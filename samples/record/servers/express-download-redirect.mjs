// The API hands downloads over to a storage host. Both allow the site, but after a redirect from one foreign origin
// to another the browser sends "Origin: null".
import cors from 'cors';
import express from 'express';

const site = { origin: 'http://photos.localhost:3000' };

const api = express();
api.use(cors(site));
api.get('/photos/:id/original', (request, response) => {
  response.redirect(307, `http://storage.localhost:3002/bucket/${request.params.id}.txt`);
});
api.listen(3001, '127.0.0.1');

const storage = express();
storage.use(cors(site));
storage.get('/bucket/:name', (request, response) => {
  response.type('text').send('the picture\n');
});
storage.listen(3002, '127.0.0.1');
