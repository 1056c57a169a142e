//! Go with net/http, chi or gorilla/mux: rs/cors around the outermost handler.
//!
//! - Wrap the router, do not add it as a middleware of one route: a router answers OPTIONS with 405 before its
//!   middlewares run.
//! - `AllowedMethods` defaults to GET, POST and HEAD.
//! - `AllowCredentials` with `*` never works in a browser.
//! - Refused preflights also get 204, without the fields; `Debug: true` logs why.
//! - Before authentication: `c.Handler(auth(router))`, not `auth(c.Handler(router))`.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "go-rs-cors",
    title: "Go, rs/cors",
    aliases: &["go", "golang", "rs-cors", "rs/cors", "net/http", "gorilla"],
    kind: Kind::Framework,
    only_methods: &[],
    source: include_str!("go_rs_cors.rs"),
    pieces: &[PieceTemplate {
        file: "main.go",
        language: "go",
        place: "where the server is started; needs: go get github.com/rs/cors",
        text: r#"pages := cors.New(cors.Options{
	AllowedOrigins:   []string{«origins"»},
	AllowedMethods:   []string{«methods"»},
	AllowedHeaders:   []string{«headers"»},
«if expose»	ExposedHeaders:   []string{«exposed"»},
«if credentials»	AllowCredentials: true,
	MaxAge:           «max_age»,
})
http.ListenAndServe(":8080", pages.Handler(router))
"#,
    }],
    notes: &["«if prefix»It covers all paths of the router."],
};
