//! Amazon S3 and stores that speak its protocol: the bucket's CORS configuration.
//!
//! - It allows GET, HEAD, POST, PUT and DELETE only; OPTIONS is answered by itself and must not be listed.
//! - The first rule that matches the origin and the method decides.
//! - Refused preflights are 403 `AccessForbidden` (`CORSResponse: …`).
//! - An answer to a request without `Origin` has neither `Access-Control-Allow-Origin` nor `Vary`. A cache (the browser's
//!   own as well: an `<img>` without `crossorigin` loaded first) hands it to pages afterwards. Load with `crossorigin`
//!   everywhere, or put a CDN with a response-headers policy in front.
//! - There is no switch for credentials: for a listed origin S3 itself says `Access-Control-Allow-Credentials: true`.
//! - A missing object without the right to list the bucket is 403, and that answer carries the fields as well.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "s3",
    title: "Amazon S3",
    aliases: &["amazon-s3", "minio", "r2", "spaces", "amazons3"],
    kind: Kind::Cloud,
    tried: Tried::Not,
    only_methods: &["GET", "HEAD", "POST", "PUT", "DELETE"],
    source: include_str!("s3.rs"),
    pieces: &[PieceTemplate {
        file: "cors.json",
        language: "json",
        place: "aws s3api put-bucket-cors --bucket NAME --cors-configuration file://cors.json",
        text: r#"{
  "CORSRules": [
    {
      "AllowedOrigins": [«origins"»],
      "AllowedMethods": [«methods"»],
      "AllowedHeaders": [«headers"»],
      "ExposeHeaders": [«exposed"»],
      "MaxAgeSeconds": «max_age»
    }
  ]
}
"#,
    }],
    notes: &["The console of S3 takes the inner list only, without \"CORSRules\"."],
};
