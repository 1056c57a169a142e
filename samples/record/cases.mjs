// The cases: which servers run, what the page's script requests, and what the browser has to say about it.
//
//   title      heading of the case's README
//   story      what the developer did
//   fix        what makes the browser content
//   servers    files in servers/, started in this order
//   ports      the ports that are captured (browser to server)
//   down       nothing listens on the ports
//   behind     further ports to wait for; not captured (proxy to application)
//   page       origin of the page, its script, and optionally extra response headers and the port of the page server when a
//              proxy stands in front of it
//   expect     for each request of the page, in order: method and Chromium's CORS error code, or another verdict
//   capture    format (pcap or pcapng) and device, when not pcap on lo
//   firefox    record the case with Firefox too
//   sensitive  save the HAR with cookies too
//   keyLog     save the TLS keys
//   hosts      further domains (with their subdomains) that lead to this machine
//   extension  folder in extensions/ that the browser loads
//   publicPorts        ports that the browser takes for the internet; then it asks before it lets a page go to loopback
//   thirdPartyCookies  false: the browser keeps them back
//
// A page with `visits` is opened under each of these origins in turn; its script gets `data`.
//
// Plain http on *.test is not a "potentially trustworthy" origin, on *.localhost it is: the second kind of host makes
// Chromium send Sec-Fetch-* headers. Cases use both.

/* global fetch, console, navigator, document, setTimeout, WebSocket, AbortController, Image, URLSearchParams */

const session = { 'Set-Cookie': 'session=sample-session-cookie; Domain=shop.test; Path=/' };

import { allowed } from './cases/allowed.mjs';
import { beside } from './cases/beside.mjs';
import { causes } from './cases/causes.mjs';
import { refused } from './cases/refused.mjs';
import { risks } from './cases/risks.mjs';

