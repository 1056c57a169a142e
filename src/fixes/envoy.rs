//! Envoy (and Istio on top of it): the `cors` filter with a `CorsPolicy` on the virtual host or route.
//!
//! - The filter must be the first of `http_filters`: before `ext_authz` and `jwt_authn`, which would refuse preflights.
//! - It answers matching preflights itself (200) and passes others on; what it passes on, the application answers.
//! - It knows `Vary` not at all, hence `response_headers_to_add`.
//! - It replaces those fields of the application that the policy names and lets others through, such as
//!   `Access-Control-Allow-Credentials: true` where credentials are not allowed: hence `response_headers_to_remove`.
//! - For any origin it answers with the one that asked, never with `*`.
//! - Envoy's own errors carry the fields only when the filter ran before whatever failed.
//! - Istio writes the same as `corsPolicy` of a VirtualService route, with `allowOrigins: [{exact: …}]`.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "envoy",
    title: "Envoy",
    aliases: &["istio", "istio-envoy", "contour", "gloo"],
    kind: Kind::Server,
    only_methods: &[],
    source: include_str!("envoy.rs"),
    pieces: &[
        PieceTemplate {
            file: "envoy.yaml",
            language: "yaml",
            place: "first of http_filters",
            text: r#"- name: envoy.filters.http.cors
  typed_config:
    "@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors
"#,
        },
        PieceTemplate {
            file: "envoy.yaml",
            language: "yaml",
            place: "in the virtual host, or in the routes that begin with the path",
            text: r#"# What the application sends itself would get through.
response_headers_to_remove:
- access-control-allow-origin
- access-control-allow-credentials
- access-control-allow-methods
- access-control-allow-headers
- access-control-expose-headers
- access-control-max-age
response_headers_to_add:
- header: { key: vary, value: Origin }
  append_action: APPEND_IF_EXISTS_OR_ADD
typed_per_filter_config:
  envoy.filters.http.cors:
    "@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy
    allow_origin_string_match:
«each origin»    - exact: "«origin»"
«if any»    - safe_regex: { regex: ".*" }
    allow_methods: "«methods»"
    allow_headers: "«headers»"
«if expose»    expose_headers: "«exposed»"
«if credentials»    allow_credentials: true
    max_age: "«max_age»"
    forward_not_matching_preflights: false
"#,
        },
    ],
    notes: &["«if prefix»Put it into the route with match: { prefix: \"«path»\" }."],
};
