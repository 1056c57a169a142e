// The web page of a case: one HTML file whose script makes the requests.
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Makes the page reachable at the returned `url`. `finished` is set in it when its script has ended. */
export async function openPage({ title, page }) {
  const html = document(title, page);
  return page.origin === 'null' ? asFile(html) : serve(html, page);
}

const document = (title, { script, data, visits }) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<link rel="icon" href="data:,">
</head>
<body>
<script>
const main = ${script};
${visits ? walk(data, visits) : 'main().finally(() => { window.finished = true; });'}
</script>
</body>
</html>
`;

/** Goes on to the next origin when the script has ended. */
const walk = (data, visits) => `const visits = ${JSON.stringify(visits)};
const next = Number(new URLSearchParams(location.search).get('visit')) + 1;
main(${JSON.stringify(data)}).finally(() => {
  if (next < visits.length) location = visits[next] + '/?visit=' + next;
  else window.finished = true;
});`;

/** A page opened from disk: its origin is "null". */
async function asFile(html) {
  const folder = path.join(os.tmpdir(), 'shop-page');
  const file = path.join(folder, 'index.html');
  await mkdir(folder, { recursive: true });
  await writeFile(file, html);
  return { url: pathToFileURL(file).href, stop: () => rm(folder, { recursive: true }) };
}

async function serve(html, { origin, listen, headers = {} }) {
  const server = http.createServer((request, response) => {
    if (!/^\/(\?visit=\d+)?$/.test(request.url)) { response.writeHead(404).end(); return; }
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...headers });
    response.end(html);
  });
  server.listen(listen ?? Number(new URL(origin).port), '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${origin}/`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
