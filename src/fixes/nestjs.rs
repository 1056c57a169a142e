//! NestJS: `app.enableCors` in main.ts, before `app.listen`.
//!
//! - It hands the options to the adapter: `cors` for Express, `@fastify/cors` for Fastify; both take these names. With
//!   Fastify the `methods` must be written out, since its default has neither PUT nor DELETE.
//! - Guards, interceptors and pipes run later; preflights never reach them.
//! - A WebSocket gateway has a `cors` option of its own in its decorator.
//! - `NestFactory.create(AppModule, { cors: true })` allows every origin.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "nestjs",
    title: "NestJS",
    aliases: &["nest"],
    kind: Kind::Framework,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("nestjs.rs"),
    pieces: &[PieceTemplate {
        file: "src/main.ts",
        language: "ts",
        place: "after NestFactory.create, before app.use and app.listen",
        text: r#"app.enableCors({
«if list»  origin: [«origins'»],
«if any»  origin: '*',
  methods: [«methods'»],
  allowedHeaders: [«headers'»],
«if expose»  exposedHeaders: [«exposed'»],
«if credentials»  credentials: true,
  maxAge: «max_age»,
});
"#,
    }],
    notes: &["Remove cors: true from NestFactory.create: one layer writes the fields."],
};
