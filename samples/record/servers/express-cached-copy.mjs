// The header depends on the request's Origin, the answer may be cached, and "Vary: Origin" is missing: the copy which
// an <img> fetched without Origin is what a later fetch() gets from the browser's cache.
import express from 'express';

const app = express();
app.get('/logo.svg', (request, response) => {
  if (request.get('Origin')) response.set('Access-Control-Allow-Origin', request.get('Origin'));
  response.set('Cache-Control', 'public, max-age=3600').type('svg');
  response.send('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><circle cx="4" cy="4" r="4"/></svg>');
});
app.listen(3001, '127.0.0.1');
