// Development servers that forward a folder to the API. They listen on the port that applications behind a proxy have
// elsewhere; the API refuses requests whose Origin is not its own.
import { PORTS } from '../lib/work.mjs';

const PAGE = '<!doctype html><title>page</title>';
const ON = { port: PORTS.upstream };

const vite = {
  id: 'vite',
  kind: 'proxy',
  prepare: (work) => work.npm('vite'),
  start: async (work, pieces) => {
    await work.write('index.html', PAGE);
    await work.write('vite.config.mjs', pieces?.[0] ?? 'export default {};');
    return work.serve(process.execPath, ['node_modules/vite/bin/vite.js', '--host', '127.0.0.1', '--port', String(PORTS.upstream), '--strictPort'], ON);
  },
};

const webpack = {
  id: 'webpack',
  kind: 'proxy',
  prepare: (work) => work.npm('webpack', 'webpack-cli', 'webpack-dev-server'),
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
  prepare: (work) => work.npm('express', 'http-proxy-middleware'),
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

export default [vite, webpack, setupProxy];
