//! Express 4 and 5: the `cors` middleware, used once, before everything else.
//!
//! - A list of origins is all that is needed. The callback that people copy, `callback(new Error('Not allowed by
//!   CORS'))`, answers refused origins with 500 without any CORS field, and fills the error log; a refused origin is
//!   `callback(null, false)`.
//! - `app.options('*', cors())` throws at start in Express 5, whose paths know no bare `*`; `app.use(cors(…))` answers
//!   preflights in both versions, for unknown paths too.
//! - `app.use(cors(…))` must come before authentication, rate limits and body parsers: what refuses a request earlier
//!   answers without CORS fields.
//! - `cors()` without options allows every origin and echoes every request field; `credentials: true` beside
//!   `origin: '*'` never works in a browser.
//! - A bare string as `origin` is sent to everyone, refused origins included; a list of one is not.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "express",
    title: "Express",
    aliases: &["expressjs", "connect", "node", "nodejs", "cors"],
    kind: Kind::Framework,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("express.rs"),
    pieces: &[PieceTemplate {
        file: "app.js",
        language: "js",
        place: "right after const app = express(); needs: npm install cors",
        text: r#"const cors = require('cors'); // or: import cors from 'cors';

«if prefix»app.use('«path»', cors({
«if !prefix»app.use(cors({
«if list»  origin: [«origins'»],
«if any»  origin: '*',
  methods: [«methods'»],
  allowedHeaders: [«headers'»],
«if expose»  exposedHeaders: [«exposed'»],
«if credentials»  credentials: true,
  maxAge: «max_age»,
}));
"#,
    }],
    notes: &[
        "Remove other app.options(…) handlers and hand-written Access-Control fields: one layer writes them.",
    ],
};
