//! umi: `proxy` in the configuration forwards a folder of the page's own origin to the API. Development only.
//!
//! - `changeOrigin` writes the target's name into `Host`; the request's `Origin` stays that of the page. `headers` gives
//!   the API its own.
//! - The page must call the relative URL (`/api/users`); in production the same URL must lead to the API by other means.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "umi",
    title: "umi (development)",
    aliases: &["umijs", "ant-design-pro"],
    kind: Kind::DevProxy,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("umi.rs"),
    pieces: &[PieceTemplate {
        file: ".umirc.ts",
        language: "ts",
        place: "the configuration",
        text: r#"export default {
  proxy: {
    '«folder»': {
      target: '«api»',
      changeOrigin: true, // Host becomes the target's; Origin does not change by this
      headers: { origin: '«api»' }, // the API sees its own origin, not that of the page
«if !prefix»      pathRewrite: { '^/api': '' },
    },
  },
};
"#,
    }],
    notes: &["In the page call «folder»/…, not «api». For development only."],
};
