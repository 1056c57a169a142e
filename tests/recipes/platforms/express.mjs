// Express 4 and 5: routes, an authentication middleware after the recipe, and a route that throws.
import { PAGE } from '../lib/checks.mjs';
import { PORTS } from '../lib/work.mjs';

const AUTHENTICATE = "app.use('/v1/private', (request, response, next) => (request.headers.authorization ? next() : response.status(401).end()));";

const app = (first, second) => `
const express = require('express');
const app = express();
${first}
${second}
app.all(['/v1/items', '/v1/private'], (request, response) => response.set('x-total-count', '3').json({}));
app.get('/v1/broken', () => { throw new Error('broken'); });
app.listen(${PORTS.api}, '127.0.0.1');
`;

const start = (order = (recipe) => [recipe, AUTHENTICATE]) => async (work, pieces) => {
  await work.write('app.js', app(...order(pieces?.[0] ?? '')));
  return work.serve(process.execPath, ['app.js']);
};
const copied = (text) => start((recipe) => [recipe && `const cors = require('cors');\n${text}`, AUTHENTICATE]);

const MISTAKES = [
  { what: 'cors after authentication', fault: /^401: blocked/, start: start((recipe) => [AUTHENTICATE, recipe]) },
  { what: 'app.options(*)', fault: /PathError|TypeError/, start: copied(`app.options('*', cors());\napp.use(cors({ origin: '${PAGE}' }));`) },
  {
    what: 'callback(new Error)',
    fault: /refused without a server error: status 500/,
    start: copied(`app.use(cors({ credentials: true, maxAge: 600, exposedHeaders: ['x-total-count'], origin: (origin, callback) => {
  if (!origin || ['${PAGE}', 'http://localhost:4701', 'capacitor://localhost', 'http://[::1]:4701'].includes(origin)) callback(null, true);
  else callback(new Error('Not allowed'));
} }));`),
  },
  { what: '* with credentials', fault: /^GET with cookies: blocked/, start: copied("app.use(cors({ origin: '*', credentials: true }));") },
  { what: 'on the router of the routes', fault: /^404: blocked/, start: start((recipe) => [AUTHENTICATE, recipe.replace(/app\.use\((?:'[^']*', )?cors/, "app.use('/v1/items', cors")]) },
];

export default ['4', '5'].map((major) => ({
  id: `express-${major}`,
  recipe: 'express',
  prepare: (work) => work.npm([`express@${major}`, 'cors']),
  start: start(),
  mistakes: major === '5' ? MISTAKES : [],
}));
