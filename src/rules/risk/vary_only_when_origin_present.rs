//! # risk-vary-only-when-origin-present
//!
//! ## What happened
//! Answers to requests with `Origin` say `Vary: Origin`, answers to requests without do not.
//!
//! ## Why it matters
//! A cache that sees the request without `Origin` first (an `<img>`, a prefetch) keeps a copy without CORS headers for
//! everybody. S3 and some proxies behave like this.
//!
//! ## How corsight tells
//! The same URL was answered both ways in one recording.
//!
//! ## Example
//! ```text
//! GET /logo.svg                           200, no Vary
//! GET /logo.svg, Origin: https://a.test   200, Vary: Origin
//! ```
//!
//! ## Fix
//! Send `Vary: Origin` always. In front of S3 let the CDN add the headers (CloudFront response headers policy).
//!
//! ## Browsers' messages
//! none: browsers allow it.
//!
//! ## Standard
//! Fetch, CORS protocol: <https://fetch.spec.whatwg.org/#http-cors-protocol>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "risk-vary-only-when-origin-present",
    family: Family::Risk,
    summary: "Vary: Origin is missing on answers to requests without Origin",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("vary_only_when_origin_present.rs"),
};
