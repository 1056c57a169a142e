// What shows only over many requests. See ../cases.mjs for the fields.

/* global fetch, console, setTimeout */

export const causes = [
  {
    name: 'preflight-storm',
    title: 'A preflight for each of 20 rows',
    story: 'A table saves each changed row with its own PUT. Every row has its own URL, so each one needs a preflight of its own, and without `Access-Control-Max-Age` saving the table again asks again. Nothing is blocked; half of the requests, and half of the waiting, are preflights.',
    fix: 'Save all rows with one request; or serve page and API under one origin. `Access-Control-Max-Age` helps only when the same URL is asked again.',
    servers: ['express-rows.mjs'],
    ports: [3001],
    page: {
      origin: 'http://table.localhost:5173',
      script: async () => {
        const save = (row) => fetch(`http://api.localhost:3001/rows/${row}`, { method: 'PUT', body: '{}' }).then((answer) => answer.text());
        for (let row = 1; row <= 20; row += 4) await Promise.all([row, row + 1, row + 2, row + 3].map(save));
      },
    },
    expect: Array(20).fill(['PUT', 'ok']),
  },
  {
    name: 'backend-inconsistent',
    title: 'One of two backends has no CORS',
    story: 'nginx spreads the requests over two instances of the API. The second one was started with an old image that knows nothing of CORS, so every second request fails.',
    fix: 'Start the second instance from the current image.',
    servers: ['express-two-instances.mjs', 'nginx-two-instances.conf'],
    ports: [8080],
    behind: [3001, 3002],
    page: {
      origin: 'http://app.localhost:3000',
      script: async () => {
        for (let turn = 0; turn < 8; turn++) {
          await fetch('http://api.localhost:8080/prices').then((answer) => answer.text()).catch((error) => console.error(String(error)));
        }
      },
    },
    expect: [['GET', 'ok'], ['GET', 'MissingAllowOriginHeader'], ['GET', 'ok'], ['GET', 'MissingAllowOriginHeader'],
      ['GET', 'ok'], ['GET', 'MissingAllowOriginHeader'], ['GET', 'ok'], ['GET', 'MissingAllowOriginHeader']],
    firefox: true,
  },
  {
    name: 'regression',
    title: 'It worked until the deployment',
    story: 'A page polls its API. In the middle of it a new version is deployed whose list of origins has a typing error.',
    fix: 'Correct the origin in the new version: `http://app.localhost:3000`.',
    servers: ['express-deployed-twice.mjs'],
    ports: [3001],
    page: {
      origin: 'http://app.localhost:3000',
      script: async () => {
        for (let turn = 0; turn < 8; turn++) {
          await fetch('http://api.localhost:3001/messages').then((answer) => answer.text()).catch((error) => console.error(String(error)));
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      },
    },
    expect: [['GET', 'ok'], ['GET', 'ok'], ['GET', 'ok'], ['GET', 'ok'], ['GET', 'AllowOriginMismatch'], ['GET', 'AllowOriginMismatch'],
      ['GET', 'AllowOriginMismatch'], ['GET', 'AllowOriginMismatch']],
  },
];
