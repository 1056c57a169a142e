// Development servers that forward a folder to the API. They listen on the port that applications behind a proxy have
// elsewhere; the API refuses requests whose Origin is not its own.
import { PORTS } from '../lib/work.mjs';

const PAGE = '<!doctype html><title>page</title>';
const ON = { port: PORTS.upstream };

const startVite = (change = (text) => text) => async (work, pieces) => {
  await work.write('index.html', PAGE);
  await work.write('vite.config.mjs', pieces ? change(pieces[0]) : 'export default {};');
  return work.serve(process.execPath, ['node_modules/vite/bin/vite.js', '--host', '127.0.0.1', '--port', String(PORTS.upstream), '--strictPort'], ON);
};

const vite = {
  id: 'vite',
  kind: 'proxy',
  prepare: (work) => work.npm(['vite']),
  start: startVite(),
  mistakes: [
    { what: 'changeOrigin alone', fault: /forwarded PUT: .*403/, start: startVite((text) => text.replace(/ *headers: .*\n/, '')) },
  ],
};

const nuxt = {
  id: 'nuxt',
  kind: 'proxy',
  prepare: (work) => work.npm(['nuxt']),
  start: async (work, pieces) => {
    await work.write('app.vue', '<template><div>page</div></template>');
    await work.write('nuxt.config.ts', pieces?.[0] ?? 'export default defineNuxtConfig({});');
    return work.serve(process.execPath, ['node_modules/nuxt/bin/nuxt.mjs', 'dev', '--no-fork', '--host', '127.0.0.1', '--port', String(PORTS.upstream)],
      { ...ON, env: { NUXT_TELEMETRY_DISABLED: '1', CI: '1' } });
  },
};

const webpack = {
  id: 'webpack',
  kind: 'proxy',
  prepare: (work) => work.npm(['webpack-dev-server'], ['webpack', 'webpack-cli']),
  start: async (work, pieces) => {
    await work.write('public/index.html', PAGE);
    await work.write('page.js', '');
    await work.write('webpack.config.js', `
const configuration = { mode: 'development', entry: './page.js', ${pieces?.[0] ?? 'devServer: {},'} };
Object.assign(configuration.devServer, { host: '127.0.0.1', port: ${PORTS.upstream}, client: false, hot: false, liveReload: false });
module.exports = configuration;`);
    return work.serve(process.execPath, ['node_modules/webpack-cli/bin/cli.js', 'serve'], ON);
  },
};

/** What react-scripts does with src/setupProxy.js: it hands its Express application to it. */
const setupProxy = {
  id: 'create-react-app',
  recipe: 'webpack',
  kind: 'proxy',
  prepare: (work) => work.npm(['http-proxy-middleware'], ['express']),
  start: async (work, pieces) => {
    await work.write('src/setupProxy.js', pieces?.[1] ?? 'module.exports = () => {};');
    await work.write('server.js', `
const app = require('express')();
require('./src/setupProxy.js')(app);
app.get('/', (request, response) => response.send(${JSON.stringify(PAGE)}));
app.listen(${PORTS.upstream}, '127.0.0.1');`);
    return work.serve(process.execPath, ['server.js'], ON);
  },
};

/** An application of one component, made by hand, served by the CLI's own builder. */
const angular = {
  id: 'angular',
  kind: 'proxy',
  prepare: (work) => work.npm(['@angular/cli@20', '@angular/build@20'], ['@angular/core@20', '@angular/common@20', '@angular/compiler@20',
    '@angular/compiler-cli@20', '@angular/platform-browser@20', 'typescript@5.8', 'rxjs@7', 'tslib@2']),
  start: async (work, pieces) => {
    const [proxy, option] = pieces ?? ['{}', '"ssl": false'];
    await work.write('proxy.conf.json', proxy);
    await work.write('src/index.html', `${PAGE}<page-root></page-root>`);
    await work.write('src/main.ts', `
      import { Component, provideZonelessChangeDetection } from '@angular/core';
      import { bootstrapApplication } from '@angular/platform-browser';
      @Component({ selector: 'page-root', template: 'page' })
      class Page {}
      bootstrapApplication(Page, { providers: [provideZonelessChangeDetection()] });`);
    await work.write('tsconfig.json', JSON.stringify({
      compilerOptions: { target: 'ES2022', module: 'preserve', moduleResolution: 'bundler', experimentalDecorators: true, skipLibCheck: true },
      files: ['src/main.ts'],
    }));
    await work.write('angular.json', `{
      "version": 1,
      "cli": { "analytics": false },
      "projects": { "page": { "projectType": "application", "root": "", "sourceRoot": "src", "architect": {
        "build": { "builder": "@angular/build:application", "options": {
          "browser": "src/main.ts", "index": "src/index.html", "outputPath": "dist", "tsConfig": "tsconfig.json", "optimization": false } },
        "serve": { "builder": "@angular/build:dev-server", "options": { "buildTarget": "page:build", "host": "127.0.0.1",
          "port": ${PORTS.upstream}, "liveReload": false, ${option} } }
      } } }
    }`);
    return work.serve(process.execPath, ['node_modules/@angular/cli/bin/ng.js', 'serve'], { ...ON, env: { NG_CLI_ANALYTICS: 'false', CI: '1' } });
  },
};

const vue = {
  id: 'vue',
  kind: 'proxy',
  prepare: (work) => work.npm(['@vue/cli-service@5'], ['vue@3']),
  start: async (work, pieces) => {
    await work.write('public/index.html', PAGE);
    await work.write('src/main.js', '');
    await work.write('vue.config.js', pieces?.[0] ?? 'module.exports = {};');
    return work.serve(process.execPath, ['node_modules/@vue/cli-service/bin/vue-cli-service.js', 'serve', '--host', '127.0.0.1',
      '--port', String(PORTS.upstream)], ON);
  },
};

const umi = {
  id: 'umi',
  kind: 'proxy',
  prepare: (work) => work.npm(['umi@~4.3.0'], ['react@18', 'react-dom@18']),
  start: async (work, pieces) => {
    await work.write('src/pages/index.tsx', 'export default () => null;');
    await work.write('.umirc.ts', pieces?.[0] ?? 'export default {};');
    return work.serve(process.execPath, ['node_modules/umi/bin/umi.js', 'dev'],
      { ...ON, env: { PORT: String(PORTS.upstream), HOST: '127.0.0.1', DID_YOU_KNOW: 'none', BROWSER: 'none' } });
  },
};

export default [vite, webpack, setupProxy, angular, vue, umi, nuxt];
