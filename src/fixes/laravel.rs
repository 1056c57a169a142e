//! Laravel: config/cors.php, read by the built-in `HandleCors` middleware.
//!
//! - `paths` must match the route: calls outside of `api/*` (`sanctum/csrf-cookie`, `login`) get no fields unless listed.
//! - The configuration is cached in production: `php artisan config:clear`.
//! - A fatal PHP error is answered by the web server, without fields.
//! - Older installations also have fields in nginx or `.htaccess`: remove them, or they are there twice.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "laravel",
    title: "Laravel",
    aliases: &["fruitcake", "lumen", "sanctum"],
    kind: Kind::Framework,
    only_methods: &[],
    source: include_str!("laravel.rs"),
    pieces: &[PieceTemplate {
        file: "config/cors.php",
        language: "php",
        place: "the whole file; php artisan config:publish cors makes it",
        text: r#"<?php

return [
«if prefix»    'paths' => ['«relative_path»*'],
«if !prefix»    'paths' => ['*'],
    'allowed_origins' => [«origins'»],
    'allowed_origins_patterns' => [],
    'allowed_methods' => [«methods'»],
    'allowed_headers' => [«headers'»],
    'exposed_headers' => [«exposed'»],
    'max_age' => «max_age»,
«if credentials»    'supports_credentials' => true,
«if !credentials»    'supports_credentials' => false,
];
"#,
    }],
    notes: &[
        "Run php artisan config:clear.",
        "«if credentials»With Sanctum list the page's host in SANCTUM_STATEFUL_DOMAINS too.",
    ],
};
