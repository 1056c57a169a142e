//! webpack-dev-server, and Create React App on top of it: forwards a folder of the page's own origin to the API.
//! Development only.
//!
//! - Since version 5 `proxy` is a list with `context`; an object with paths as keys is refused at start.
//! - The page must call the relative URL (`/api/users`).
//! - `changeOrigin` writes the target's name into `Host`; the request's `Origin` stays that of the page, and an API that
//!   refuses unknown origins refuses it. `headers` gives it the API's own.
//! - Create React App: `"proxy"` in package.json forwards what is not a page; with src/setupProxy.js it is
//!   `app.use(createProxyMiddleware({ pathFilter: …, target, changeOrigin, headers }))`.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "webpack",
    title: "webpack-dev-server, Create React App (development)",
    aliases: &[
        "webpack-dev-server",
        "cra",
        "create-react-app",
        "react-scripts",
        "setupproxy",
    ],
    kind: Kind::DevProxy,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("webpack.rs"),
    pieces: &[
        PieceTemplate {
            file: "webpack.config.js",
            language: "js",
            place: "in module.exports",
            text: r#"devServer: {
  proxy: [
    {
      context: ['«folder»'],
      target: '«api»',
      changeOrigin: true, // Host becomes the target's; Origin does not change by this
      headers: { origin: '«api»' }, // the API sees its own origin, not that of the page
      cookieDomainRewrite: '', // its cookies become those of localhost
«if !prefix»      pathRewrite: { '^/api': '' },
    },
  ],
},
"#,
        },
        PieceTemplate {
            file: "src/setupProxy.js",
            language: "js",
            place: "Create React App instead; needs: npm install http-proxy-middleware (3 or later)",
            text: r#"const { createProxyMiddleware } = require('http-proxy-middleware');

module.exports = (app) => {
  app.use(createProxyMiddleware({
    pathFilter: '«folder»',
    target: '«api»',
    changeOrigin: true,
    headers: { origin: '«api»' },
    cookieDomainRewrite: '',
«if !prefix»    pathRewrite: { '^/api': '' },
  }));
};
"#,
        },
    ],
    notes: &["In the page call «folder»/…, not «api». For development only."],
};
