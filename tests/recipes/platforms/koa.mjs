// Koa: routes, an authentication middleware after the recipe, and a route that throws.
import { PORTS } from '../lib/work.mjs';

const AUTHENTICATE = `app.use((ctx, next) => (ctx.path === '/v1/private' && !ctx.get('Authorization') ? ctx.throw(401) : next()));`;

const app = (first, second) => `
const Koa = require('koa');
const app = new Koa();
app.silent = true;
${first}
${second}
app.use((ctx) => {
  if (ctx.path === '/v1/broken') throw new Error('broken');
  if (!['/v1/items', '/v1/private'].includes(ctx.path)) return;
  ctx.set('x-total-count', '3');
  ctx.body = {};
});
app.listen(${PORTS.api}, '127.0.0.1');
`;

const start = (order) => async (work, pieces) => {
  await work.write('app.js', app(...order(pieces?.[0] ?? '')));
  return work.serve(process.execPath, ['app.js']);
};

export default {
  id: 'koa',
  prepare: (work) => work.npm(['koa', '@koa/cors']),
  start: start((recipe) => [recipe, AUTHENTICATE]),
  mistakes: [
    { what: 'cors after authentication', fault: /^401: blocked .MissingAllowOriginHeader/, start: start((recipe) => [AUTHENTICATE, recipe]) },
    { what: 'keepHeadersOnError turned off', fault: /^500: blocked/, start: start((recipe) => [recipe.replace(/(?=\}\)\);\s*$)/, 'keepHeadersOnError: false,\n'), AUTHENTICATE]) },
  ],
};
