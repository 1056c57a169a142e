// Proves the recipes: real server, real Chromium; once without the recipe (blocked), once with it (all checks hold).
//
//   node prove.mjs            all platforms
//   node prove.mjs nginx …    these
//   node prove.mjs mistakes   only the mistakes that people make: each of them must fail
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Browser } from './lib/browser.mjs';
import { FOREIGN, PAGE, POLICIES, blocked, forwarded, listed, open } from './lib/checks.mjs';
import { head, heads, writeHeads } from './lib/heads.mjs';
import { PORTS, pageServer, recipe, workspace } from './lib/work.mjs';

const HERE = import.meta.dirname;
const UPSTREAM = path.join(HERE, 'lib', 'upstream.mjs');

const wanted = process.argv.slice(2);
const platforms = [];
for (const file of (await readdir(path.join(HERE, 'platforms'))).sort()) {
  const found = (await import(path.join(HERE, 'platforms', file))).default;
  platforms.push(...[found].flat().flatMap((platform) => [platform, ...mistakes(platform)]));
}
const isWanted = ({ id, of, recipe: name, counter }) => !wanted.length || wanted.includes(id) || wanted.includes(of)
  || wanted.includes(counter ? 'mistakes' : name ?? id);
const chosen = platforms.filter(isWanted);
if (!chosen.length) throw new Error(`none of ${wanted}; there are ${platforms.map(({ id }) => id).join(' ')}`);

const pages = [await pageServer(PORTS.page), await pageServer(PORTS.foreign)];
const browser = await Browser.launch();
const rows = new Map();
let failed = 0;
for (const platform of chosen) {
  const result = await prove(platform).catch((error) => ({ error }));
  if (result.unavailable) {
    console.log(`${platform.id}: not tried: ${result.unavailable}`);
    continue;
  }
  const faults = result.error ? [result.error.stack] : result.faults;
  const { holds, said, cells } = platform.counter ? verdictOnMistake(platform, faults) : verdict(platform, result, faults);
  console.log(`${platform.id}: ${said}`);
  rows.set(platform.id, cells(result.version ?? ''));
  if (!holds) failed += 1;
}
await browser.close();
pages.forEach((page) => page.stop());
await writeResults(rows, browser.version);
process.exitCode = failed ? 1 : 0;

/** The same server as people often set it up: each must fail, and in the way that the manual says. */
function mistakes(platform) {
  return (platform.mistakes ?? []).map(({ what, ...mistake }) => ({
    ...platform, ...mistake, id: `${platform.id}: ${what}`, of: platform.id, recipe: platform.recipe ?? platform.id, counter: true, mistakes: undefined,
  }));
}

function verdict(platform, { held = 0, before = '' }, faults) {
  return {
    holds: !faults.length,
    said: faults.length ? `FAILED\n  ${faults.join('\n  ')}` : `proven, ${held} checks hold`,
    cells: (version) => [platform.recipe ?? platform.id, version, before, faults.length ? `**${faults.length} fail**` : `${held} of ${held} hold`],
  };
}

/** A mistake must fail, and in the way that the manual says. */
function verdictOnMistake(platform, faults) {
  const fault = faults.flatMap((text) => text.split('\n')).find((line) => platform.fault.test(line))?.trim();
  return {
    holds: Boolean(fault),
    said: fault ? `fails, as it should: ${fault}` : `FAILED: not with ${platform.fault}, but ${faults.join('; ') || 'passes'}`,
    cells: (version) => [version, fault ?? '**not shown**'],
  };
}

async function prove(platform) {
  const name = platform.recipe ?? platform.id;
  const pieces = (policy) => policy && (platform.pieces ?? recipe(name, policy));
  const work = await workspace(platform.of ?? platform.id);
  let version;
  try {
    version = await platform.prepare(work);
  } catch (error) {
    return { unavailable: String(error.message).split('\n')[0].slice(0, 120) };
  }
  if (platform.kind === 'proxy') return { version, ...await proveDevProxy(platform, pieces, work) };

  const seen = [];
  const run = async (policy, manner, checks, title) => {
    const upstream = platform.kind === 'gateway'
      ? await work.serve(process.execPath, [UPSTREAM, String(PORTS.upstream), manner], { port: PORTS.upstream }) : null;
    let server;
    try {
      server = await platform.start(work, pieces(policy));
      if (title) seen.push(await heads(`${version}, ${title}`));
      const result = await checks(browser, { isGateway: Boolean(upstream), stopUpstream: () => upstream.stop(), echoes: platform.echoes });
      if (title && checks === listed && upstream) seen.push(`# the application is down\n\n${await head('GET', 'items', { origin: PAGE })}`);
      return result;
    } finally {
      await server?.stop();
      await upstream?.stop();
    }
  };
  if (platform.counter) return { version, ...await run(POLICIES.listed, platform.manner ?? 'plain', listed).catch((error) => ({ error })) };
  const before = await run(null, 'plain', blocked, 'without the recipe');
  const closed = await run(POLICIES.listed, 'chatty', listed, 'with the recipe');
  const opened = await run(POLICIES.open, 'chatty', open);
  await writeHeads(platform.id, seen);
  const faults = [...closed.faults, ...opened.faults];
  const lacks = platform.lacks?.fault ?? /(?!)/;
  if (platform.lacks && !faults.some((fault) => lacks.test(fault))) faults.push(`it does not lack ${lacks} any more`);
  return { version, before, held: closed.held + opened.held, faults: faults.filter((fault) => !lacks.test(fault)) };
}

/** The API answers on its own port without CORS and refuses foreign origins; the development server stands before it. */
async function proveDevProxy(platform, pieces, work) {
  const api = await work.serve(process.execPath, [UPSTREAM, String(PORTS.api), 'picky'], {});
  try {
    const run = async (policy, checks) => {
      const server = await platform.start(work, pieces(policy));
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
  const lines = (counter) => platforms
    .filter((platform) => table.has(platform.id) && Boolean(platform.counter) === counter)
    .map(({ id }) => `| \`${id}\` | ${table.get(id)} |`).join('\n');
  const lacking = () => platforms.filter(({ id, lacks, counter }) => lacks && !counter && table.has(id))
    .map(({ id, lacks }) => `\`${id}\` lacks what cannot be had there: ${lacks.why}.\n\n`).join('');
  await writeFile(file, `# Which recipes are proven

Written by \`node prove.mjs\`, last with ${chromium}. A platform of \`src/fixes/\` without a line here was not tried.

| set-up | recipe | versions | blocked before with | with the recipe |
|---|---|---|---|---|
${lines(false)}

${lacking()}Mistakes that people make with them, and what the same checks say of these:

| mistake | versions | what fails |
|---|---|---|
${lines(true)}
`);
}
