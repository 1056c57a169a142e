// Allowed, but unsafe. See ../cases.mjs for the fields.

/* global fetch, console, location, document, Image, WebSocket */

// Which page asks which API. All names lead to this machine; example.com is the company here, the others are strangers.
const VISITS = {
  'https://www.example.com': ['dots', 'list', 'news'],
  'http://www.example.com': ['plain'],
  'http://localhost:3000': ['dev'],
  'https://example.com.evil.net': ['starts', 'list'],
  'https://example.com_.evil.net': ['starts'],
  'https://evilexample.com': ['ends'],
  'https://wwwxexample.com': ['dots'],
  'https://example.co': ['contains'],
  'https://shop-one.net': ['any', 'account'],
  'https://partner-two.org': ['any', 'account', 'list'],
  'https://team.github.io': ['docs'],
  'https://customer-a.example.com': ['tenants'],
  'https://customer-b.example.com': ['tenants'],
  'https://old-blog.example.com': ['tenants'],
};

export const risks = [
  {
    name: 'risk-origin-comparison',
    title: 'How an API compares origins',
    story: 'Ten services of example.com, and pages of friends and strangers that ask them: one service compares only the beginning of the origin, one the end, one forgot that a dot in a pattern is any character, one looks for the origin inside of its own name; one lets in every page, one every page with credentials, one every customer\'s subdomain with credentials, one a site of shared hosting, one the unencrypted page, one the developer\'s machine. `list` compares with a list, as all of them should.',
    fix: 'Compare the whole origin with a list of exact origins.',
    servers: ['express-origin-comparison.mjs', 'nginx-example-com.conf'],
    ports: [8443],
    behind: [443, 80, 3001],
    hosts: ['example.com', 'example.co', 'evilexample.com', 'wwwxexample.com', 'evil.net', 'shop-one.net', 'partner-two.org', 'github.io'],
    page: {
      origin: 'https://www.example.com',
      listen: 3000,
      visits: Object.keys(VISITS),
      data: VISITS,
      script: async (visits) => {
        for (const api of visits[location.origin]) {
          await fetch(`https://${api}.example.com:8443/data`, { credentials: 'include' }).then((response) => response.text()).catch((error) => console.error(String(error)));
        }
      },
    },
    expect: Object.entries(VISITS).flatMap(([page, apis]) => apis.map((api) =>
      ['GET', api === 'list' && page !== 'https://www.example.com' ? 'MissingAllowOriginHeader'
        : ['docs', 'account', 'tenants', 'list', 'news'].includes(api) ? 'ok' : 'InvalidAllowCredentials'])),
    keyLog: true,
  },
  {
    name: 'risky-answers',
    title: 'Answers that work today and hurt tomorrow',
    story: 'One API with a collection of bad habits: `*` on private data, `*` together with credentials, a cacheable answer for one origin without `Vary`, a picture that has `Vary: Origin` only when asked with an Origin, a permission with credentials that holds for 20 days, TRACE among the methods, a POST that is carried out for every page, and a WebSocket that takes the cookie of any page. `/safe` has none of them.',
    fix: 'Exact origins for private data, `Vary: Origin` always, a `Max-Age` of two hours at most, the methods that exist, and a check of `Origin` before acting.',
    servers: ['express-risky-answers.mjs'],
    ports: [3001],
    page: {
      origin: 'http://app.shop.test:3000',
      headers: { 'Set-Cookie': 'session=sample-session-cookie; Domain=shop.test; Path=/' },
      script: async () => {
        const api = 'http://api.shop.test:3001';
        const request = (path, options) => fetch(api + path, options).catch((error) => console.error(String(error)));
        await request('/profile');
        await request('/prices');
        await request('/news');
        await request('/logo.svg');
        await new Promise((resolve) => {
          const image = new Image();
          image.onload = resolve;
          image.src = `${api}/logo.svg?`;
          document.body.append(image);
        });
        await new Promise((resolve) => {
          const image = new Image();
          image.onload = resolve;
          image.src = `${api}/logo.svg`;
          document.body.append(image);
        });
        await request('/settings', { method: 'PUT', credentials: 'include', body: '{}' });
        await request('/debug', { method: 'PUT', body: '{}' });
        await request('/orders', { method: 'POST', body: 'product=1' });
        await request('/safe', { method: 'PUT', credentials: 'include', body: '{}' });
        await request('/safe', { credentials: 'include' });
        await new Promise((resolve) => {
          const socket = new WebSocket('ws://api.shop.test:3001/live');
          socket.onopen = () => { socket.close(); resolve(); };
        });
      },
    },
    expect: [['GET', 'ok'], ['GET', 'ok'], ['GET', 'ok'], ['GET', 'ok'], ['GET', 'ok'], ['GET', 'ok'], ['PUT', 'ok'], ['PUT', 'ok'],
      ['POST', 'MissingAllowOriginHeader'], ['PUT', 'ok'], ['GET', 'ok'], ['GET', 'ok']],
    sensitive: true,
    firefox: true,
  },
  {
    name: 'risk-null-origin-allowed',
    title: 'The API allows the origin null',
    story: 'To make a page work that was opened from the disk, somebody put `null` on the list of origins. Every page of the internet can get the origin `null` with a sandboxed frame.',
    fix: 'Take `null` off the list and open the page through a web server.',
    servers: ['express-null-allowed.mjs'],
    ports: [3001],
    page: {
      origin: 'null',
      script: async () => {
        await fetch('http://localhost:3001/tasks').then((response) => response.text());
        await fetch('http://localhost:3001/tasks/1', { method: 'DELETE' });
      },
    },
    expect: [['GET', 'ok'], ['DELETE', 'ok']],
  },
];
