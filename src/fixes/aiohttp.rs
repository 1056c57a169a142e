//! aiohttp.web: a middleware that comes first answers preflights, a signal writes the fields on every answer.
//!
//! - The package aiohttp-cors is given route by route, and says nothing on 404, on 500 and on what other middlewares
//!   answer; the page then sees a CORS error instead of the fault.
//! - Middlewares run in the order of the list: this one first, before authentication.
//! - A middleware that writes the fields on what `await handler(request)` gives misses everything that is raised, such as
//!   `web.HTTPNotFound` and the router's own 404; the signal sees it all.
//! - Unknown methods of a known path get 405, OPTIONS among them, unless the middleware answers.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "aiohttp",
    title: "aiohttp",
    aliases: &["aiohttp-cors", "aiohttp.web"],
    kind: Kind::Framework,
    only_methods: &[],
    source: include_str!("aiohttp.rs"),
    pieces: &[PieceTemplate {
        file: "app.py",
        language: "python",
        place: "right after app = web.Application(); remove aiohttp_cors",
        text: r#"from aiohttp import web

«if list»ORIGINS = {«origins"»}


def is_preflight(request):
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


@web.middleware
async def answer_preflights(request, handler):
    return web.Response(status=204) if is_preflight(request) else await handler(request)


async def allow_origin(request, response):
«if list»
    origin = request.headers.get("Origin")
    response.headers.add("Vary", "Origin")
    if origin not in ORIGINS:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
«end»
«if any»    response.headers["Access-Control-Allow-Origin"] = "*"
«if credentials»    response.headers["Access-Control-Allow-Credentials"] = "true"
«if expose»    response.headers["Access-Control-Expose-Headers"] = "«exposed»"
    if is_preflight(request):
        response.headers["Access-Control-Allow-Methods"] = "«methods»"
        response.headers["Access-Control-Allow-Headers"] = "«headers»"
        response.headers["Access-Control-Max-Age"] = "«max_age»"


app.middlewares.insert(0, answer_preflights)
app.on_response_prepare.append(allow_origin)
"#,
    }],
    notes: &["«if prefix»It covers all paths of the application."],
};
