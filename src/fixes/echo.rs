//! Echo: `middleware.CORSWithConfig`, used on the instance before everything else.
//!
//! - `e.Use` runs in the order written; a group's `Use` misses 404 and, without an OPTIONS route, preflights.
//! - `AllowOrigins` takes `https://*.example.com`; without `AllowOrigins` it answers `*`.
//! - Credentials with `*` never work in a browser; `UnsafeWildcardOriginWithAllowCredentials` echoes every origin, so that
//!   any site may read private data.
//! - Refused preflights get 204 as well, without the fields.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "echo",
    title: "Echo",
    aliases: &["labstack", "labstack-echo"],
    kind: Kind::Framework,
    only_methods: &[],
    source: include_str!("echo.rs"),
    pieces: &[PieceTemplate {
        file: "main.go",
        language: "go",
        place: "right after e := echo.New()",
        text: r#"e.Use(middleware.CORSWithConfig(middleware.CORSConfig{
	AllowOrigins:     []string{«origins"»},
	AllowMethods:     []string{«methods"»},
	AllowHeaders:     []string{«headers"»},
«if expose»	ExposeHeaders:    []string{«exposed"»},
«if credentials»	AllowCredentials: true,
	MaxAge:           «max_age»,
}))
"#,
    }],
    notes: &["«if prefix»It covers all paths: on a group it would not see OPTIONS."],
};
