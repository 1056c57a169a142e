// NestJS on Express and on Fastify: a controller, a global guard, and a route that throws. Decorators are called by hand,
// so that no compiler is needed.
import { PORTS } from '../lib/work.mjs';

const app = (recipe, adapter) => `
require('reflect-metadata');
const { Controller, Get, Put, Header, HttpException, Module, UnauthorizedException } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
${adapter === 'fastify' ? "const { FastifyAdapter } = require('@nestjs/platform-fastify');" : ''}

class Items {
  items() { return {}; }
  put() { return {}; }
  hidden() { return {}; }
  broken() { throw new Error('broken'); }
}
const decorate = (name, ...decorators) => {
  const descriptor = Object.getOwnPropertyDescriptor(Items.prototype, name);
  for (const decorator of decorators) decorator(Items.prototype, name, descriptor);
};
Controller('v1')(Items);
decorate('items', Get('items'), Header('x-total-count', '3'));
decorate('put', Put('items'));
decorate('hidden', Get('private'));
decorate('broken', Get('broken'));

class Main {}
Module({ controllers: [Items] })(Main);

class Guard {
  canActivate(context) {
    const request = context.switchToHttp().getRequest();
    if (request.url.startsWith('/v1/private') && !request.headers.authorization) throw new UnauthorizedException();
    return true;
  }
}

(async () => {
  const app = await NestFactory.create(Main, ${adapter === 'fastify' ? 'new FastifyAdapter(), ' : ''}{ logger: false });
  ${recipe}
  app.useGlobalGuards(new Guard());
  await app.listen(${PORTS.api}, '127.0.0.1');
})();
`;

const start = (adapter, change = (recipe) => recipe) => async (work, pieces) => {
  await work.write('main.js', app(pieces ? change(pieces[0]) : '', adapter));
  return work.serve(process.execPath, ['main.js']);
};

export default ['express', 'fastify'].map((adapter) => ({
  id: `nestjs-${adapter}`,
  recipe: 'nestjs',
  prepare: (work) => work.npm(['@nestjs/core', `@nestjs/platform-${adapter}`, ...adapter === 'fastify' ? ['@fastify/cors'] : []],
    ['@nestjs/common', 'reflect-metadata', 'rxjs']),
  start: start(adapter),
  mistakes: [
    { what: 'cors: true', fault: /^foreign GET: not blocked/, start: start(adapter, () => 'app.enableCors();') },
    ...adapter === 'fastify' ? [{ what: 'methods left out', fault: /^preflighted PUT: blocked/, start: start(adapter, (recipe) => recipe.replace(/ *methods:.*\n/, '')) }] : [],
  ],
}));
