//! Flask: Flask-CORS, plus two small hooks for what it leaves to chance.
//!
//! - `CORS(app)` without `origins` echoes every origin.
//! - With a single origin it writes no `Vary`, and caches hand one page's answer to another: hence `after_request`.
//! - Flask answers OPTIONS by itself only for routes that exist, and `before_request` hooks of authentication refuse it
//!   with 401: hence the first `before_request`.
//! - Origins are compared as text unless they contain one of the marks of regular expressions, as an IPv6 address does.
//! - An exception in debug mode is answered by the debugger, without any field.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "flask",
    title: "Flask",
    aliases: &["flask-cors", "werkzeug"],
    kind: Kind::Framework,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("flask.rs"),
    pieces: &[PieceTemplate {
        file: "app.py",
        language: "python",
        place: "right after app = Flask(__name__); needs: pip install flask-cors",
        text: r#"from flask import request
from flask_cors import CORS

CORS(
    app,
«if prefix»    resources=r"«path|».*",
    origins=[«origins"»],
    methods=[«methods"»],
    allow_headers=[«headers"»],
«if expose»    expose_headers=[«exposed"»],
«if credentials»    supports_credentials=True,
    max_age=«max_age»,
«if any»    send_wildcard=True,
)


@app.before_request
def answer_preflight():
    # Before any other hook; Flask-CORS adds the fields.
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        return "", 204


@app.after_request
def vary_by_origin(response):
    response.vary.add("Origin")
    return response
"#,
    }],
    notes: &[
        "«if ipv6»Flask-CORS reads an origin with brackets as a regular expression: write it as re.compile(re.escape(…)).",
    ],
};
