//! Koa: `@koa/cors`, the first `app.use`.
//!
//! - Middlewares run in the order of `app.use`: what refuses a request earlier (authentication, rate limits) answers
//!   without CORS fields, preflights included.
//! - Without `origin` version 5 answers `*`; versions before it echoed every origin. A bare text is sent to everyone.
//! - `origin` may be a function; an empty text refuses.
//! - Koa drops the fields of an answer when something throws; `keepHeadersOnError`, on unless turned off, puts the CORS
//!   fields back. An error handler of one's own must not call `ctx.set` for them again.
//! - An `app.on('error')` does not answer: the fields are not lost there.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "koa",
    title: "Koa",
    aliases: &["koajs", "@koa/cors", "koa-cors"],
    kind: Kind::Framework,
    only_methods: &[],
    source: include_str!("koa.rs"),
    pieces: &[PieceTemplate {
        file: "app.js",
        language: "js",
        place: "right after const app = new Koa(); needs: npm install @koa/cors",
        text: r#"const cors = require('@koa/cors'); // or: import cors from '@koa/cors';

«if list»const origins = [«origins'»];
app.use(cors({
«if list»  origin: (ctx) => (origins.includes(ctx.get('Origin')) ? ctx.get('Origin') : ''),
«if any»  origin: '*',
  allowMethods: [«methods'»],
  allowHeaders: [«headers'»],
«if expose»  exposeHeaders: [«exposed'»],
«if credentials»  credentials: true,
  maxAge: «max_age»,
}));
"#,
    }],
    notes: &["«if prefix»It covers all paths: Koa's middlewares know none."],
};
