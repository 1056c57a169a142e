// PHP's own server with one script, or with Laravel: routes, authentication after the recipe, and a fatal error.
import path from 'node:path';
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

/** Where composer installed Laravel 9 or later, or something that loads the same classes: the folder of its autoload.php. */
const LARAVEL = process.env.RECIPES_LARAVEL;

const laravel = (order) => `<?php
require '${LARAVEL}/autoload.php';

class Authenticate
{
    public function handle($request, $next)
    {
        return $request->is('v1/private') && !$request->hasHeader('Authorization') ? response('', 401) : $next($request);
    }
}

class HttpKernel extends Illuminate\\Foundation\\Http\\Kernel
{
    protected $bootstrappers = [
        Illuminate\\Foundation\\Bootstrap\\LoadConfiguration::class,
        Illuminate\\Foundation\\Bootstrap\\HandleExceptions::class,
        Illuminate\\Foundation\\Bootstrap\\RegisterFacades::class,
        Illuminate\\Foundation\\Bootstrap\\RegisterProviders::class,
        Illuminate\\Foundation\\Bootstrap\\BootProviders::class,
    ];
    protected $middleware = [${order}];
}

$app = new Illuminate\\Foundation\\Application(__DIR__);
$app->singleton(Illuminate\\Contracts\\Http\\Kernel::class, HttpKernel::class);
$app->singleton(Illuminate\\Contracts\\Debug\\ExceptionHandler::class, Illuminate\\Foundation\\Exceptions\\Handler::class);
$items = fn () => response()->json(new stdClass)->header('X-Total-Count', '3');
$app['router']->get('v1/items', $items);
$app['router']->put('v1/items', $items);
$app['router']->get('v1/private', $items);
$app['router']->get('v1/broken', fn () => throw new Exception('broken'));
$kernel = $app->make(Illuminate\\Contracts\\Http\\Kernel::class);
$response = $kernel->handle($request = Illuminate\\Http\\Request::capture());
$response->send();
$kernel->terminate($request, $response);
`;

const startLaravel = (order) => async (work, pieces) => {
  await work.write('config/app.php', `<?php return ['name' => 'api', 'env' => 'production', 'debug' => false, 'url' => 'http://localhost', 'timezone' => 'UTC',
    'locale' => 'en', 'fallback_locale' => 'en', 'key' => str_repeat('k', 32), 'cipher' => 'AES-256-CBC',
    'providers' => [Illuminate\\Translation\\TranslationServiceProvider::class, Illuminate\\Filesystem\\FilesystemServiceProvider::class, Illuminate\\View\\ViewServiceProvider::class,
      Illuminate\\Foundation\\Providers\\FoundationServiceProvider::class]];`);
  await work.write('config/view.php', "<?php return ['paths' => [__DIR__ . '/../views'], 'compiled' => __DIR__ . '/../compiled'];");
  await work.write('config/logging.php', "<?php return ['default' => 'null', 'channels' => ['null' => ['driver' => 'monolog', 'handler' => Monolog\\Handler\\NullHandler::class]]];");
  await work.write('config/cors.php', pieces?.[0] ?? "<?php return ['paths' => []];");
  for (const folder of ['views', 'resources/lang', 'compiled', 'bootstrap/cache', 'storage/framework']) await work.write(`${folder}/.keep`, '');
  await work.write('index.php', laravel(order));
  return work.serve('php', ['-d', 'display_errors=0', '-S', `127.0.0.1:${PORTS.api}`, 'index.php']);
};

const CORS = 'Illuminate\\\\Http\\\\Middleware\\\\HandleCors::class'.replaceAll('\\\\', '\\');

const withLaravel = {
  id: 'laravel',
  prepare: async (work) => {
    if (!LARAVEL) throw new Error('RECIPES_LARAVEL does not name a folder with its autoload.php');
    const [version, own, cors] = (await work.run('php', ['-r', `require '${LARAVEL}/autoload.php';
$file = fn ($class) => (new ReflectionClass($class))->getFileName();
echo Illuminate\\Foundation\\Application::VERSION, ' ', $file(Illuminate\\Http\\Request::class), ' ', $file(Illuminate\\Http\\Middleware\\HandleCors::class);`])).split(' ');
    // Before version 9 the middleware was a package.
    const isOwn = path.dirname(path.dirname(cors)).startsWith(path.dirname(path.dirname(own)));
    return `Laravel ${version}${isOwn ? '' : ' with HandleCors of version 9'}, fruitcake/php-cors 1`;
  },
  start: startLaravel(`${CORS}, Authenticate::class`),
  mistakes: [
    { what: 'the middleware after authentication', fault: /^401: blocked/, start: startLaravel(`Authenticate::class, ${CORS}`) },
  ],
};

const plain = {
  id: 'php',
  prepare: async (work) => (await work.run('php', ['-v'])).match(/PHP [\d.]+/)[0],
  start: start((line) => line + SCRIPT('')),
  mistakes: [
    { what: 'the fields in the script of one route', fault: /^404: blocked/, start: start(() => SCRIPT("require __DIR__ . '/cors.php';")) },
  ],
};

export default [plain, withLaravel];
