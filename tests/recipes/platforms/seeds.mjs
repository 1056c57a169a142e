// Recipes that people copy from articles, each in place of ours. Every one must fail a check: that is what the manuals of
// `src/fixes/` say of them, and it shows that the checks can fail.
import { PAGE } from '../lib/checks.mjs';
import { API, PORTS } from '../lib/work.mjs';
import dev from './dev-servers.mjs';
import express from './express.mjs';
import nginx from './nginx.mjs';
import python from './python.mjs';

const of = (all, id) => all.find((platform) => platform.id === id);
const copied = (platform, id, fault, ...pieces) => ({ ...platform, id, counter: true, fault, pieces });

export default [
  copied(nginx, 'nginx: fields in the location, max-age in an if', /preflighted PUT: blocked .PreflightMissingAllowOriginHeader/, '', '', `
    location /v1/ {
      add_header Access-Control-Allow-Origin ${PAGE};
      add_header Access-Control-Allow-Methods 'GET, PUT, OPTIONS';
      add_header Access-Control-Allow-Headers 'Authorization, Content-Type, X-Token';
      if ($request_method = OPTIONS) {
        add_header Access-Control-Max-Age 600;
        return 204;
      }
      proxy_pass http://127.0.0.1:${PORTS.upstream};
    }`),
  copied(of(express, 'express-5'), 'express 5: app.options(*)', /PathError|TypeError/, `
    const cors = require('cors');
    app.options('*', cors());
    app.use(cors({ origin: '${PAGE}' }));`),
  copied(of(express, 'express-5'), 'express: callback(new Error)', /refused without a server error: status 500/, `
    const cors = require('cors');
    app.use(cors({ credentials: true, maxAge: 600, exposedHeaders: ['x-total-count'], origin: (origin, callback) => {
      if (!origin || ['${PAGE}', 'http://localhost:4701', 'capacitor://localhost', 'http://[::1]:4701'].includes(origin)) callback(null, true);
      else callback(new Error('Not allowed'));
    } }));`),
  copied(of(express, 'express-5'), 'express: * with credentials', /GET with cookies: blocked/, `
    const cors = require('cors');
    app.use(cors({ origin: '*', credentials: true }));`),
  copied(of(python, 'fastapi'), 'fastapi: add_middleware', /^500: blocked/, `
from fastapi.middleware.cors import CORSMiddleware
app.add_middleware(CORSMiddleware, allow_origins=["${PAGE}", "http://localhost:4701", "capacitor://localhost", "http://[::1]:4701"],
    allow_credentials=True, allow_methods=["GET", "PUT"], allow_headers=["*"], expose_headers=["x-total-count"])`),
  copied(of(dev, 'vite'), 'vite: changeOrigin alone', /forwarded PUT: .*403/, `
    export default { server: { proxy: { '/v1': { target: '${API}', changeOrigin: true } } } };`),
];
