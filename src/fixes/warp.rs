//! warp: `warp::cors()` around all routes, after `recover`.
//!
//! - A rejection (404, 405, a filter that demands a login) is turned into an answer by the server, outside of `cors`,
//!   and has no fields: `recover` inside of it makes them answers first.
//! - On one route alone it misses all others; a preflight for another route gets 404 or 405.
//! - Methods and headers that are not listed are refused with 403 and a few words, and so are other origins, for actual
//!   requests too.
//! - `allow_any_origin` echoes the origin, and with credentials any site may read private data.
//! - It says nothing about `Vary`, hence the last step.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "warp",
    title: "warp",
    aliases: &["warp.rs"],
    kind: Kind::Framework,
    only_methods: &[],
    source: include_str!("warp.rs"),
    pieces: &[PieceTemplate {
        file: "src/main.rs",
        language: "rust",
        place: "after all routes; rejections are turned into answers by your own function in recover",
        text: r#"let cors = warp::cors()
«if list»    .allow_origins([«origins"»])
«if any»    .allow_any_origin()
    .allow_methods([«methods"»])
    .allow_headers([«headers"»])
«if expose»    .expose_headers([«exposed"»])
«if credentials»    .allow_credentials(true)
    .max_age(std::time::Duration::from_secs(«max_age»))
    .build();
let routes = routes.recover(answer_rejection).with(cors).map(|reply| {
    // Caches must know, also in answers to requests without an Origin.
    let mut response = warp::Reply::into_response(reply);
    response.headers_mut().append("vary", warp::http::HeaderValue::from_static("Origin"));
    response
});
"#,
    }],
    notes: &["«if prefix»It covers all paths of routes."],
};
