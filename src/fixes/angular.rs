//! Angular's `ng serve`: a proxy configuration forwards a folder of the page's own origin to the API. Development only.
//!
//! - The file counts only when it is named: `proxyConfig` in angular.json or `ng serve --proxy-config proxy.conf.json`,
//!   and it is read at start only.
//! - The page must call the relative URL (`/api/users`).
//! - `changeOrigin` writes the target's name into `Host`; the request's `Origin` stays that of the page. `headers` gives
//!   the API its own.
//! - `**` in the key is needed by the older, webpack-based builders for deeper paths; both understand the plain folder.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "angular",
    title: "Angular CLI (development)",
    aliases: &["angular-cli", "ng", "ng-serve"],
    kind: Kind::DevProxy,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("angular.rs"),
    pieces: &[
        PieceTemplate {
            file: "proxy.conf.json",
            language: "json",
            place: "beside angular.json",
            text: r#"{
  "«folder»": {
    "target": "«api»",
    "changeOrigin": true,
    "headers": { "origin": "«api»" },
    "cookieDomainRewrite": "",
«if !prefix»    "pathRewrite": { "^/api": "" },
    "secure": true
  }
}
"#,
        },
        PieceTemplate {
            file: "angular.json",
            language: "json",
            place: "projects → NAME → architect → serve → options",
            text: "\"proxyConfig\": \"proxy.conf.json\"\n",
        },
    ],
    notes: &[
        "In the page call «folder»/…, not «api», and start ng serve again. For development only.",
    ],
};
