// Allowed, but not what the developer meant. See ../cases.mjs for the fields.

/* global fetch, console */

export const allowed = [
  {
    name: 'allowed-but-surprising',
    title: 'Everything works, and yet',
    story: 'A walk through what browsers allow without a word: GET requests with a preflight for the sake of `X-Requested-With`; a preflight asked anew for each request, since nobody said how long the answer holds; a `Max-Age` of a day, which Chromium cuts to two hours, and one that is no number; a page that sends response headers as request headers; a token that only `*` covers; an answer that `no-cors` made unreadable.',
    fix: 'Leave out the header; send `Access-Control-Max-Age: 600`; remove `Access-Control-Allow-Origin` from the request; list `Authorization` by name; remove `mode: "no-cors"`.',
    servers: ['express-surprises.mjs'],
    ports: [3001],
    page: {
      origin: 'http://app.localhost:5173',
      script: async () => {
        const api = 'http://api.localhost:3001';
        const get = (path, headers) => fetch(api + path, { headers });
        const put = (path) => fetch(api + path, { method: 'PUT', body: '{}' });
        await get('/list', { 'X-Requested-With': 'XMLHttpRequest' });
        await Promise.all([put('/draft'), put('/draft')]);
        await put('/day');
        await put('/minutes');
        await put('/fine');
        await get('/helpful', { 'Access-Control-Allow-Origin': '*' });
        await get('/token', { Authorization: 'Bearer sample-token' });
        await get('/listed-token', { Authorization: 'Bearer sample-token' });
        const answer = await fetch(`${api}/opaque`, { mode: 'no-cors' });
        console.log(`type ${answer.type}, status ${answer.status}`);
      },
    },
    expect: [['GET', 'ok'], ['PUT', 'ok'], ['PUT', 'ok'], ['PUT', 'ok'], ['PUT', 'ok'], ['PUT', 'ok'], ['GET', 'ok'], ['GET', 'ok'],
      ['GET', 'ok'], ['GET', 'ok']],
    firefox: true,
  },
];
