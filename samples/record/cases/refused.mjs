// Refusals of the CORS protocol itself that few servers cause, several in one recording. See ../cases.mjs for the fields.

/* global fetch, console */

export const refused = [
  {
    name: 'redirects-refused',
    title: 'Four redirects that a CORS request may not follow',
    story: 'A download is redirected, each time in another wrong way: the redirect itself has no CORS headers, its target holds a user name and password, its target is no http(s) URL, or the redirects never end. The fifth download is redirected properly.',
    fix: 'Fetch the final URL directly; or send `Access-Control-Allow-Origin` with the redirect too, and redirect to plain http(s) URLs without user names.',
    servers: ['express-redirects.mjs'],
    ports: [3001],
    page: {
      origin: 'http://app.localhost:3000',
      script: async () => {
        for (const path of ['bare', 'password', 'data', 'endless', 'fine']) {
          await fetch(`http://files.localhost:3001/${path}`).catch((error) => console.error(String(error)));
        }
      },
    },
    expect: [['GET', 'MissingAllowOriginHeader'], ['GET', 'RedirectContainsCredentials'], ['GET', 'neterror'],
      ...Array(20).fill(['GET', 'ok']), ['GET', 'neterror'], ['GET', 'ok'], ['GET', 'ok']],
    firefox: true,
  },
  {
    name: 'preflight-lists-malformed',
    title: 'Preflight answers that cannot be parsed',
    story: 'Three services written by hand: one separates the methods by semicolons, one quotes the names of the headers, one sends the name of the host as allowed origin. A fourth one separates by commas, with an empty element, which is fine.',
    fix: 'Separate by commas, without quotes: `Access-Control-Allow-Methods: GET, PUT`. An origin begins with `http://` or `https://`.',
    servers: ['express-malformed-lists.mjs'],
    ports: [3001],
    page: {
      origin: 'http://app.localhost:3000',
      script: async () => {
        for (const service of ['semicolons', 'quotes', 'host', 'commas']) {
          await fetch(`http://api.localhost:3001/${service}`, { method: 'PUT', headers: { 'X-Tenant': 'north' }, body: '1' })
            .catch((error) => console.error(String(error)));
        }
      },
    },
    expect: [['PUT', 'InvalidAllowMethodsPreflightResponse'], ['PUT', 'InvalidAllowHeadersPreflightResponse'],
      ['PUT', 'PreflightInvalidAllowOriginValue'], ['PUT', 'ok']],
    firefox: true,
  },
  {
    name: 'preflight-proxy-auth',
    title: 'A proxy wants a password for the preflight',
    story: 'A reverse proxy of the office network answers everything without a password with 407, preflights too. A browser never sends credentials with a preflight.',
    fix: 'Let OPTIONS pass without authentication at the proxy.',
    servers: ['nginx-proxy-auth.conf'],
    ports: [8080],
    page: {
      origin: 'http://app.localhost:3000',
      script: async () => {
        await fetch('http://api.localhost:8080/orders', { method: 'PUT', body: '1' });
      },
    },
    expect: [['PUT', 'neterror']],
    firefox: true,
  },
  {
    name: 'half-of-the-answers',
    title: 'CORS headers on one half of the answers',
    story: 'The handler of OPTIONS for `/orders` sets the headers, the handlers of the orders themselves do not: the order is stored all the same, only the page cannot see it. With `/stock` it is the other way round: the web server answers OPTIONS by itself, before the application that knows CORS.',
    fix: 'Use the cors package as a middleware for all methods: `app.use(cors(...))`.',
    servers: ['express-half-of-the-answers.mjs'],
    ports: [3001],
    page: {
      origin: 'http://shop.localhost:5173',
      script: async () => {
        const send = (method, path) => fetch(`http://api.localhost:3001${path}`, {
          method, headers: { 'Content-Type': 'application/json' }, body: method === 'GET' ? undefined : '{"product": 1}',
        }).catch((error) => console.error(String(error)));
        await send('POST', '/orders');
        await fetch('http://api.localhost:3001/stock');
        await send('PUT', '/stock');
      },
    },
    expect: [['POST', 'MissingAllowOriginHeader'], ['GET', 'ok'], ['PUT', 'PreflightMissingAllowOriginHeader']],
    firefox: true,
  },
  {
    name: 'wildcards-with-credentials',
    title: 'With credentials a * is only a name',
    story: 'The API allows `*` methods and `*` headers and exposes `*`. That works until the page sends its cookie along: from then on each `*` is compared literally.',
    fix: 'Name the methods, headers and exposed headers.',
    servers: ['express-wildcards.mjs'],
    ports: [3001],
    page: {
      origin: 'http://app.shop.test:3000',
      headers: { 'Set-Cookie': 'session=sample-session-cookie; Domain=shop.test; Path=/' },
      script: async () => {
        const api = 'http://api.shop.test:3001';
        const send = (method, headers, credentials) => fetch(`${api}/notes`, { method, headers, credentials, body: '{}' })
          .catch((error) => console.error(String(error)));
        await send('PUT', {}, 'omit');
        await send('PUT', {}, 'include');
        await send('POST', { 'X-Tenant': 'north' }, 'include');
        const list = await fetch(`${api}/notes`, { credentials: 'include' });
        console.log(`X-Total-Count ${list.headers.get('X-Total-Count')}`);
      },
    },
    expect: [['PUT', 'ok'], ['PUT', 'MethodDisallowedByPreflightResponse'], ['POST', 'HeaderDisallowedByPreflightResponse'], ['GET', 'ok']],
    firefox: true,
    sensitive: true,
  },
];