export const cases = [
  {
    name: 'allow-origin-missing',
    title: 'The API has no CORS at all',
    story: 'A front end on port 5173 loads products from an Express API on port 3001 that was only used from its own origin so far.',
    fix: "`app.use(cors({ origin: 'http://app.localhost:5173' }))` before the routes.",
    servers: ['express-without-cors.mjs'],
    ports: [3001],
    page: {
      origin: 'http://app.localhost:5173',
      script: async () => {
        const response = await fetch('http://api.localhost:3001/products');
        console.log(await response.json());
      },
    },
    expect: [['GET', 'MissingAllowOriginHeader']],
    firefox: true,
  },
  {
    name: 'allow-origin-mismatch',
    title: 'One fixed origin, and the page is opened under another name',
    story: 'nginx allows `https://www.shop.test`; somebody opens `http://shop.test` (no "www.", no https).',
    fix: 'Choose the value from a `map $http_origin $cors_origin` list that has every origin of the site, and add `Vary: Origin`.',
    servers: ['nginx-fixed-origin.conf'],
    ports: [80],
    page: {
      origin: 'http://shop.test',
      listen: 5173,
      script: async () => {
        const response = await fetch('http://api.shop.test/prices');
        console.log(await response.json());
      },
    },
    expect: [['GET', 'AllowOriginMismatch']],
    firefox: true,
  },
  {
    name: 'allow-origin-trailing-slash',
    title: 'The allowed origin ends with a slash',
    story: "`cors({ origin: 'http://localhost:5173/' })`: copied from the address bar. An origin never ends with a slash, and the comparison is byte for byte.",
    fix: 'Remove the slash: `http://localhost:5173`.',
    servers: ['express-origin-with-slash.mjs'],
    ports: [8000],
    page: {
      origin: 'http://localhost:5173',
      script: async () => {
        const response = await fetch('http://localhost:8000/api/profile');
        console.log(await response.json());
      },
    },
    expect: [['GET', 'AllowOriginMismatch']],
    capture: { format: 'pcapng' },
  },
  {
    name: 'allow-origin-multiple-two-layers',
    title: 'Proxy and application both add the header',
    story: 'The Express application uses `cors()`. "To be sure", nginx in front of it got an `add_header Access-Control-Allow-Origin *` as well, so each answer has the header twice.',
    fix: 'Let one layer do it: remove the `add_header`, or keep it and add `proxy_hide_header Access-Control-Allow-Origin`.',
    servers: ['express-cors-default.mjs', 'nginx-adds-cors-again.conf'],
    ports: [8080],
    behind: [3001],
    page: {
      origin: 'http://www.shop.test:3000',
      script: async () => {
        await fetch('http://api.shop.test:8080/cart').catch((error) => console.error(String(error)));
        await fetch('http://api.shop.test:8080/cart', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ product: 1 }),
        });
      },
    },
    expect: [['GET', 'MultipleAllowOriginValues'], ['POST', 'PreflightMultipleAllowOriginValues']],
    firefox: true,
  },
  {
    name: 'allow-origin-wildcard-with-credentials',
    title: 'Cookies are sent to an API that allows any origin',
    story: 'The page calls the API with `credentials: "include"` because of its session cookie; the API answers `Access-Control-Allow-Origin: *` (`cors()` with its defaults).',
    fix: "`cors({ origin: 'http://app.shop.test:3000', credentials: true })`; or leave out `credentials: \"include\"` when the cookie is not needed.",
    servers: ['express-cors-default.mjs'],
    ports: [3001],
    page: {
      origin: 'http://app.shop.test:3000',
      headers: session,
      script: async () => {
        await fetch('http://api.shop.test:3001/cart', { credentials: 'include' }).catch((error) => console.error(String(error)));
        await fetch('http://api.shop.test:3001/cart', {
          method: 'POST',
          credentials: 'include',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ product: 1 }),
        });
      },
    },
    expect: [['GET', 'WildcardOriginNotAllowed'], ['POST', 'PreflightWildcardOriginNotAllowed']],
    firefox: true,
    sensitive: true,
  },
  {
    name: 'allow-credentials-not-true',
    title: 'The origin is right, Access-Control-Allow-Credentials is missing',
    story: 'The API names the exact origin of the page but nobody set `credentials: true`; the page sends its session cookie.',
    fix: "`cors({ origin: 'http://app.shop.test:3000', credentials: true })`.",
    servers: ['express-credentials-forgotten.mjs'],
    ports: [3001],
    page: {
      origin: 'http://app.shop.test:3000',
      headers: session,
      script: async () => {
        await fetch('http://api.shop.test:3001/me', { credentials: 'include' }).catch((error) => console.error(String(error)));
        await fetch('http://api.shop.test:3001/me', {
          method: 'PUT',
          credentials: 'include',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ name: 'Ada L.' }),
        });
      },
    },
    expect: [['GET', 'InvalidAllowCredentials'], ['PUT', 'PreflightInvalidAllowCredentials']],
    sensitive: true,
  },
  {
    name: 'preflight-status-404',
    title: 'Hand-written headers, and no route answers OPTIONS',
    story: 'A middleware sets the CORS headers on every answer. The handler of `/orders` is mounted with `app.use()` and knows GET and POST; OPTIONS falls through to the 404 page, which has all the right headers and the wrong status.',
    fix: 'End preflights in the middleware: `if (request.method === "OPTIONS") return response.sendStatus(204)`; or use the cors package.',
    servers: ['express-handwritten-headers.mjs'],
    ports: [3001],
    page: {
      origin: 'http://localhost:8080',
      script: async () => {
        await fetch('http://localhost:3001/orders').catch((error) => console.error(String(error)));
        await fetch('http://localhost:3001/orders', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ product: 1 }),
        });
      },
    },
    expect: [['GET', 'ok'], ['POST', 'PreflightInvalidStatus']],
    firefox: true,
  },
  {
    name: 'preflight-status-405-nginx',
    title: 'A static file behind nginx, and a header that needs a preflight',
    story: 'A configuration file is served by nginx with `add_header Access-Control-Allow-Origin *` and could be loaded until the build number was sent along in a header. nginx answers OPTIONS for files with 405, and `add_header` without `always` is not applied to it.',
    fix: 'Answer OPTIONS with 204 in an `if ($request_method = OPTIONS)` that repeats the headers; or do not send the header.',
    servers: ['nginx-static-file.conf'],
    ports: [8080],
    page: {
      origin: 'http://app.localhost:3000',
      script: async () => {
        await fetch('http://static.localhost:8080/config.json').catch((error) => console.error(String(error)));
        await fetch('http://static.localhost:8080/config.json', { headers: { 'X-Build': '2026.11' } });
      },
    },
    expect: [['GET', 'ok'], ['GET', 'PreflightMissingAllowOriginHeader']],
  },
  {
    name: 'preflight-status-405-fastapi',
    title: 'FastAPI without CORSMiddleware',
    story: 'The handler sets `Access-Control-Allow-Origin` itself, which was enough for the form. JSON needs a preflight, and no route answers OPTIONS.',
    fix: 'Remove the header from the handler and add `CORSMiddleware` with `allow_origins`, `allow_methods=["POST"]` and `allow_headers=["Content-Type"]`.',
    servers: ['fastapi_without_cors.py'],
    ports: [8000],
    page: {
      origin: 'http://www.news.test:3000',
      script: async () => {
        await fetch('http://api.news.test:8000/subscribe', { method: 'POST', body: new URLSearchParams({ mail: 'ada@news.test' }) })
          .catch((error) => console.error(String(error)));
        await fetch('http://api.news.test:8000/subscribe', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ mail: 'ada@news.test' }),
        });
      },
    },
    expect: [['POST', 'ok'], ['POST', 'PreflightMissingAllowOriginHeader']],
  },
  {
    name: 'preflight-unauthenticated-options',
    title: 'Authentication stands before CORS',
    story: 'The page sends a token; its preflight, as always, does not. The middleware that asks for the token is registered before `cors()` and answers OPTIONS with 401.',
    fix: 'Register `cors()` before the authentication, so that preflights end there.',
    servers: ['express-auth-before-cors.mjs'],
    ports: [8080],
    page: {
      origin: 'http://crm.localhost:4200',
      script: async () => {
        await fetch('http://api.localhost:8080/health').catch((error) => console.error(String(error)));
        await fetch('http://api.localhost:8080/contacts', { headers: { Authorization: 'Bearer sample-token' } });
      },
    },
    expect: [['GET', 'ok'], ['GET', 'PreflightMissingAllowOriginHeader']],
    firefox: true,
  },
  {
    name: 'preflight-method-not-allowed',
    title: 'DELETE with the defaults of @fastify/cors',
    story: 'After the update to @fastify/cors 11 reading users works, deleting them does not: its default list of methods is GET, HEAD and POST.',
    fix: "`methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']` in the options of the plugin.",
    servers: ['fastify-cors-default.mjs'],
    ports: [3000],
    page: {
      origin: 'http://admin.localhost:5173',
      script: async () => {
        await fetch('http://api.localhost:3000/users/3').catch((error) => console.error(String(error)));
        await fetch('http://api.localhost:3000/users/3', { method: 'DELETE' });
      },
    },
    expect: [['GET', 'ok'], ['DELETE', 'MethodDisallowedByPreflightResponse']],
    capture: { device: 'any' },
  },
  {
    name: 'preflight-method-case',
    title: 'patch is not PATCH',
    story: 'The API allows PATCH. The page asks for `patch`: browsers write get, post, put and delete in upper case, not patch, and methods are case-sensitive.',
    fix: 'Write `method: "PATCH"` in the page.',
    servers: ['express-cors-default.mjs'],
    ports: [3001],
    page: {
      origin: 'http://www.shop.test:3000',
      script: async () => {
        await fetch('http://api.shop.test:3001/cart/5', {
          method: 'patch',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ quantity: 2 }),
        });
      },
    },
    expect: [['patch', 'MethodDisallowedByPreflightResponse']],
  },
  {
    name: 'preflight-header-not-allowed',
    title: 'A tracing library adds headers',
    story: 'The API allows `Content-Type` only. Since the monitoring was added, each request also carries `traceparent` and `X-Request-Id`.',
    fix: "`allowedHeaders: ['Content-Type', 'traceparent', 'X-Request-Id']`; or tell the tracing library to leave this host alone.",
    servers: ['express-content-type-only.mjs'],
    ports: [3001],
    page: {
      origin: 'http://www.shop.test:3000',
      script: async () => {
        const search = (headers) => fetch('http://api.shop.test:3001/search', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', ...headers },
          body: JSON.stringify({ query: 'cup' }),
        });
        await search({}).catch((error) => console.error(String(error)));
        await search({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'X-Request-Id': '41' });
      },
    },
    expect: [['POST', 'ok'], ['POST', 'HeaderDisallowedByPreflightResponse']],
    firefox: true,
  },
  {
    name: 'preflight-header-status-400-fastapi',
    title: 'FastAPI refuses a header with 400',
    story: 'Same mistake as in `preflight-header-not-allowed`, but Starlette answers a preflight that asks for an unlisted header with 400 "Disallowed CORS headers", so the browser complains about the status and does not name the header.',
    fix: '`allow_headers=["Content-Type", "X-Tenant"]`.',
    servers: ['fastapi_closed_header_list.py'],
    ports: [8000],
    page: {
      origin: 'http://dashboard.localhost:5173',
      script: async () => {
        await fetch('http://api.localhost:8000/metrics').catch((error) => console.error(String(error)));
        await fetch('http://api.localhost:8000/metrics', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', 'X-Tenant': 'north' },
          body: '{"visits": 1}',
        });
      },
    },
    expect: [['GET', 'ok'], ['POST', 'PreflightInvalidStatus']],
    capture: { format: 'pcapng' },
  },
  {
    name: 'preflight-redirect-https',
    title: 'The API moved to https, the page still calls http',
    story: 'Port 80 redirects everything to https, preflights too. A preflight must not be redirected.',
    fix: 'Call `https://api.shop.test/...` in the page.',
    servers: ['nginx-to-https.conf'],
    ports: [80],
    page: {
      origin: 'http://app.shop.test',
      listen: 5173,
      script: async () => {
        await fetch('http://api.shop.test/v1/orders', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ product: 1 }),
        });
      },
    },
    expect: [['POST', 'PreflightDisallowedRedirect']],
  },
  {
    name: 'preflight-redirect-trailing-slash',
    title: 'A missing slash at the end of the path',
    story: 'The Flask route is `/items/`, the page posts to `/items`. Flask redirects with 308 to the path with the slash, preflights too.',
    fix: 'Call `/items/`; or `strict_slashes=False` on the route.',
    servers: ['flask_strict_slashes.py'],
    ports: [5000],
    page: {
      origin: 'http://app.localhost:3000',
      script: async () => {
        await fetch('http://api.localhost:5000/items').catch((error) => console.error(String(error)));
        await fetch('http://api.localhost:5000/items', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ name: 'cup' }),
        });
      },
    },
    expect: [['GET', 'ok'], ['GET', 'ok'], ['POST', 'PreflightDisallowedRedirect']],
  },
  {
    name: 'redirect-to-login',
    title: 'The session has expired',
    story: 'Without a session the API redirects to the login page of another host, which has no CORS headers. The console speaks of CORS; the cause is the login.',
    fix: 'Answer requests of scripts with 401 instead of a redirect, and let the page send the user to the login.',
    servers: ['express-session-expired.mjs'],
    ports: [3001, 3002],
    page: {
      origin: 'http://app.shop.test:3000',
      script: async () => {
        const response = await fetch('http://api.shop.test:3001/invoices', { credentials: 'include' });
        console.log(await response.json());
      },
    },
    expect: [['GET', 'ok'], ['GET', 'MissingAllowOriginHeader']],
    firefox: true,
  },
  {
    name: 'redirect-origin-became-null',
    title: 'After a redirect between two foreign origins the origin is "null"',
    story: 'The API redirects a download to a storage host. Both allow `http://photos.localhost:3000`, but after the redirect from one foreign origin to another the browser sends `Origin: null`, and the storage answers with the origin of the site.',
    fix: 'Return the address in JSON and let the page fetch it directly; or let the storage answer `*` if the files are public.',
    servers: ['express-download-redirect.mjs'],
    ports: [3001, 3002],
    page: {
      origin: 'http://photos.localhost:3000',
      script: async () => {
        const response = await fetch('http://api.localhost:3001/photos/12/original');
        console.log(await response.text());
      },
    },
    expect: [['GET', 'ok'], ['GET', 'AllowOriginMismatch']],
    firefox: true,
  },
  {
    name: 'preflight-nginx-if-inheritance',
    title: 'The nginx recipe with add_header inside "if"',
    story: 'Copied from a guide: the three headers in the location, and an `if` for OPTIONS that adds `Access-Control-Max-Age`. In nginx an `add_header` inside `if` replaces all the inherited ones, so the preflight answer has nothing but the Max-Age.',
    fix: 'Repeat all `add_header` lines inside the `if`.',
    servers: ['nginx-if-inheritance.conf'],
    ports: [8080],
    page: {
      origin: 'http://app.localhost:3000',
      script: async () => {
        await fetch('http://api.localhost:8080/api/messages').catch((error) => console.error(String(error)));
        await fetch('http://api.localhost:8080/api/messages', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ text: 'hello' }),
        });
      },
    },
    expect: [['GET', 'ok'], ['POST', 'PreflightMissingAllowOriginHeader']],
    firefox: true,
  },
  {
    name: 'errors-lack-cors-fastapi',
    title: 'An exception looks like a CORS problem',
    story: 'Report 2 has no rows: a KeyError, answered with 500 outside of CORSMiddleware. All other answers of the API have the header.',
    fix: 'Fix the exception. To see such errors in the page: wrap the whole application, `CORSMiddleware(app, ...)`, instead of `add_middleware`.',
    servers: ['fastapi_unhandled_error.py'],
    ports: [8000],
    page: {
      origin: 'http://reports.localhost:5173',
      script: async () => {
        const load = (path) => fetch(`http://api.localhost:8000${path}`).catch((error) => console.error(String(error)));
        await load('/reports');
        await load('/reports/1');
        await load('/reports/2');
        await load('/reports');
      },
    },
    expect: [['GET', 'ok'], ['GET', 'ok'], ['GET', 'MissingAllowOriginHeader'], ['GET', 'ok']],
  },
  {
    name: 'errors-lack-cors-gateway-502',
    title: 'A service is down behind the gateway',
    story: 'nginx adds the header for all services, without `always`. Orders work; the service behind `/reports` is down, and the 502 that nginx makes goes out without the header.',
    fix: 'Start the service. `add_header ... always` makes such errors readable for the page.',
    servers: ['express-behind-gateway.mjs', 'nginx-gateway.conf'],
    ports: [8080],
    behind: [3002],
    page: {
      origin: 'http://app.localhost:3000',
      script: async () => {
        const load = (path) => fetch(`http://gateway.localhost:8080${path}`).catch((error) => console.error(String(error)));
        await load('/orders');
        await load('/orders/7');
        await load('/reports/daily');
      },
    },
    expect: [['GET', 'ok'], ['GET', 'ok'], ['GET', 'MissingAllowOriginHeader']],
  },
  {
    name: 'payload-too-large',
    title: 'The note is too long for nginx',
    story: 'The application allows the origin and bodies of 10 MB; nginx in front of it allows 4 kB and answers 413 itself, without CORS headers. Short notes work.',
    fix: 'Raise `client_max_body_size` in nginx.',
    servers: ['express-uploads.mjs', 'nginx-body-limit.conf'],
    ports: [8080],
    behind: [3001],
    page: {
      origin: 'http://notes.localhost:5173',
      script: async () => {
        const save = (text) => fetch('http://api.localhost:8080/notes', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ text }),
        }).catch((error) => console.error(String(error)));
        await save('short');
        await save('long '.repeat(1200));
      },
    },
    expect: [['POST', 'ok'], ['POST', 'MissingAllowOriginHeader']],
  },
  {
    name: 'mixed-content',
    title: 'An https page calls an http API',
    story: 'The site moved to https, the address of the API in its script did not. The browser does not send such a request at all. The page itself is the only thing on the wire, and it is encrypted (TLS 1.2; `tls-keys.log` opens it).',
    fix: 'Serve the API over https and call `https://api.shop.test/stock`.',
    servers: ['nginx-https-page.conf'],
    ports: [443, 80],
    page: {
      origin: 'https://app.shop.test',
      listen: 5173,
      script: async () => {
        await fetch('http://api.shop.test/stock');
      },
    },
    expect: [['GET', 'mixed-content']],
    keyLog: true,
  },
  {
    name: 'expose-headers-missing',
    title: 'The request works, but the page cannot read a header',
    story: 'The list of customers comes in pages; `X-Total-Count` and `Link` tell how many there are. Both are on the wire, and `response.headers.get("X-Total-Count")` is null, since the server does not expose them.',
    fix: '`CORS(app, expose_headers=["X-Total-Count", "Link"])`.',
    servers: ['flask_pages.py'],
    ports: [5000],
    page: {
      origin: 'http://admin.localhost:5173',
      script: async () => {
        for (const page of [1, 2]) {
          const response = await fetch(`http://api.localhost:5000/customers?page=${page}`);
          console.log(`page ${page}: X-Total-Count ${response.headers.get('X-Total-Count')}, Link ${response.headers.get('Link')}`);
        }
      },
    },
    expect: [['GET', 'ok'], ['GET', 'ok']],
  },
  {
    name: 'preflight-no-response',
    title: 'The server hangs up on OPTIONS',
    story: 'A small server closes the connection when it sees OPTIONS. Reading works; writing needs a preflight, which gets no answer.',
    fix: 'Answer OPTIONS with 204 and the CORS headers.',
    servers: ['express-drops-options.mjs'],
    ports: [8081],
    page: {
      origin: 'http://home.test:3000',
      script: async () => {
        await fetch('http://device.test:8081/sensors').catch((error) => console.error(String(error)));
        await fetch('http://device.test:8081/sensors', {
          method: 'PUT',
          headers: { 'Content-Type': 'application/json' },
          body: '{"interval": 5}',
        });
      },
    },
    expect: [['GET', 'ok'], ['PUT', 'neterror']],
  },
  {
    name: 'all-fine',
    title: 'Everything is in order',
    story: 'A well configured API and a page that uses it in several ways: a simple GET, a revalidated GET (304), a request with the session cookie, a PUT with preflight, a second PUT whose preflight is cached, and a path that does not exist (404 with good headers). Nothing may be reported here.',
    fix: 'Nothing to fix.',
    servers: ['express-well-configured.mjs'],
    ports: [3001],
    page: {
      origin: 'http://app.shop.test:3000',
      headers: session,
      script: async () => {
        const api = 'http://api.shop.test:3001';
        const rename = (name) => fetch(`${api}/products/1`, {
          method: 'PUT',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ name }),
        }).then((response) => response.json());
        await fetch(`${api}/products`).then((response) => response.json());
        await fetch(`${api}/products`).then((response) => response.json());
        await fetch(`${api}/me`, { credentials: 'include' }).then((response) => response.json());
        await rename('Cup');
        await rename('Big cup');
        await fetch(`${api}/wishlist`).then((response) => response.text());
      },
    },
    expect: [['GET', 'ok'], ['GET', 'ok'], ['GET', 'ok'], ['PUT', 'ok'], ['PUT', 'ok'], ['GET', 'ok']],
    firefox: true,
    sensitive: true,
  },
  {
    name: 'looks-like-cors-but-is-not',
    title: 'Requests that carry an Origin and need no CORS headers',
    story: 'POST and OPTIONS to the own origin, a `no-cors` POST, a beacon, a WebSocket, a request that the page gives up, and at the end a form that posts to another origin. No answer has CORS headers and none needs them. Nothing may be reported here.',
    fix: 'Nothing to fix.',
    servers: ['express-no-cors-needed.mjs', 'nginx-site-and-api.conf'],
    ports: [80, 3001],
    behind: [3002],
    page: {
      origin: 'http://www.shop.test',
      listen: 5173,
      script: async () => {
        const other = 'http://partner.test:3001';
        const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
        await fetch('/api/cart', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"product": 1}' });
        await fetch('/api/cart', { method: 'OPTIONS' });
        await fetch(`${other}/collect`, { method: 'POST', mode: 'no-cors', body: 'view=1' });
        navigator.sendBeacon(`${other}/collect`, 'view=2');
        await new Promise((resolve) => {
          const socket = new WebSocket('ws://partner.test:3001/live');
          socket.onmessage = () => { socket.close(); resolve(); };
        });
        const controller = new AbortController();
        setTimeout(() => controller.abort(), 200);
        await fetch(`${other}/slow`, { signal: controller.signal }).catch((error) => console.log(error.name));
        await pause(300);
        const form = document.createElement('form');
        form.method = 'post';
        form.action = `${other}/pay`;
        document.body.append(form);
        form.submit();
        await pause(60000); // the next page says that everything is done
      },
    },
    expect: [['POST', 'ok'], ['OPTIONS', 'ok'], ['POST', 'ok'], ['POST', 'ok'], ['GET', 'ok'], ['GET', 'aborted'], ['POST', 'ok']],
    firefox: true,
  },
  {
    name: 'concurrent-identical',
    title: 'Identical requests at the same time, one with a header too many',
    story: 'Three identical messages are sent at once, and a fourth one as a "retry" with `X-Retry-Count`, which the API does not allow. Which preflight belongs to which request?',
    fix: "`allowedHeaders: ['Content-Type', 'X-Retry-Count']`.",
    servers: ['express-retry-header.mjs'],
    ports: [3001],
    page: {
      origin: 'http://chat.localhost:5173',
      script: async () => {
        const send = (headers) => fetch('http://api.localhost:3001/messages', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', ...headers },
          body: '{"text": "hello"}',
        }).catch((error) => console.error(String(error)));
        await Promise.all([send({}), send({}), send({ 'X-Retry-Count': '1' }), send({})]);
      },
    },
    expect: [['POST', 'ok'], ['POST', 'ok'], ['POST', 'HeaderDisallowedByPreflightResponse'], ['POST', 'ok']],
  },
  {
    name: 'https-h2-with-keys',
    title: 'HTTP/2 over TLS 1.3, with the session keys',
    story: 'Page and API over HTTPS with HTTP/2. A PUT works; the header `X-Client` of a second one is not allowed. `tls-keys.log` (SSLKEYLOGFILE) opens the capture.',
    fix: "Add `X-Client` to `Access-Control-Allow-Headers`.",
    servers: ['nginx-http2.conf'],
    ports: [443],
    page: {
      origin: 'https://app.shop.test',
      listen: 5173,
      script: async () => {
        const save = (headers) => fetch('https://api.shop.test/settings', {
          method: 'PUT',
          headers: { 'Content-Type': 'application/json', ...headers },
          body: '{"theme": "dark"}',
        }).catch((error) => console.error(String(error)));
        await save({});
        await save({ 'X-Client': 'web' });
      },
    },
    expect: [['PUT', 'ok'], ['PUT', 'HeaderDisallowedByPreflightResponse']],
    keyLog: true,
  },
  {
    name: 'https-h3-with-keys',
    title: 'HTTP/3 over QUIC, with the session keys',
    story: 'Page and API over HTTP/3. A PUT works; the header `X-Client` of a second one is not allowed. `tls-keys.log` (SSLKEYLOGFILE) opens the capture.',
    fix: "Add `X-Client` to `Access-Control-Allow-Headers`.",
    servers: ['http3_settings.py'],
    ports: [443],
    quic: ['app.shop.test', 'api.shop.test'],
    capture: { protocol: 'udp' },
    page: {
      origin: 'https://app.shop.test',
      listen: 5173,
      script: async () => {
        const save = (headers) => fetch('https://api.shop.test/settings', {
          method: 'PUT',
          headers: { 'Content-Type': 'application/json', ...headers },
          body: '{"theme": "dark"}',
        }).catch((error) => console.error(String(error)));
        await save({});
        await save({ 'X-Client': 'web' });
      },
    },
    expect: [['PUT', 'ok'], ['PUT', 'HeaderDisallowedByPreflightResponse']],
    keyLog: true,
  },
  {
    name: 'response-blocked-from-cache',
    title: 'An image is in the cache without the header',
    story: 'The page shows a logo with `<img>`, which sends no Origin, so the server leaves the CORS header out of a cacheable answer. Later `fetch()` asks for the same address and gets that copy from the cache. Nothing goes over the wire for the failing request.',
    fix: 'Send `Vary: Origin` always, and the header on every answer; or `crossorigin` on the `<img>`.',
    servers: ['express-cached-copy.mjs'],
    ports: [3001],
    page: {
      origin: 'http://www.shop.test:3000',
      script: async () => {
        await new Promise((resolve) => {
          const image = new Image();
          image.onload = resolve;
          image.src = 'http://cdn.shop.test:3001/logo.svg';
          document.body.append(image);
        });
        await fetch('http://cdn.shop.test:3001/logo.svg');
      },
    },
    expect: [['GET', 'ok'], ['GET', 'MissingAllowOriginHeader']],
  },
  {
    name: 'allow-origin-invalid',
    title: 'The allowed origin has no scheme',
    story: "`cors({ origin: 'app.shop.test' })`: only the host, but an origin begins with `http://` or `https://`.",
    fix: 'Write `http://app.shop.test`.',
    servers: ['express-origin-without-scheme.mjs'],
    ports: [3001],
    page: {
      origin: 'http://app.shop.test',
      listen: 80,
      script: async () => {
        await fetch('http://api.shop.test:3001/news');
      },
    },
    expect: [['GET', 'InvalidAllowOriginValue']],
  },
  {
    name: 'origin-null-file-page',
    title: 'The page was opened with a double click',
    story: 'The page is a file on disk (`file:///.../index.html`), so its origin is `null`. The API allows the development server, `http://localhost:3000`.',
    fix: 'Open the page through a web server, `npx serve -l 3000`. Do not allow `null`.',
    servers: ['express-development-origin.mjs'],
    ports: [3001],
    page: {
      origin: 'null',
      script: async () => {
        await fetch('http://localhost:3001/tasks').catch((error) => console.error(String(error)));
        await fetch('http://localhost:3001/tasks/1', { method: 'DELETE' });
      },
    },
    expect: [['GET', 'AllowOriginMismatch'], ['DELETE', 'PreflightAllowOriginMismatch']],
  },
  {
    name: 'errors-lack-cors-rate-limited',
    title: 'Too many requests',
    story: 'A rate limiter stands before `cors()` and answers the fourth request with 429 and without CORS headers: the page can see neither the status nor `Retry-After`.',
    fix: 'Register `cors()` before the limiter; send fewer requests.',
    servers: ['express-rate-limit.mjs'],
    ports: [3001],
    page: {
      origin: 'http://map.localhost:8080',
      script: async () => {
        for (const tile of [1, 2, 3, 4]) {
          await fetch(`http://tiles.localhost:3001/tiles/${tile}`).catch((error) => console.error(String(error)));
        }
      },
    },
    expect: [['GET', 'ok'], ['GET', 'ok'], ['GET', 'ok'], ['GET', 'MissingAllowOriginHeader']],
  },
  {
    name: 'network-failed-refused',
    title: 'The server is not running',
    story: 'Nothing listens on the port of the API. The page gets the same "Failed to fetch" as with CORS, and the preflight fails like the request itself. This is not CORS.',
    fix: 'Start the server.',
    servers: [],
    down: true,
    ports: [3001],
    page: {
      origin: 'http://app.shop.test:3000',
      script: async () => {
        await fetch('http://api.shop.test:3001/orders').catch((error) => console.error(String(error)));
        await fetch('http://api.shop.test:3001/orders', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: '{"product": 1}',
        });
      },
    },
    expect: [['GET', 'neterror'], ['POST', 'neterror']],
    firefox: true,
  },
  ...refused,
  ...beside,
  ...allowed,
  ...risks,
  ...causes,
];
