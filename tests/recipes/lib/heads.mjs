// The heads of a server's answers, as they were on the wire: what `src/fixes/detect.rs` is held to. What differs from run
// to run is left out.
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { FOREIGN, PAGE } from './checks.mjs';
import { SCRATCH, raw } from './work.mjs';

const FOLDER = path.resolve(import.meta.dirname, '..', 'heads');
/** Their values change, or tell where it was run. */
const CHANGING = /^(date|etag|expires|last-modified|x-request-id|x-runtime|x-envoy-upstream-service-time|age|x-varnish|set-cookie|content-length)$/i;
const LONGEST_BODY = 100;

const PREFLIGHT = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type,x-token' };
const PATHS = ['items', 'missing', 'broken', 'private'];

/** The answers of the server that runs now, as text. */
export async function heads(title) {
  const asked = [
    ...PATHS.map((name) => ['GET', name, { origin: PAGE }]),
    ['OPTIONS', 'items', { origin: PAGE, ...PREFLIGHT }],
    ['GET', 'items', { origin: FOREIGN }],
    ['OPTIONS', 'items', { origin: FOREIGN, ...PREFLIGHT }],
  ];
  const answers = [];
  for (const [method, name, fields] of asked) answers.push(await head(method, name, fields));
  return `# ${title}\n\n${answers.join('\n')}`;
}

/** The answer to one request. */
export async function head(method, name, fields) {
  const { status, lines, body } = await raw(method, `/v1/${name}`, fields);
  const origin = fields.origin === FOREIGN ? ' from a foreign page' : '';
  const text = [`${method} /v1/${name}${origin}: ${status}`];
  for (let i = 0; i < lines.length; i += 2) {
    const value = lines[i].toLowerCase() === 'set-cookie' ? lines[i + 1].replace(/=.*/, '=…') : '…';
    text.push(`${lines[i]}: ${CHANGING.test(lines[i]) ? value : lines[i + 1]}`);
  }
  // An error page may name the folder and the machine that it was made on.
  const shown = body.replaceAll(SCRATCH, '…').replaceAll(os.homedir(), '…').replace(/\s+/g, ' ').trim().slice(0, LONGEST_BODY);
  if (shown) text.push(`> ${shown}`);
  return `${text.join('\n')}\n`;
}

export async function writeHeads(id, parts) {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(path.join(FOLDER, `${id}.txt`), parts.join('\n'));
}
