//! Tornado: a transform writes the fields on every answer, a routing rule of its own answers preflights.
//!
//! - The usual `set_default_headers` in a base class misses what other classes answer: 404 of the router, static files,
//!   handlers that forgot the base class.
//! - `RequestHandler` answers OPTIONS with 405, and `prepare` of a handler that demands a login with 401, before an
//!   `options` method runs: the rule comes before all handlers.
//! - The recipe takes the place of `set_default_headers`: remove the fields there, or they are there twice.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "tornado",
    title: "Tornado",
    aliases: &["tornadoweb", "jupyter-server"],
    kind: Kind::Framework,
    only_methods: &[],
    source: include_str!("tornado.rs"),
    pieces: &[PieceTemplate {
        file: "app.py",
        language: "python",
        place: "after application = tornado.web.Application(…), before listen",
        text: r#"import tornado.routing
import tornado.web

«if list»ORIGINS = {«origins"»}
«if any»ORIGINS = set()


def is_preflight(request):
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


class Cors(tornado.web.OutputTransform):
    def __init__(self, request):
        self.request = request

    def transform_first_chunk(self, status_code, headers, chunk, finishing):
        origin = self.request.headers.get("Origin")
«if list»
        headers.add("Vary", "Origin")
        if origin not in ORIGINS:
            return status_code, headers, chunk
        headers["Access-Control-Allow-Origin"] = origin
«end»
«if any»        headers["Access-Control-Allow-Origin"] = "*"
«if credentials»        headers["Access-Control-Allow-Credentials"] = "true"
«if expose»        headers["Access-Control-Expose-Headers"] = "«exposed»"
        if is_preflight(self.request):
            headers["Access-Control-Allow-Methods"] = "«methods»"
            headers["Access-Control-Allow-Headers"] = "«headers»"
            headers["Access-Control-Max-Age"] = "«max_age»"
        return status_code, headers, chunk


class PreflightMatches(tornado.routing.Matcher):
    def match(self, request):
        return {} if is_preflight(request) else None


class Preflight(tornado.web.RequestHandler):
    def options(self):
        self.set_status(204)


application.add_transform(Cors)
application.default_router.rules.insert(0, tornado.routing.Rule(PreflightMatches(), Preflight))
"#,
    }],
    notes: &["«if prefix»It covers all paths of the application."],
};
