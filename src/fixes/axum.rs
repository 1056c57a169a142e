//! axum, and everything on tower-http: `CorsLayer` as the last layer added, which is the outermost.
//!
//! - Layers wrap what is above them: `.layer(cors)` comes after routes, fallback and authentication.
//! - `.route_layer(cors)` misses unknown paths.
//! - `Any` with credentials panics at the first request.
//! - A panic in a handler closes the connection: with `CatchPanicLayer` inside of `cors` it is a 500 with fields.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "axum",
    title: "axum, tower-http",
    aliases: &["tower-http", "tower", "tonic"],
    kind: Kind::Framework,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("axum.rs"),
    pieces: &[PieceTemplate {
        file: "src/main.rs",
        language: "rust",
        place: "after all routes and other layers; needs: cargo add tower-http -F cors",
        text: r#"use axum::http::{HeaderName, HeaderValue, Method};

let cors = tower_http::cors::CorsLayer::new()
«if list»    .allow_origin([«origins"»].map(HeaderValue::from_static))
«if any»    .allow_origin(tower_http::cors::Any)
    .allow_methods([«methods"»].map(|method| method.parse::<Method>().expect("a method")))
    .allow_headers([«headers"»].map(HeaderName::from_static))
«if expose»    .expose_headers([«exposed"»].map(HeaderName::from_static))
«if credentials»    .allow_credentials(true)
    .max_age(std::time::Duration::from_secs(«max_age»));
let app = app.layer(cors);
"#,
    }],
    notes: &[
        "«if prefix»To limit it to «path», give those routes a Router of their own with a fallback, add the layer to it and nest it.",
    ],
};
