// Fastify: routes, an authentication hook after the recipe, and a route that throws.
import { PORTS } from '../lib/work.mjs';

const AUTHENTICATE = `fastify.addHook('onRequest', async (request, reply) => {
  if (request.url.startsWith('/v1/private') && !request.headers.authorization) return reply.code(401).send('');
});`;

const app = (first, second) => `
const fastify = require('fastify')();
(async () => {
${first}
${second}
for (const url of ['/v1/items', '/v1/private']) {
  fastify.route({ method: ['GET', 'PUT'], url, handler: async (request, reply) => reply.header('x-total-count', '3').send({}) });
}
fastify.get('/v1/broken', async () => { throw new Error('broken'); });
await fastify.listen({ port: ${PORTS.api}, host: '127.0.0.1' });
})();
`;

const start = (order = (recipe) => [recipe, AUTHENTICATE]) => async (work, pieces) => {
  await work.write('server.js', app(...order(pieces?.[0] ?? '')));
  return work.serve(process.execPath, ['server.js']);
};

export default {
  id: 'fastify',
  prepare: (work) => work.npm(['fastify', '@fastify/cors']),
  start: start(),
  mistakes: [
    { what: 'methods left out', fault: /^preflighted PUT: blocked .MethodDisallowedByPreflightResponse/, start: start((recipe) => [recipe.replace(/ *methods:.*\n/, ''), AUTHENTICATE]) },
    { what: 'after the hook of authentication', fault: /^401: blocked/, start: start((recipe) => [AUTHENTICATE, recipe]) },
  ],
};
