// Writes the README of a case and the index of all cases from what was recorded.
import { execFileSync } from 'node:child_process';
import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const RECORD = path.resolve(import.meta.dirname, '..');

export async function caseReadme(one, { chromium, firefox }) {
  const servers = await Promise.all(one.servers.map(async (file) => `- [${file}](../record/servers/${file}): ${await software(file)}`));
  const parts = [
    `# ${one.title}`,
    one.story,
    '## What the page does',
    `Page origin: \`${one.page.origin}\``,
    fence('js', outdent(String(one.page.script))),
    '## What the browser says',
    `${chromium.version}, console:`,
    fence('text', chromium.console.join('\n') || '(nothing)'),
    ...(firefox ? [`${firefox.version}, console:`, fence('text', firefox.console.join('\n') || '(nothing)')] : []),
    table(['request', 'verdict', 'code', 'HAR entry', 'preflight'], chromium.verdicts.map((one) => [
      `${one.method} ${one.url}`, one.verdict, one.chromium_cors_error ?? one.net_error ?? '', one.har_index, one.har_preflight_index ?? '',
    ])),
    '## How to fix it',
    one.fix,
    '## How it was recorded',
    [...servers, `- ${recording(one)}`, `- Record again: \`node record.mjs ${one.name}\` in [record](../record/README.md)`].join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

function recording(one) {
  const { format = 'pcap', device = 'lo' } = one.capture ?? {};
  const tool = format === 'pcapng' ? 'dumpcap' : 'tcpdump';
  const ports = `port${one.ports.length > 1 ? 's' : ''} ${one.ports.join(' and ')}`;
  const behind = one.behind ? '; the proxy\'s own connections to the application are not in it' : '';
  const keys = one.keyLog ? '; `tls-keys.log` holds the keys of these throwaway sessions' : '';
  return `\`capture.${format}\`: ${tool} on \`${device}\`, TCP ${ports}, while Chromium loaded the page${behind}${keys}`;
}

/** The products a server file uses, with their versions. */
async function software(file) {
  if (file.endsWith('.conf')) {
    const said = execFileSync('sh', ['-c', 'nginx -v 2>&1'], { encoding: 'utf8' });
    return `nginx ${said.trim().split('/')[1]}`;
  }
  const source = await readFile(path.join(RECORD, 'servers', file), 'utf8');
  if (file.endsWith('.py')) {
    const uses = source.includes('fastapi') ? ['fastapi', 'starlette', 'uvicorn'] : ['flask', 'flask-cors', 'werkzeug'];
    const print = 'import sys; from importlib.metadata import version; print(", ".join(f"{name} {version(name)}" for name in sys.argv[1:]))';
    return execFileSync(path.join(RECORD, '.venv', 'bin', 'python'), ['-c', print, ...uses], { encoding: 'utf8' }).trim();
  }
  const names = [...source.matchAll(/from '([^']+)'/g)].map((match) => match[1]).filter((name) => !name.startsWith('node:'));
  const versions = names.map(async (name) => {
    const { version } = JSON.parse(await readFile(path.join(RECORD, 'node_modules', name, 'package.json'), 'utf8'));
    return `${name} ${version}`;
  });
  return [`Node.js ${process.versions.node}`, ...await Promise.all(versions)].join(', ');
}

export async function indexReadme(samples, cases) {
  const rows = [];
  for (const one of cases) {
    const folder = path.join(samples, one.name);
    if (!await access(path.join(folder, 'truth.json')).then(() => true, () => false)) continue;
    const truth = JSON.parse(await readFile(path.join(folder, 'truth.json'), 'utf8'));
    const codes = new Set(truth.map((each) => each.chromium_cors_error ?? each.net_error ?? (each.verdict === 'ok' ? null : each.verdict)).filter(Boolean));
    const files = (await readdir(folder)).filter((file) => !['README.md', 'truth.json'].includes(file)).sort();
    rows.push([
      `[${one.name}](${one.name}/README.md)`,
      one.servers.map((file) => file.replace(/[-_].*/, '')).join(' + '),
      [...codes].join(', ') || 'none',
      one.title,
      files.join(', '),
    ]);
  }
  return `# Samples

Recordings of real browsers in front of real, mostly misconfigured servers: one folder per case. Nothing in the exports
and captures was edited. [record](record/README.md) holds the scripts that made them and make them again.

In each folder:

- \`README.md\`: what the developer did, what the browser printed, how to fix it
- \`devtools.har\`: "Export HAR (sanitized)" of Chromium's Network panel; \`devtools-sensitive.har\`: the same with cookies
- \`firefox.har\`: export of Firefox's Network panel, from a run of its own
- \`capture.pcap\` or \`capture.pcapng\`: the packets between Chromium and the server, the same run as \`devtools.har\`
- \`truth.json\`: Chromium's own verdict on each request of the page, taken from its DevTools protocol (which no export
  contains); \`har_index\` and \`har_preflight_index\` count the entries of \`devtools.har\` from 0. \`verdict\` is \`ok\`, \`cors\`,
  \`mixed-content\`, \`neterror\` or \`aborted\`

${table(['case', 'server', 'browser\'s code', 'what it shows', 'files'], rows)}
`;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function fence(language, text) { return `\`\`\`${language}\n${text}\n\`\`\``; }

/** Function text as it stands in cases.mjs, without the indentation it has there. */
function outdent(text) {
  const depth = text.match(/\n( *)\}$/)?.[1].length ?? 0;
  return text.replaceAll(`\n${' '.repeat(depth)}`, '\n');
}
