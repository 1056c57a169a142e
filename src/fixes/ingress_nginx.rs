//! ingress-nginx (Kubernetes): annotations of the Ingress.
//!
//! - `enable-cors` alone allows every origin **and** says `Access-Control-Allow-Credentials: true`: browsers refuse that
//!   pair for requests with credentials. Both have to be written.
//! - The default list of allowed request fields has none of your own; writing the annotation replaces the list.
//! - The default Max-Age is 1728000; no browser keeps a preflight so long.
//! - It sends no `Vary: Origin`, although the answer differs by origin: have the application send it, or add it with
//!   `more_set_headers` in a configuration-snippet where those are allowed. Else caches hand one page's answer to another.
//! - For origins on the list its fields replace those of the application; for others the application's own get through,
//!   and so do those of versions before 0.20, which added theirs beside them: turn CORS off in one of the two.
//! - An origin that is an IPv6 address fails the check of the annotation, and with it the whole list.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "ingress-nginx",
    title: "ingress-nginx",
    aliases: &["nginx-ingress", "kubernetes", "k8s", "ingress"],
    kind: Kind::Server,
    only_methods: &[],
    source: include_str!("ingress_nginx.rs"),
    pieces: &[PieceTemplate {
        file: "ingress.yaml",
        language: "yaml",
        place: "in the Ingress",
        text: r#"metadata:
  annotations:
    nginx.ingress.kubernetes.io/enable-cors: "true"
    nginx.ingress.kubernetes.io/cors-allow-origin: "«origins,»"
    nginx.ingress.kubernetes.io/cors-allow-methods: "«methods», OPTIONS"
    nginx.ingress.kubernetes.io/cors-allow-headers: "«headers»"
«if expose»    nginx.ingress.kubernetes.io/cors-expose-headers: "«exposed»"
«if credentials»    nginx.ingress.kubernetes.io/cors-allow-credentials: "true"
«if !credentials»    nginx.ingress.kubernetes.io/cors-allow-credentials: "false"
    nginx.ingress.kubernetes.io/cors-max-age: "«max_age»"
"#,
    }],
    notes: &[
        "Have the application send Vary: Origin, and no other field of CORS.",
        "«if ipv6»Leave out the origins with [ ]: the annotation's check refuses them, and the whole list with them.",
        "«if prefix»The annotations hold for the whole Ingress: give «path» an Ingress of its own.",
    ],
};
