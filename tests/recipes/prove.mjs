// Proves the recipes: real server, real Chromium; once without the recipe (blocked), once with it (all checks hold).
//
//   node prove.mjs            all platforms
//   node prove.mjs nginx …    these
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Browser } from './lib/browser.mjs';
import { FOREIGN, PAGE, POLICIES, blocked, forwarded, listed, open } from './lib/checks.mjs';
import { PORTS, pageServer, recipe, workspace } from './lib/work.mjs';

const HERE = import.meta.dirname;
const UPSTREAM = path.join(HERE, 'lib', 'upstream.mjs');

const wanted = process.argv.slice(2);
const platforms = [];
for (const file of (await readdir(path.join(HERE, 'platforms'))).sort()) {
  const found = (await import(path.join(HERE, 'platforms', file))).default;
  platforms.push(...[found].flat());
}
const chosen = platforms.filter(({ id, recipe: name }) => !wanted.length || wanted.includes(id) || wanted.includes(name ?? id));
if (!chosen.length) throw new Error(`none of ${wanted}; there are ${platforms.map(({ id }) => id).join(' ')}`);

const pages = [await pageServer(PORTS.page), await pageServer(PORTS.foreign)];
const browser = await Browser.launch();
const rows = new Map();
let failed = 0;
for (const platform of chosen) {
  const result = await prove(platform).catch((error) => ({ error }));
  if (result.unavailable) {
    console.log(`${platform.id}: not tried: ${result.unavailable}`);
    rows.set(platform.id, [platform.recipe ?? platform.id, 'not tried here', '', result.unavailable]);
    continue;
  }
  const faults = result.error ? [result.error.stack] : result.faults;
  if (faults.length) failed += 1;
  console.log(`${platform.id}: ${faults.length ? 'FAILED' : 'proven'}, ${result.held ?? 0} checks hold${faults.map((fault) => `\n  ${fault}`).join('')}`);
  rows.set(platform.id, [
    platform.recipe ?? platform.id, result.version ?? '', result.before ?? '',
    faults.length ? `**${faults.length} fail**` : `${result.held} of ${result.held} hold`,
  ]);
}
await browser.close();
pages.forEach((page) => page.stop());
await writeResults(rows, browser.version);
process.exitCode = failed ? 1 : 0;

async function prove(platform) {
  const name = platform.recipe ?? platform.id;
  const work = await workspace(platform.id);
  let version;
  try {
    version = await platform.prepare(work);
  } catch (error) {
    return { unavailable: String(error.message).split('\n')[0].slice(0, 120) };
  }
  if (platform.kind === 'proxy') return { version, ...await proveDevProxy(platform, name, work) };

  const run = async (policy, manner, checks) => {
    const upstream = platform.kind === 'gateway'
      ? await work.serve(process.execPath, [UPSTREAM, String(PORTS.upstream), manner], { port: PORTS.upstream }) : null;
    let server;
    try {
      server = await platform.start(work, policy && recipe(name, policy), policy);
      return await checks(browser, { isGateway: Boolean(upstream), stopUpstream: () => upstream.stop() });
    } finally {
      await server?.stop();
      await upstream?.stop();
    }
  };
  const before = await run(null, 'plain', blocked);
  const closed = await run(POLICIES.listed, 'chatty', listed);
  const opened = await run(POLICIES.open, 'chatty', open);
  return { version, before, held: closed.held + opened.held, faults: [...closed.faults, ...opened.faults] };
}

/** The API answers on its own port without CORS and refuses foreign origins; the development server stands before it. */
async function proveDevProxy(platform, name, work) {
  const api = await work.serve(process.execPath, [UPSTREAM, String(PORTS.api), 'picky'], {});
  try {
    const run = async (policy, checks) => {
      const server = await platform.start(work, policy && recipe(name, policy), policy);
      try { return await checks(); } finally { await server.stop(); }
    };
    const before = await run(null, () => blocked(browser));
    const result = await run(POLICIES.listed, () => forwarded(browser, `http://127.0.0.1:${PORTS.upstream}`));
    return { before, ...result };
  } finally {
    await api.stop();
  }
}

async function writeResults(rows, chromium) {
  const file = path.join(HERE, 'RESULTS.md');
  const old = await readFile(file, 'utf8').catch(() => '');
  const table = new Map([...old.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)].map(([, id, rest]) => [id, rest]));
  for (const [id, cells] of rows) table.set(id, cells.join(' | '));
  const known = platforms.map(({ id }) => id).filter((id) => table.has(id));
  const lines = known.map((id) => `| \`${id}\` | ${table.get(id)} |`);
  await writeFile(file, `# Which recipes are proven

Written by \`node prove.mjs\`, last with ${chromium}. A platform of \`src/fixes/\` without a line here was not tried.

| set-up | recipe | versions | blocked before with | with the recipe |
|---|---|---|---|---|
${lines.join('\n')}
`);
}
