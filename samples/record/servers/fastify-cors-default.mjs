// @fastify/cors 11 allows GET, HEAD and POST unless it is told otherwise.
import cors from '@fastify/cors';
import Fastify from 'fastify';

const app = Fastify();
await app.register(cors, { origin: 'http://admin.localhost:5173' });
app.get('/users/:id', async (request) => ({ id: Number(request.params.id), name: 'Linus' }));
app.delete('/users/:id', async (request, reply) => reply.code(204).send());
await app.listen({ port: 3000, host: '127.0.0.1' });
