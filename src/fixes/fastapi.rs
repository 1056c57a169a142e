//! FastAPI and Starlette: `CORSMiddleware`, wrapped around the whole application.
//!
//! - `app.add_middleware(CORSMiddleware, …)` puts it inside of the handler of unhandled errors: their 500 carries no
//!   CORS field, and the page sees a CORS error instead of the fault. Wrapped around the application it covers them.
//! - It says nothing to requests without `Origin`, not even `Vary`; a cache then gives that answer to pages. The small
//!   class adds the field to all answers.
//! - `allow_methods` defaults to GET alone. `allow_origins=["*"]` with `allow_credentials=True` echoes every origin: any
//!   site may read private data.
//! - Refusals are 400 `Disallowed CORS origin`, `Disallowed CORS method` or `Disallowed CORS headers`.
//! - The wrapped object is no FastAPI any more: it comes last, after all routes.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "fastapi",
    title: "FastAPI, Starlette",
    aliases: &["starlette", "uvicorn", "asgi"],
    kind: Kind::Framework,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("fastapi.rs"),
    pieces: &[PieceTemplate {
        file: "main.py",
        language: "python",
        place: "at the end, after all routes; remove other uses of CORSMiddleware",
        text: r#"from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware


class VaryByOrigin:
    """Tells caches that answers differ by Origin, also in answers to requests without one."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        async def send_with_vary(message):
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                if "origin" not in headers.get("vary", "").lower():
                    headers.add_vary_header("Origin")
                message["headers"] = headers.raw
            await send(message)

        await self.app(scope, receive, send_with_vary)


app = VaryByOrigin(
    CORSMiddleware(
        app,
        allow_origins=[«origins"»],
        allow_methods=[«methods"»],
        allow_headers=[«headers"»],
«if expose»        expose_headers=[«exposed"»],
«if credentials»        allow_credentials=True,
        max_age=«max_age»,
    )
)
"#,
    }],
    notes: &[
        "«if prefix»It covers all paths; to limit it to «path», mount those routes as an application of their own and wrap that.",
    ],
};
