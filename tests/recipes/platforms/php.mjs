// PHP's own server with one script: routes, authentication after the recipe, and a fatal error.
import { PORTS } from '../lib/work.mjs';

const SCRIPT = (atRoute) => `<?php
ini_set('display_errors', '0');
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path === '/v1/private' && !isset($_SERVER['HTTP_AUTHORIZATION'])) { http_response_code(401); exit; }
if ($path === '/v1/broken') { throw new Exception('broken'); }
if ($path !== '/v1/items' && $path !== '/v1/private') { http_response_code(404); exit; }
${atRoute}
header('X-Total-Count: 3');
header('Content-Type: application/json');
echo '{}';
`;

const start = (script) => async (work, pieces) => {
  const [fields, line] = pieces ?? ['', ''];
  await work.write('cors.php', fields);
  await work.write('index.php', script(line.trim()));
  return work.serve('php', ['-S', `127.0.0.1:${PORTS.api}`, 'index.php']);
};

export default {
  id: 'php',
  prepare: async (work) => (await work.run('php', ['-v'])).match(/PHP [\d.]+/)[0],
  start: start((line) => line + SCRIPT('')),
  mistakes: [
    { what: 'the fields in the script of one route', fault: /^404: blocked/, start: start(() => SCRIPT("require __DIR__ . '/cors.php';")) },
  ],
};
