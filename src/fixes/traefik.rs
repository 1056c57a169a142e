//! Traefik: the `headers` middleware, named by the router.
//!
//! - A middleware that no router names does nothing. It must be named before `forwardAuth` and `basicAuth`.
//! - Traefik answers preflights itself with 200 as soon as one `accessControl…` option is set.
//! - It replaces those fields of the application that it has options for and lets others through, such as
//!   `Access-Control-Allow-Credentials: true` where credentials are not allowed: the second middleware removes them. In one middleware it would remove
//!   Traefik's own as well.
//! - Docker labels and Kubernetes `Middleware` objects take the same option names.
//! - Errors that arise before the router is chosen (404 of Traefik itself) carry no fields.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "traefik",
    title: "Traefik",
    aliases: &["træfik"],
    kind: Kind::Server,
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
    no-cors-of-its-own: # what the application sends itself would get through
      headers:
        customResponseHeaders:
          Access-Control-Allow-Origin: ""
          Access-Control-Allow-Credentials: ""
          Access-Control-Allow-Methods: ""
          Access-Control-Allow-Headers: ""
          Access-Control-Expose-Headers: ""
          Access-Control-Max-Age: ""
  routers:
    api:
      rule: PathPrefix(`«path»`)
      middlewares:
        - cors # first: before any authentication
        - no-cors-of-its-own
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
