//! Symfony and API Platform: NelmioCorsBundle.
//!
//! - Its listener answers preflights before the firewall and the router run; `paths` must match the route, or nothing
//!   happens. API Platform brings the bundle along with a configuration for localhost.
//! - `allow_origin` is a list of texts unless `origin_regex` is true; then each is an expression that needs `^` and `$`.
//! - `CORS_ALLOW_ORIGIN` in .env of the recipe's skeleton is an expression for localhost: it replaces nothing here.
//! - The cache of production keeps the old configuration: `bin/console cache:clear`.
//! - It says `Vary: Origin` on preflights and on answers that caches may keep, not on others.
//! - Versions before 2 answer refused preflights with `Access-Control-Allow-Origin: null`, which lets sandboxed frames of
//!   any site in: update.
//! - Errors of PHP itself (fatal, before the kernel) are answered without fields.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "symfony",
    title: "Symfony, NelmioCorsBundle",
    aliases: &["nelmio", "nelmio-cors", "api-platform"],
    kind: Kind::Framework,
    only_methods: &[],
    source: include_str!("symfony.rs"),
    pieces: &[PieceTemplate {
        file: "config/packages/nelmio_cors.yaml",
        language: "yaml",
        place: "the whole file; needs: composer require nelmio/cors-bundle",
        text: r#"nelmio_cors:
    paths:
        '^«path|»':
            origin_regex: false
            allow_origin: [«origins'»]
            allow_methods: [«methods'»]
            allow_headers: [«headers'»]
«if expose»            expose_headers: [«exposed'»]
«if credentials»            allow_credentials: true
            max_age: «max_age»
"#,
    }],
    notes: &["Run bin/console cache:clear."],
};
