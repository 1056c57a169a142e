//! Apache httpd 2.4: `SetEnvIf` picks the origin, `Header always` writes the fields, mod_rewrite answers preflights.
//!
//! - mod_headers keeps two tables: `onsuccess` (the default) holds what an application behind it sent, `always` also
//!   reaches error pages. `Header set` beside `Header always set` gives two fields; so does an application that sends
//!   its own. The recipe empties both tables first.
//! - The rewrite rule must stand in the server or virtual host: there it runs before authentication. In `<Location>`,
//!   `<Directory>` or `.htaccess` it runs after it, and preflights get 401.
//! - Without a rule the core answers OPTIONS with 200 and `Allow`, and no CORS field at all.
//! - A `<VirtualHost>` does not inherit `RewriteRule`s from the main server: paste into each virtual host.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "apache",
    title: "Apache httpd",
    aliases: &["httpd", "apache2"],
    kind: Kind::Server,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("apache.rs"),
    pieces: &[PieceTemplate {
        file: "/etc/apache2/sites-available/000-default.conf",
        language: "apache",
        place: "inside <VirtualHost>; needs: a2enmod headers rewrite setenvif",
        text: r#"# The origins that may read the answers.
«if list»SetEnvIf Origin "^(?:«origins|»)$" CORS_ORIGIN=$0
«if any»SetEnvIf Origin "." CORS_ORIGIN=*
SetEnvIf Access-Control-Request-Method "." CORS_PREFLIGHT

# A preflight: an OPTIONS request that names the method it asks for. Answered before any authentication.
RewriteEngine On
RewriteCond %{REQUEST_METHOD} =OPTIONS
RewriteCond %{HTTP:Access-Control-Request-Method} .
RewriteRule ^«path|» - [R=204,L]

<Location "«path»">
    # What the application sends itself would be there twice.
    Header onsuccess unset Access-Control-Allow-Origin
    Header onsuccess unset Access-Control-Allow-Credentials
    Header onsuccess unset Access-Control-Allow-Methods
    Header onsuccess unset Access-Control-Allow-Headers
    Header onsuccess unset Access-Control-Expose-Headers
    Header onsuccess unset Access-Control-Max-Age
    Header always unset Access-Control-Allow-Origin
    Header always unset Access-Control-Allow-Credentials
    Header always unset Access-Control-Allow-Methods
    Header always unset Access-Control-Allow-Headers
    Header always unset Access-Control-Expose-Headers
    Header always unset Access-Control-Max-Age

    Header always merge Vary Origin
    Header always set Access-Control-Allow-Origin "%{CORS_ORIGIN}e" env=CORS_ORIGIN
«if credentials»    Header always set Access-Control-Allow-Credentials "true" env=CORS_ORIGIN
«if expose»    Header always set Access-Control-Expose-Headers "«exposed»" env=CORS_ORIGIN
    Header always set Access-Control-Allow-Methods "«methods»" env=CORS_PREFLIGHT
    Header always set Access-Control-Allow-Headers "«headers»" env=CORS_PREFLIGHT
    Header always set Access-Control-Max-Age "«max_age»" env=CORS_PREFLIGHT
</Location>
«if upstream»ProxyPass "«path»" "«upstream»«path»"
"#,
    }],
    notes: &["Test with apachectl configtest, then reload."],
};
