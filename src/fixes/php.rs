//! PHP without a framework: a file that every script includes first.
//!
//! - `header()` must run before the first character of output, a blank line above `<?php` included.
//! - Fields that were set stay on when the script dies of a fatal error, as long as nothing was printed: hence first.
//! - 404 of a missing file and errors of the web server itself have no fields: they are the web server's to write, see
//!   nginx or Apache. Do it there or here, not in both, or the fields are there twice.
//! - Apache with CGI or FPM answers OPTIONS itself in some set-ups; then no script sees preflights.
//! - `header('Vary: Origin')` alone would replace another `Vary`: hence `false`.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "php",
    title: "PHP",
    aliases: &["php-fpm", "slim", "wordpress"],
    kind: Kind::Framework,
    only_methods: &[],
    source: include_str!("php.rs"),
    pieces: &[
        PieceTemplate {
            file: "cors.php",
            language: "php",
            place: "a file of its own",
            text: r#"<?php
«if list»
$origin = $_SERVER['HTTP_ORIGIN'] ?? '';
$allowed = in_array($origin, [«origins'»], true);
header('Vary: Origin', false);
«end»
«if any»
$origin = '*';
$allowed = true;
«end»
$preflight = $_SERVER['REQUEST_METHOD'] === 'OPTIONS' && isset($_SERVER['HTTP_ACCESS_CONTROL_REQUEST_METHOD']);
if ($allowed) {
    header("Access-Control-Allow-Origin: $origin");
«if credentials»    header('Access-Control-Allow-Credentials: true');
«if expose»    header('Access-Control-Expose-Headers: «exposed»');
    if ($preflight) {
        header('Access-Control-Allow-Methods: «methods»');
        header('Access-Control-Allow-Headers: «headers»');
        header('Access-Control-Max-Age: «max_age»');
    }
}
if ($preflight) {
    http_response_code(204);
    exit;
}
"#,
        },
        PieceTemplate {
            file: "index.php",
            language: "php",
            place: "the first line of every script that answers, before sessions and logins",
            text: r#"<?php require __DIR__ . '/cors.php'; ?>
"#,
        },
    ],
    notes: &["Frameworks have layers of their own: see laravel and symfony."],
};
