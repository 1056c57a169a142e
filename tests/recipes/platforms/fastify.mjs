// Fastify: routes, an authentication hook after the recipe, and a route that throws.
import { PORTS } from '../lib/work.mjs';

const app = (recipe) => `
const fastify = require('fastify')();
(async () => {
${recipe}
fastify.addHook('onRequest', async (request, reply) => {
  if (request.url.startsWith('/v1/private') && !request.headers.authorization) return reply.code(401).send('');
});
for (const url of ['/v1/items', '/v1/private']) {
  fastify.route({ method: ['GET', 'PUT'], url, handler: async (request, reply) => reply.header('x-total-count', '3').send({}) });
}
fastify.get('/v1/broken', async () => { throw new Error('broken'); });
await fastify.listen({ port: ${PORTS.api}, host: '127.0.0.1' });
})();
`;

export default {
  id: 'fastify',
  prepare: (work) => work.npm('fastify', '@fastify/cors'),
  start: async (work, pieces) => {
    await work.write('server.js', app(pieces?.[0] ?? ''));
    return work.serve(process.execPath, ['server.js']);
  },
};
