//! chi: go-chi/cors, the first `Use` of the outermost router.
//!
//! - `Use` on the outermost router runs before routes are looked up, so that 404 and preflights have the fields; in a
//!   `Group` or `Route` it runs after, and chi answers OPTIONS with 405.
//! - Before authentication: middlewares run in the order of `Use`.
//! - `AllowedMethods` defaults to GET, POST and HEAD.
//! - Refused preflights get 200 without the fields; `Debug: true` logs why.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "chi",
    title: "Go, chi",
    aliases: &["go-chi", "go-chi/cors"],
    kind: Kind::Framework,
    only_methods: &[],
    source: include_str!("chi.rs"),
    pieces: &[PieceTemplate {
        file: "main.go",
        language: "go",
        place: "right after router := chi.NewRouter(); needs: go get github.com/go-chi/cors",
        text: r#"router.Use(cors.Handler(cors.Options{
	AllowedOrigins:   []string{«origins"»},
	AllowedMethods:   []string{«methods"»},
	AllowedHeaders:   []string{«headers"»},
«if expose»	ExposedHeaders:   []string{«exposed"»},
«if credentials»	AllowCredentials: true,
	MaxAge:           «max_age»,
}))
"#,
    }],
    notes: &["«if prefix»It covers all paths of the router."],
};
