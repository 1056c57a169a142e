//! Vite's development server: forwards a folder of the page's own origin to the API. Development only.
//!
//! - The page must call the relative URL (`/api/users`); with the API's absolute URL nothing is forwarded.
//! - `changeOrigin` does not change the request's `Origin`: it writes the target's name into `Host`, which servers with
//!   several names behind one address need. An API that refuses unknown origins sees the page's origin on POST, PUT and
//!   DELETE all the same; `headers` gives it the API's own.
//! - Production has no such proxy: there the API needs CORS, or page and API one origin.
//! - `server.cors` is about who may read the development server's own files, not about the API.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "vite",
    title: "Vite (development)",
    aliases: &["vitejs", "sveltekit", "astro"],
    kind: Kind::DevProxy,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("vite.rs"),
    pieces: &[
        PieceTemplate {
            file: "vite.config.js",
            language: "js",
            place: "in the configuration",
            text: r#"import { defineConfig } from 'vite';

export default defineConfig({
  server: {
    proxy: {
      '«folder»': {
        target: '«api»',
        changeOrigin: true, // Host becomes the target's; Origin does not change by this
        headers: { origin: '«api»' }, // the API sees its own origin, not that of the page
        cookieDomainRewrite: '', // its cookies become those of localhost
«if !prefix»        rewrite: (path) => path.replace(/^\/api/, ''),
      },
    },
  },
});
"#,
        },
        PieceTemplate {
            file: "page",
            language: "js",
            place: "in the page: a relative URL, not the API's own",
            text: "fetch('«folder»/…')\n",
        },
    ],
    notes: &["For development only: in production the API needs CORS, or page and API one origin."],
};
