// Django, Flask and FastAPI: routes, authentication, and a view that raises.
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

const python = (id, packages, start) => ({
  id,
  prepare: async (work) => {
    const { python: program, versions } = await work.pip(...packages);
    work.python = program;
    return versions;
  },
  start: (work, pieces) => start(work, pieces?.[0] ?? ''),
});

export default [
  python('django', ['Django', 'django-cors-headers'], async (work, recipe) => {
    await work.write('site_settings.py', django(recipe));
    const args = ['-m', 'django', 'runserver', '--noreload', `127.0.0.1:${PORTS.api}`];
    return work.serve(work.python, args, { env: { DJANGO_SETTINGS_MODULE: 'site_settings', PYTHONPATH: work.dir, PYTHONDONTWRITEBYTECODE: '1' } });
  }),
  python('flask', ['Flask', 'Flask-CORS'], async (work, recipe) => {
    await work.write('app.py', flask(recipe));
    return work.serve(work.python, ['app.py']);
  }),
  python('fastapi', ['fastapi', 'uvicorn'], async (work, recipe) => {
    await work.write('main.py', fastapi(recipe));
    return work.serve(work.python, ['-m', 'uvicorn', 'main:app', '--port', String(PORTS.api)]);
  }),
];
