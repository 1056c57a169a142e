//! Kong: the `cors` plugin on a service, a route or globally.
//!
//! - Authentication plugins answer preflights with 401 unless `run_on_preflight` is false; the `cors` plugin itself runs
//!   before them and answers preflights as long as `preflight_continue` is false.
//! - A string of `origins` that is not a plain origin is a regular expression: list plain ones.
//! - An application that sends its own fields: Kong's replace them.
//! - A route that lists `methods` without OPTIONS never reaches the plugin: preflights get 404.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "kong",
    title: "Kong",
    aliases: &["kong-gateway"],
    kind: Kind::Server,
    tried: Tried::Not,
    only_methods: &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
    source: include_str!("kong.rs"),
    pieces: &[PieceTemplate {
        file: "kong.yml",
        language: "yaml",
        place: "the declarative configuration",
        text: r#"services:
- name: api
«if upstream»  url: "«upstream»"
«if !upstream»  # url as before
  routes:
  - name: api
    paths: ["«path»"]
    strip_path: false
  plugins:
  - name: cors
    config:
      origins: [«origins"»]
      methods: [«methods"»]
      headers: [«headers"»]
«if expose»      exposed_headers: [«exposed"»]
«if credentials»      credentials: true
      max_age: «max_age»
      preflight_continue: false
"#,
    }],
    notes: &["Set run_on_preflight: false on every authentication plugin of the same route."],
};
