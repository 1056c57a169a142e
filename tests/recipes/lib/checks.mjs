// What a mended server must do, seen by a page and on the wire. Each check is a line of words and a promise of a fault.
import { API, PORTS, raw } from './work.mjs';

export const PAGE = `http://127.0.0.1:${PORTS.page}`;
export const OTHER_PAGE = `http://localhost:${PORTS.page}`;
/** What the pages of apps and of IPv6 addresses send. */
const ODD_ORIGINS = ['capacitor://localhost', `http://[::1]:${PORTS.page}`];
export const FOREIGN = `http://127.0.0.1:${PORTS.foreign}`;

const JSON_PUT = { method: 'PUT', headers: { 'content-type': 'application/json', 'x-token': 't' }, body: '{}' };
const LOGIN = { headers: { authorization: `Basic ${Buffer.from('u:p').toString('base64')}` } };
const COOKIE = { credentials: 'include' };

/** The two policies that every recipe is run with. */
export const POLICIES = {
  listed: {
    origins: [PAGE, OTHER_PAGE, ...ODD_ORIGINS], methods: ['GET', 'PUT'], headers: ['content-type', 'x-token', 'authorization'],
    expose: ['x-total-count'], credentials: true, max_age: 600, path: '/v1/', api: API,
    upstream: `http://127.0.0.1:${PORTS.upstream}`,
  },
  open: {
    origins: ['*'], methods: ['GET', 'PUT'], headers: ['content-type', 'x-token', 'authorization'], api: API,
    upstream: `http://127.0.0.1:${PORTS.upstream}`,
  },
};

let serial = 0;
/** A URL of its own each time, so that nothing is answered from a cache. */
const url = (path) => `${API}/v1/${path}?n=${++serial}`;

/** The failing set-up: a page's GET and PUT are blocked. Gives the browser's codes. */
export async function blocked(browser) {
  const page = await browser.page(`${PAGE}/`);
  const answers = [await page.fetch(url('items')), await page.fetch(url('items'), JSON_PUT)];
  await page.close();
  const passed = answers.find((answer) => !answer.error);
  if (passed) throw new Error(`not blocked without the recipe: ${JSON.stringify(passed)}`);
  return [...new Set(answers.map((answer) => answer.code))].join(', ');
}

/** Runs all checks of the policy `listed`; gives the number of those that hold and the faults. */
export async function listed(browser, { isGateway = false, stopUpstream } = {}) {
  const faults = [];
  let held = 0;
  const check = (what, fault) => { if (fault) faults.push(`${what}: ${fault}`); else held += 1; };
  const reads = (what, answer, status) => check(what, answer.error ? `blocked (${answer.code})`
    : answer.status === status ? null : `status ${answer.status}`);

  const page = await browser.page(`${PAGE}/`);
  await page.run('document.cookie = "sid=1; path=/"');
  const items = await page.fetch(url('items'));
  reads('GET', items, 200);
  check('exposed field', items.total === '3' ? null : `x-total-count is ${items.total}`);
  reads('preflighted PUT', await page.fetch(url('items'), JSON_PUT), 200);
  reads('GET with cookies', await page.fetch(url('items'), COOKIE), 200);
  reads('PUT with cookies', await page.fetch(url('items'), { ...JSON_PUT, ...COOKIE }), 200);
  reads('404', await page.fetch(url('missing')), 404);
  reads('500', await page.fetch(url('broken')), 500);
  reads('401', await page.fetch(url('private')), 401);
  reads('preflight before authentication', await page.fetch(url('private'), LOGIN), 200);
  await page.close();

  const other = await browser.page(`${OTHER_PAGE}/`);
  reads('second origin', await other.fetch(url('items'), JSON_PUT), 200);
  await other.close();

  const foreign = await browser.page(`${FOREIGN}/`);
  for (const options of [{}, JSON_PUT, COOKIE]) {
    const answer = await foreign.fetch(url('items'), options);
    check(`foreign ${options.method ?? 'GET'}`, answer.error && answer.code !== 'no CORS error' ? null : `not blocked by CORS: ${JSON.stringify(answer)}`);
  }
  await foreign.close();

  await onTheWire(check);
  if (isGateway) {
    await stopUpstream();
    const late = await browser.page(`${PAGE}/`);
    const answer = await late.fetch(url('items'));
    check('error of the gateway itself', answer.status >= 500 ? null : JSON.stringify(answer));
    await late.close();
  }
  return { held, faults };
}

