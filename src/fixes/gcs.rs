//! Google Cloud Storage: the bucket's CORS configuration.
//!
//! - `responseHeader` is both lists at once: what requests may carry and what pages may read.
//! - Preflights of refused origins get 200 without any field.
//! - Only `storage.googleapis.com` and `BUCKET.storage.googleapis.com` look at it; `storage.cloud.google.com` never does.
//! - There are no credentials in cross-origin requests to it; signed URLs need none.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "gcs",
    title: "Google Cloud Storage",
    aliases: &["google-cloud-storage", "gcloud", "firebase-storage"],
    kind: Kind::Cloud,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("gcs.rs"),
    pieces: &[PieceTemplate {
        file: "cors.json",
        language: "json",
        place: "gcloud storage buckets update gs://NAME --cors-file=cors.json",
        text: r#"[
  {
    "origin": [«origins"»],
    "method": [«methods"»],
«if expose»    "responseHeader": [«headers"», «exposed"»],
«if !expose»    "responseHeader": [«headers"»],
    "maxAgeSeconds": «max_age»
  }
]
"#,
    }],
    notes: &[
        "«if credentials»Cloud Storage allows no credentials: call it with credentials: 'omit' and a signed URL or a token.",
    ],
};
