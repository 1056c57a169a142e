//! Fastify: the plugin `@fastify/cors`, registered before other plugins and routes.
//!
//! - From version 11 on it allows GET, HEAD and POST only unless told otherwise: PUT, PATCH and DELETE are blocked.
//! - A plugin sees only what is registered after it: hooks of authentication come later.
//! - `await` the registration (or put it into a plugin of its own): routes defined before it have no CORS fields.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "fastify",
    title: "Fastify",
    aliases: &["@fastify/cors", "fastify-cors"],
    kind: Kind::Framework,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("fastify.rs"),
    pieces: &[PieceTemplate {
        file: "server.js",
        language: "js",
        place: "before other plugins, hooks and routes; needs: npm install @fastify/cors",
        text: r#"await fastify.register(require('@fastify/cors'), { // or: import cors from '@fastify/cors'
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
    notes: &[
        "«if prefix»To limit it to «path», register it together with those routes in one plugin with that prefix.",
    ],
};
