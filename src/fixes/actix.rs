//! actix-web: actix-cors, the last `.wrap`, which is the outermost.
//!
//! - `.wrap` calls run last first: an authentication wrapped after CORS refuses preflights.
//! - By default other origins get 400 `Origin is not allowed to make this request`; with
//!   `block_on_origin_mismatch(false)` they get the answer without the fields.
//! - `Cors::permissive()` echoes every origin with credentials: for development only.
//! - Mind `App::wrap` against `Scope::wrap`: a scope does not see unknown paths.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "actix",
    title: "actix-web",
    aliases: &["actix-web", "actix-cors"],
    kind: Kind::Framework,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("actix.rs"),
    pieces: &[PieceTemplate {
        file: "src/main.rs",
        language: "rust",
        place: "inside HttpServer::new(|| { … }), after routes and other wraps; needs: cargo add actix-cors",
        text: r#"let cors = actix_cors::Cors::default()
«each origin»    .allowed_origin("«origin»")
«if any»    .allow_any_origin()
«if any»    .send_wildcard()
    .allowed_methods([«methods"»])
    .allowed_headers([«headers"»])
«if expose»    .expose_headers([«exposed"»])
«if credentials»    .supports_credentials()
    .block_on_origin_mismatch(false)
    .max_age(«max_age»);
let app = app.wrap(cors); // the last .wrap of all
"#,
    }],
    notes: &["«if prefix»It covers all paths."],
};
