// Blocked before or beside the CORS protocol, where people still say "CORS error". See ../cases.mjs for the fields.

/* global fetch, console, document, Image, WebSocket */

export const beside = [
  {
    name: 'blocked-beside-cors',
    title: 'Blocked by other policies than CORS',
    story: 'The page\'s own Content-Security-Policy does not list the address of the statistics; a picture says `Cross-Origin-Resource-Policy: same-origin`; a JSON document is loaded with `<script>`; a WebSocket server knows a list of origins; a `fetch()` asked for `redirect: "error"`. Beside each stands one that works.',
    fix: 'Each policy has its own switch: `connect-src`, `Cross-Origin-Resource-Policy: cross-origin`, `fetch()` instead of `<script>`, the list of the WebSocket server. No CORS header helps.',
    servers: ['express-beside-cors.mjs'],
    ports: [3001],
    page: {
      origin: 'http://app.shop.test:3000',
      headers: { 'Content-Security-Policy': "connect-src http://api.shop.test:3001 ws://api.shop.test:3001; img-src http://partner.test:3001 data:" },
      script: async () => {
        const load = (element, url) => new Promise((resolve) => {
          element.onload = resolve;
          element.onerror = () => { console.error(`cannot load ${url}`); resolve(); };
          element.src = url;
          document.body.append(element);
        });
        const open = (url) => new Promise((resolve) => {
          const socket = new WebSocket(url);
          socket.onopen = () => { socket.close(); resolve(); };
          socket.onerror = resolve;
        });
        const request = (url, options) => fetch(url, options).catch((error) => console.error(String(error)));
        await request('http://stats.shop.test:3001/count');
        await request('http://api.shop.test:3001/count');
        await load(new Image(), 'http://stats.shop.test:3001/pixel.svg');
        await load(new Image(), 'http://partner.test:3001/own.svg');
        await load(new Image(), 'http://partner.test:3001/free.svg');
        await load(document.createElement('script'), 'http://partner.test:3001/prices.json');
        await load(document.createElement('script'), 'http://partner.test:3001/prices.js');
        await open('ws://api.shop.test:3001/members');
        await open('ws://api.shop.test:3001/live');
        await request('http://api.shop.test:3001/moved', { redirect: 'error' });
        await request('http://api.shop.test:3001/moved');
      },
    },
    // Of the fetch() that the policy forbids Chromium tells its Network panel nothing.
    expect: [['GET', 'ok'], ['GET', 'csp'], ['GET', 'corp-not-same-origin'], ['GET', 'ok'], ['GET', 'neterror'], ['GET', 'ok'],
      ['GET', 'unanswered'], ['GET', 'ok'], ['GET', 'neterror'], ['GET', 'ok'], ['GET', 'ok']],
    firefox: true,
  },
  {
    name: 'client-blocked',
    title: 'An extension of the browser blocks the request',
    story: 'An ad blocker stops everything called `/track`. The request never leaves the browser; the page gets the same "Failed to fetch" as with CORS.',
    fix: 'Try without extensions; give the endpoint a name that is on no filter list.',
    servers: ['express-cors-default.mjs'],
    ports: [3001],
    extension: 'blocks-tracking',
    page: {
      origin: 'http://app.shop.test:3000',
      script: async () => {
        await fetch('http://api.shop.test:3001/cart').catch((error) => console.error(String(error)));
        await fetch('http://api.shop.test:3001/track');
      },
    },
    expect: [['GET', 'ok'], ['GET', 'other']],
  },
  {
    name: 'local-network-access',
    title: 'A public page asks the user\'s own machine',
    story: 'A page of the internet talks to a device server on the user\'s machine. The server sends every CORS header, but Chromium first asks the user for the permission "local network access"; without it nothing is sent. (Both servers run on loopback; the browser was told to take the page\'s port for a public address.)',
    fix: 'Serve the page over https and let the user grant the permission; or serve the API under a public name.',
    servers: ['express-cors-default.mjs'],
    ports: [3001],
    publicPorts: [3000],
    page: {
      origin: 'http://devices.test:3000',
      script: async () => {
        await fetch('http://device.test:3001/cart').catch((error) => console.error(String(error)));
        await fetch('http://device.test:3001/cart', { method: 'PUT', body: '{}' });
      },
    },
    expect: [['GET', 'InsecureLocalNetwork'], ['PUT', 'InsecureLocalNetwork']],
  },
  {
    name: 'cookie-withheld',
    title: 'The session cookie stays at home',
    story: 'The page of one site asks the API of another with `credentials: "include"`. CORS is in order, but the user\'s browser keeps third-party cookies back, so the API does not know the user and answers 401.',
    fix: 'Serve page and API under one site; or use a token. `SameSite=None; Secure` helps only where third-party cookies are allowed.',
    servers: ['express-members.mjs', 'nginx-two-sites.conf'],
    ports: [443],
    behind: [3001],
    thirdPartyCookies: false,
    page: {
      origin: 'https://app.shop.test',
      listen: 5173,
      script: async () => {
        await fetch('https://api.members.test/login', { method: 'POST', credentials: 'include' });
        await fetch('https://api.members.test/me', { credentials: 'include' });
        await fetch('https://api.members.test/public');
      },
    },
    expect: [['POST', 'ok'], ['GET', 'ok'], ['GET', 'ok']],
    keyLog: true,
  },
  {
    name: 'server-rejected-origin',
    title: 'The API refuses its own page',
    story: 'Page and API have the same origin, so CORS has no part in it. But browsers send `Origin` with each POST, and the list of allowed origins in the API (the usual callback that throws) knows only the development server: "Not allowed by CORS", 500. GET has no `Origin` and works.',
    fix: 'Add the site\'s own origin to the list, or call `callback(null, false)` instead of throwing.',
    servers: ['express-throwing-list.mjs', 'nginx-site-and-api.conf'],
    ports: [80],
    behind: [3002],
    page: {
      origin: 'http://www.shop.test',
      listen: 5173,
      script: async () => {
        await fetch('/api/cart');
        await fetch('/api/cart', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"product": 1}' });
      },
    },
    expect: [['GET', 'ok'], ['POST', 'ok']],
    firefox: true,
  },
];
