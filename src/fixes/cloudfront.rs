//! Amazon CloudFront: a response-headers policy, OPTIONS among the allowed methods, Origin in the cache key.
//!
//! - When the cache key lacks `Origin`, the answer to the first request (perhaps one without Origin) is served to all:
//!   `X-Cache: Hit` fails where `Miss` passes.
//! - `OriginOverride: true` replaces what the origin server sends, so that nothing is there twice.
//! - Error pages that CloudFront makes itself only carry the fields through the policy.
//! - A behaviour that allows GET and HEAD only answers preflights with 403.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "cloudfront",
    title: "Amazon CloudFront",
    aliases: &["aws-cloudfront", "amazon-cloudfront"],
    kind: Kind::Cloud,
    tried: Tried::Not,
    only_methods: &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    source: include_str!("cloudfront.rs"),
    pieces: &[
        PieceTemplate {
            file: "template.yaml",
            language: "yaml",
            place: "a resource",
            text: r#"CorsPolicy:
  Type: AWS::CloudFront::ResponseHeadersPolicy
  Properties:
    ResponseHeadersPolicyConfig:
      Name: cors
      CorsConfig:
        AccessControlAllowOrigins: { Items: [«origins'»] }
        AccessControlAllowMethods: { Items: [«methods'», 'OPTIONS'] }
        AccessControlAllowHeaders: { Items: [«headers'»] }
«if expose»        AccessControlExposeHeaders: { Items: [«exposed'»] }
«if credentials»        AccessControlAllowCredentials: true
«if !credentials»        AccessControlAllowCredentials: false # a required property
        AccessControlMaxAgeSec: «max_age»
        OriginOverride: true
"#,
        },
        PieceTemplate {
            file: "template.yaml",
            language: "yaml",
            place: "in the cache behaviour of the distribution",
            text: r#"PathPattern: «path»*
AllowedMethods: [GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE]
CachedMethods: [GET, HEAD, OPTIONS]
ResponseHeadersPolicyId: !Ref CorsPolicy
OriginRequestPolicyId: 88a5eaf4-2fd4-4709-b370-b4c650ea3fcf # Managed-CORS-S3Origin, for an S3 bucket
"#,
        },
    ],
    notes: &[
        "The cache policy of the behaviour must list Origin among its headers.",
        "Invalidate the cache after the change: it still holds answers without the fields.",
    ],
};
