// Django, Flask, FastAPI, Tornado and aiohttp: routes, authentication, and a view that raises.
import { PAGE } from '../lib/checks.mjs';
import { PORTS } from '../lib/work.mjs';

const flask = (recipe) => `
from flask import Flask, abort, jsonify, request

app = Flask(__name__)
${recipe}

@app.before_request
def authenticate():
    if request.path == "/v1/private" and "Authorization" not in request.headers:
        abort(401)

@app.route("/v1/items", methods=["GET", "PUT"])
@app.route("/v1/private")
def items():
    return jsonify({}), 200, {"X-Total-Count": "3"}

@app.route("/v1/broken")
def broken():
    raise RuntimeError("broken")

app.run("127.0.0.1", ${PORTS.api})
`;

const fastapi = (recipe) => `
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse

app = FastAPI()

@app.middleware("http")
async def authenticate(request: Request, call_next):
    if request.url.path == "/v1/private" and "authorization" not in request.headers:
        return JSONResponse({}, 401)
    return await call_next(request)

@app.get("/v1/private")
@app.put("/v1/items")
@app.get("/v1/items")
def items():
    return JSONResponse({}, headers={"X-Total-Count": "3"})

@app.get("/v1/broken")
def broken():
    raise RuntimeError("broken")

${recipe}
`;

const django = (recipe) => `
import sys
from django.http import HttpResponse, JsonResponse
from django.urls import path

DEBUG = False
SECRET_KEY = "not secret"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "site_settings"
INSTALLED_APPS = []
MIDDLEWARE = [
    "django.middleware.common.CommonMiddleware",
    "site_settings.authenticate",
]
LOGGING_CONFIG = None

def authenticate(get_response):
    def middleware(request):
        if request.path == "/v1/private" and "Authorization" not in request.headers:
            return HttpResponse(status=401)
        return get_response(request)
    return middleware

def items(request):
    return JsonResponse({}, headers={"X-Total-Count": "3"})

def broken(request):
    raise RuntimeError("broken")

urlpatterns = [path("v1/items", items), path("v1/private", items), path("v1/broken", broken)]

${recipe}
`;

const tornado = (recipe) => `
import tornado.ioloop
import tornado.web

class Items(tornado.web.RequestHandler):
    def prepare(self):
        if self.request.path == "/v1/private" and "Authorization" not in self.request.headers:
            raise tornado.web.HTTPError(401)

    def get(self):
        self.set_header("X-Total-Count", "3")
        self.write({})

    put = get

class Broken(tornado.web.RequestHandler):
    def get(self):
        raise RuntimeError("broken")

application = tornado.web.Application([("/v1/items", Items), ("/v1/private", Items), ("/v1/broken", Broken)])
${recipe}
application.listen(${PORTS.api}, "127.0.0.1")
tornado.ioloop.IOLoop.current().start()
`;

/** What people write in a base class. */
const DEFAULT_HEADERS = `
def set_default_headers(self):
    self.set_header("Vary", "Origin")
    if self.request.headers.get("Origin") == "${PAGE}":
        self.set_header("Access-Control-Allow-Origin", "${PAGE}")
        self.set_header("Access-Control-Allow-Credentials", "true")
        self.set_header("Access-Control-Allow-Methods", "GET, PUT")
        self.set_header("Access-Control-Allow-Headers", "content-type, x-token, authorization")

def options(self):
    self.set_status(204)

for handler in (Items, Broken):
    handler.set_default_headers = set_default_headers
    handler.options = options
`;

const aiohttp = (recipe) => `
from aiohttp import web

app = web.Application()
${recipe}

@web.middleware
async def authenticate(request, handler):
    if request.path == "/v1/private" and "Authorization" not in request.headers:
        raise web.HTTPUnauthorized()
    return await handler(request)

async def items(request):
    return web.json_response({}, headers={"X-Total-Count": "3"})

async def broken(request):
    raise RuntimeError("broken")

app.middlewares.append(authenticate)
app.add_routes([web.get("/v1/items", items), web.put("/v1/items", items), web.get("/v1/private", items), web.get("/v1/broken", broken)])
web.run_app(app, host="127.0.0.1", port=${PORTS.api})
`;

const python = (id, packages, start, mistakes = []) => ({
  id,
  mistakes,
  prepare: async (work) => {
    const { python: program, versions } = await work.pip(...packages);
    work.python = program;
    return versions;
  },
  start: (work, pieces) => start(work, pieces?.[0] ?? ''),
});

const serveDjango = async (work, recipe) => {
  await work.write('site_settings.py', django(recipe));
  const args = ['-m', 'django', 'runserver', '--noreload', `127.0.0.1:${PORTS.api}`];
  return work.serve(work.python, args, { env: { DJANGO_SETTINGS_MODULE: 'site_settings', PYTHONPATH: work.dir, PYTHONDONTWRITEBYTECODE: '1' } });
};

const serveFastapi = async (work, recipe) => {
  await work.write('main.py', fastapi(recipe));
  return work.serve(work.python, ['-m', 'uvicorn', 'main:app', '--port', String(PORTS.api)]);
};

const serveApp = (source) => async (work, recipe) => {
  await work.write('app.py', source(recipe));
  return work.serve(work.python, ['app.py']);
};

const mistaken = (what, fault, serve, change) => ({ what, fault, start: (work, pieces) => serve(work, pieces ? change(pieces[0]) : '') });

export default [
  python('django', ['Django', 'django-cors-headers'], serveDjango, [
    mistaken('the middleware at the end', /^401: blocked/, serveDjango,
      (recipe) => recipe.replace('["corsheaders.middleware.CorsMiddleware", *MIDDLEWARE]', '[*MIDDLEWARE, "corsheaders.middleware.CorsMiddleware"]')),
  ]),
  python('flask', ['Flask', 'Flask-CORS'], serveApp(flask), [
    mistaken('CORS(app) without origins', /^foreign GET: not blocked/, serveApp(flask),
      () => 'from flask_cors import CORS\nCORS(app, supports_credentials=True, expose_headers=["x-total-count"])'),
    mistaken('authentication without the hook', /^preflight before authentication: blocked/, serveApp(flask),
      (recipe) => recipe.replace('@app.before_request\n', '')),
  ]),
  python('fastapi', ['fastapi', 'uvicorn'], serveFastapi, [
    mistaken('add_middleware', /^500: blocked/, serveFastapi, () => `
from fastapi.middleware.cors import CORSMiddleware
app.add_middleware(CORSMiddleware, allow_origins=["${PAGE}", "http://localhost:4701", "capacitor://localhost", "http://[::1]:4701"],
    allow_credentials=True, allow_methods=["GET", "PUT"], allow_headers=["*"], expose_headers=["x-total-count"])`),
  ]),
  python('tornado', ['tornado'], serveApp(tornado), [
    mistaken('set_default_headers in a base class', /^404: blocked/, serveApp(tornado), () => DEFAULT_HEADERS),
  ]),
  python('aiohttp', ['aiohttp'], serveApp(aiohttp), [
    mistaken('fields on what the handler returns', /^404: blocked/, serveApp(aiohttp), (recipe) => recipe
      .replace('await handler(request)\n', 'await allow_origin(request, response := await handler(request)) or response\n')
      .replace(/app\.on_response_prepare.*/, '')),
  ]),
];
