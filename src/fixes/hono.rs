//! Hono: `hono/cors`, used on the outermost application before everything else.
//!
//! - `app.use` without a path covers all; with a path it ends with `*`, else it is that one path alone.
//! - Handlers run in the order in which they were added: routes that stand above it have no fields.
//! - `credentials: true` without `origin` never works in a browser, or trusts every site, by version.
//! - It answers every OPTIONS with 204, also those that are no preflights.
//! - What `app.onError` answers keeps the fields; what a sub-application answers has them when the outer one uses it.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "hono",
    title: "Hono",
    aliases: &["honojs", "hono-cors"],
    kind: Kind::Framework,
    only_methods: &[],
    source: include_str!("hono.rs"),
    pieces: &[PieceTemplate {
        file: "src/index.ts",
        language: "ts",
        place: "right after const app = new Hono()",
        text: r#"import { cors } from 'hono/cors';

app.use('«slashed»*', cors({
«if list»  origin: [«origins'»],
«if any»  origin: '*',
  allowMethods: [«methods'»],
  allowHeaders: [«headers'»],
«if expose»  exposeHeaders: [«exposed'»],
«if credentials»  credentials: true,
  maxAge: «max_age»,
}));
"#,
    }],
    notes: &[],
};
