//! Traefik: the `headers` middleware, named by the router.
//!
//! - A middleware that no router names does nothing. It must be named before `forwardAuth` and `basicAuth`.
//! - Traefik answers preflights itself with 200 as soon as one `accessControl…` option is set.
//! - Docker labels and Kubernetes `Middleware` objects take the same option names.
//! - Errors that arise before the router is chosen (404 of Traefik itself) carry no fields.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "traefik",
    title: "Traefik",
    aliases: &["træfik"],
    kind: Kind::Server,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("traefik.rs"),
    pieces: &[PieceTemplate {
        file: "dynamic.yml",
        language: "yaml",
        place: "the dynamic configuration",
        text: r#"http:
  middlewares:
    cors:
      headers:
        accessControlAllowOriginList: [«origins"»]
        accessControlAllowMethods: [«methods"»]
        accessControlAllowHeaders: [«headers"»]
«if expose»        accessControlExposeHeaders: [«exposed"»]
«if credentials»        accessControlAllowCredentials: true
        accessControlMaxAge: «max_age»
        addVaryHeader: true
  routers:
    api:
      rule: PathPrefix(`«path»`)
      middlewares:
        - cors # first: before any authentication
      service: api
«if upstream»
  services:
    api:
      loadBalancer:
        servers:
          - url: "«upstream»"
«end»
"#,
    }],
    notes: &["«if !upstream»Keep the router's rule and service; only its middlewares change."],
};
