//! Vue CLI: `devServer.proxy` in vue.config.js forwards a folder of the page's own origin to the API. Development only.
//!
//! - Projects made since 2022 use Vite: see there.
//! - The page must call the relative URL (`/api/users`).
//! - `changeOrigin` writes the target's name into `Host`; the request's `Origin` stays that of the page. `headers` gives
//!   the API its own.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "vue",
    title: "Vue CLI (development)",
    aliases: &["vue-cli", "vuejs"],
    kind: Kind::DevProxy,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("vue.rs"),
    pieces: &[PieceTemplate {
        file: "vue.config.js",
        language: "js",
        place: "the configuration",
        text: r#"module.exports = {
  devServer: {
    proxy: {
      '«folder»': {
        target: '«api»',
        changeOrigin: true, // Host becomes the target's; Origin does not change by this
        headers: { origin: '«api»' }, // the API sees its own origin, not that of the page
        cookieDomainRewrite: '',
«if !prefix»        pathRewrite: { '^/api': '' },
      },
    },
  },
};
"#,
    }],
    notes: &["In the page call «folder»/…, not «api». For development only."],
};
