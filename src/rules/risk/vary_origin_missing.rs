//! # risk-vary-origin-missing
//!
//! ## What happened
//! The value of `Access-Control-Allow-Origin` depends on the request, but `Vary` does not name `Origin`.
//!
//! ## Why it matters
//! A cache (the browser's, a CDN) may serve the copy made for one origin to another, which then fails now and then, and
//! works after a reload.
//!
//! ## How corsight tells
//! The answer echoes the origin, may be cached, and its `Vary` holds neither `Origin` nor `*`. Sure when two origins
//! were seen to get different values.
//!
//! ## Example
//! ```text
//! Origin: https://a.example               Access-Control-Allow-Origin: https://a.example
//!                                         Cache-Control: public, max-age=3600
//! ```
//!
//! ## Fix
//! `Vary: Origin` with every answer of the route: also those to requests without `Origin`, and refusals. Make `Origin`
//! part of the CDN's cache key.
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
    name: "risk-vary-origin-missing",
    family: Family::Risk,
    summary: "Access-Control-Allow-Origin varies but Vary does not say so",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("vary_origin_missing.rs"),
};
