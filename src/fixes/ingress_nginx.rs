//! ingress-nginx (Kubernetes): annotations of the Ingress.
//!
//! - `enable-cors` alone allows every origin **and** says `Access-Control-Allow-Credentials: true`: browsers refuse that
//!   pair for requests with credentials. Both have to be written.
//! - The default list of allowed request fields has none of your own; writing the annotation replaces the list.
//! - The default Max-Age is 1728000; no browser keeps a preflight so long.
//! - An application that sends its own fields: they are there twice. Turn them off in one of the two.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "ingress-nginx",
    title: "ingress-nginx",
    aliases: &["nginx-ingress", "kubernetes", "k8s", "ingress"],
    kind: Kind::Server,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("ingress_nginx.rs"),
    pieces: &[PieceTemplate {
        file: "ingress.yaml",
        language: "yaml",
        place: "in the Ingress",
        text: r#"metadata:
  annotations:
    nginx.ingress.kubernetes.io/enable-cors: "true"
    nginx.ingress.kubernetes.io/cors-allow-origin: "«origins»"
    nginx.ingress.kubernetes.io/cors-allow-methods: "«methods», OPTIONS"
    nginx.ingress.kubernetes.io/cors-allow-headers: "«headers»"
«if expose»    nginx.ingress.kubernetes.io/cors-expose-headers: "«exposed»"
«if credentials»    nginx.ingress.kubernetes.io/cors-allow-credentials: "true"
«if !credentials»    nginx.ingress.kubernetes.io/cors-allow-credentials: "false"
    nginx.ingress.kubernetes.io/cors-max-age: "«max_age»"
"#,
    }],
    notes: &[
        "Turn CORS off in the application behind, or its fields are there twice.",
        "«if prefix»The annotations hold for the whole Ingress: give «path» an Ingress of its own.",
    ],
};