async function onTheWire(check) {
  const one = (what, values, wanted) => check(what, values.length === 1 && values[0] === wanted ? null : `lines: ${JSON.stringify(values)}`);
  const varies = (what, answer) => check(what, answer.all('vary').join(',').toLowerCase().split(/[ ,]+/).includes('origin') ? null
    : `Vary: ${answer.all('vary')}`);
  for (const [path, status] of [['items', 200], ['missing', 404], ['broken', 500], ['private', 401]]) {
    const answer = await raw('GET', url(path), { origin: PAGE });
    check(`${status} on the wire`, answer.status === status ? null : `is ${answer.status}`);
    one(`one Allow-Origin on ${status}`, answer.all('access-control-allow-origin'), PAGE);
    one(`one Allow-Credentials on ${status}`, answer.all('access-control-allow-credentials'), 'true');
    varies(`Vary on ${status}`, answer);
  }
  for (const origin of ODD_ORIGINS) {
    one(`Allow-Origin for ${origin}`, (await raw('GET', url('items'), { origin })).all('access-control-allow-origin'), origin);
  }
  const none = await raw('GET', url('items'));
  varies('Vary without Origin', none);

  const ask = (origin, path = 'items') => raw('OPTIONS', url(path), {
    origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type,x-token',
  });
  const preflight = await ask(PAGE);
  check('preflight status', [200, 204].includes(preflight.status) ? null : `is ${preflight.status}`);
  one('one Allow-Origin in the preflight', preflight.all('access-control-allow-origin'), PAGE);
  one('one Allow-Credentials in the preflight', preflight.all('access-control-allow-credentials'), 'true');
  one('one Max-Age in the preflight', preflight.all('access-control-max-age'), '600');
  for (const field of ['methods', 'headers']) {
    const values = preflight.all(`access-control-allow-${field}`);
    check(`one Allow-${field} in the preflight`, values.length === 1 && !values[0].includes('*') ? null : JSON.stringify(values));
  }
  // No Vary is asked of preflights: no cache keeps answers to OPTIONS (RFC 9110 §9.3.7).

  // A near miss must not pass either: prefix, suffix, another port, a dot as any character, capitals, null.
  const strangers = [FOREIGN, `${PAGE}.evil.example`, `http://evil.example/${PAGE}`, `${PAGE}0`, PAGE.replaceAll('.', 'x'), 'null', 'https://127.0.0.1:4701', 'http://:4701', 'capacitor://localhost:1'];
  for (const origin of strangers) {
    for (const answer of [await raw('GET', url('items'), { origin }), await ask(origin)]) {
      const allowed = answer.all('access-control-allow-origin');
      check(`${origin} refused without a server error`, answer.status < 500 ? null : `status ${answer.status}`);
      check(`${origin} refused`, allowed.includes(origin) || allowed.includes('*') ? `allowed: ${allowed}` : null);
    }
    varies(`Vary for ${origin}`, await raw('GET', url('items'), { origin }));
  }
}

/** Runs the checks of the policy `open`: any origin, no credentials. */
export async function open(browser, { echoes = false } = {}) {
  const faults = [];
  let held = 0;
  const check = (what, fault) => { if (fault) faults.push(`open: ${what}: ${fault}`); else held += 1; };
  const page = await browser.page(`${FOREIGN}/`);
  for (const options of [{}, JSON_PUT]) {
    const answer = await page.fetch(url('items'), options);
    check(options.method ?? 'GET', answer.status === 200 ? null : JSON.stringify(answer));
    const cookies = await page.fetch(url('items'), { ...options, ...COOKIE });
    check('cookies', cookies.error ? null : 'credentials are allowed to everyone');
  }
  await page.close();
  const answer = await raw('GET', url('items'), { origin: FOREIGN });
  const lines = answer.all('access-control-allow-origin');
  // Some layers cannot say `*`: without credentials the asking origin is as good, if caches are told.
  const isEcho = echoes && lines[0] === FOREIGN && answer.all('vary').join().toLowerCase().includes('origin');
  check('one *', lines.length === 1 && (lines[0] === '*' || isEcho) ? null : JSON.stringify(lines));
  check('no Allow-Credentials', answer.all('access-control-allow-credentials').length ? 'is there' : null);
  return { held, faults };
}

/** A development proxy: the absolute URL is blocked, the relative one passes, also where the API checks `Origin`. */
export async function forwarded(browser, origin) {
  const faults = [];
  let held = 0;
  const page = await browser.page(`${origin}/`);
  for (const options of [{}, JSON_PUT, { method: 'POST', body: 'a=1' }, COOKIE]) {
    const answer = await page.fetch(`/v1/items?n=${++serial}`, options);
    if (answer.status === 200) held += 1;
    else faults.push(`forwarded ${options.method ?? 'GET'}: ${JSON.stringify(answer)}`);
  }
  const direct = await page.fetch(url('items'));
  if (direct.error) held += 1;
  else faults.push('the API itself is not blocked: nothing is shown');
  await page.close();
  return { held, faults };
}
