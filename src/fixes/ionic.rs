//! Ionic, Capacitor, Cordova: native HTTP in the app, a development proxy in the browser; or allow the app's origin.
//!
//! - The web view has an origin of its own: `capacitor://localhost` on iOS, `https://localhost` on Android since
//!   Capacitor 6 (`http://localhost` before), `ionic://localhost` with Cordova on iOS. Lists that still name
//!   `http://localhost` for Android fail after the update.
//! - `CapacitorHttp` replaces `fetch` and `XMLHttpRequest` in the app by native requests, which know no CORS. In the
//!   browser (`ionic serve`) it does nothing.
//! - `proxies` of ionic.config.json works with Ionic 1 only. Later versions serve through Angular, Vite or webpack: use
//!   their proxy.
//! - Allowing the app's origin on the server is no protection: every app on earth has the same one.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "ionic",
    title: "Ionic, Capacitor",
    aliases: &["capacitor", "cordova", "capacitorjs"],
    kind: Kind::DevProxy,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("ionic.rs"),
    pieces: &[
        PieceTemplate {
            file: "capacitor.config.json",
            language: "json",
            place: "the app: native requests in place of the web view's",
            text: r#"{
  "plugins": {
    "CapacitorHttp": { "enabled": true }
  }
}
"#,
        },
        PieceTemplate {
            file: "ionic.config.json",
            language: "json",
            place: "Ionic 1 only, for ionic serve",
            text: r#"{
  "proxies": [
    { "path": "«folder»", "proxyUrl": "«api»«path»" }
  ]
}
"#,
        },
    ],
    notes: &[
        "Or allow capacitor://localhost and https://localhost on the server: see the recipe of what runs there.",
        "In the browser use the proxy of Angular, Vite or webpack.",
    ],
};
