// Express 4 and 5: routes, an authentication middleware after the recipe, and a route that throws.
import { PORTS } from '../lib/work.mjs';

const app = (recipe) => `
const express = require('express');
const app = express();
${recipe}
app.use('/v1/private', (request, response, next) => (request.headers.authorization ? next() : response.status(401).end()));
app.all(['/v1/items', '/v1/private'], (request, response) => response.set('x-total-count', '3').json({}));
app.get('/v1/broken', () => { throw new Error('broken'); });
app.listen(${PORTS.api}, '127.0.0.1');
`;

export default ['4', '5'].map((major) => ({
  id: `express-${major}`,
  recipe: 'express',
  prepare: (work) => work.npm(`express@${major}`, 'cors'),
  start: async (work, pieces) => {
    await work.write('app.js', app(pieces?.[0] ?? ''));
    return work.serve(process.execPath, ['app.js']);
  },
}));
