//! Nuxt and Nitro in front of an API of another origin: a route rule forwards a folder, in development and in production.
//!
//! - `vite.server.proxy` in nuxt.config.ts does nothing: Nitro answers before Vite.
//! - The rule passes the page's `Origin` on; with the API's own in its place an API that checks it is content.
//! - `routeRules: { '/api/**': { cors: true } }` is for Nuxt's own server routes: it sends `*` and one fixed list, never
//!   credentials.
//! - The page must call the relative URL, `$fetch('/api/…')`.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "nuxt",
    title: "Nuxt, Nitro",
    aliases: &["nuxtjs", "nitro", "nuxt3"],
    kind: Kind::DevProxy,
    only_methods: &[],
    source: include_str!("nuxt.rs"),
    pieces: &[PieceTemplate {
        file: "nuxt.config.ts",
        language: "ts",
        place: "routeRules of the configuration",
        text: r#"export default defineNuxtConfig({
  routeRules: {
    '«folder»/**': {
      // For the API the call comes from its own origin.
      proxy: { to: '«api»«folder»/**', headers: { origin: '«api»' } },
    },
  },
});
"#,
    }],
    notes: &["In the page call «folder»/…, without host and port."],
};
