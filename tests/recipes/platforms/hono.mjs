// Hono on Node.js: routes, an authentication middleware after the recipe, and a route that throws.
import { PORTS } from '../lib/work.mjs';

const app = (recipe) => `
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
const app = new Hono();
${recipe}
app.use('/v1/private', (c, next) => (c.req.header('Authorization') ? next() : c.text('', 401)));
for (const path of ['/v1/items', '/v1/private']) {
  app.on(['GET', 'PUT'], path, (c) => c.json({}, 200, { 'x-total-count': '3' }));
}
app.get('/v1/broken', () => { throw new Error('broken'); });
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: ${PORTS.api} });
`;

const start = (change = (recipe) => recipe) => async (work, pieces) => {
  await work.write('app.mjs', app(change(pieces?.[0] ?? '')));
  return work.serve(process.execPath, ['app.mjs']);
};

export default {
  id: 'hono',
  prepare: (work) => work.npm(['hono'], ['@hono/node-server']),
  start: start(),
  mistakes: [
    { what: 'a path without an asterisk', fault: /^GET: blocked .MissingAllowOriginHeader/, start: start((recipe) => recipe.replace('/v1/*', '/v1')) },
  ],
};
