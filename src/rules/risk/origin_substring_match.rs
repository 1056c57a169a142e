//! # risk-origin-substring-match
//!
//! ## What happened
//! The server accepted an origin whose domain is a part of a trusted one: `https://example.co` for `example.com`.
//!
//! ## Why it matters
//! The comparison asks whether one contains the other. Anybody can register the shorter name.
//!
//! ## How corsight tells
//! The domain of the accepted origin is a proper part of a trusted domain.
//!
//! ## Example
//! ```text
//! Origin: https://example.co              Access-Control-Allow-Origin: https://example.co
//! ```
//!
//! ## Fix
//! Compare the whole `Origin` with a list of exact origins. If patterns are needed, anchor them at both ends and escape
//! the dots: `^https://([a-z0-9-]+\.)?example\.com$`. Answer with `Vary: Origin`.
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
    name: "risk-origin-substring-match",
    family: Family::Risk,
    summary: "a part of a trusted origin is enough",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("origin_substring_match.rs"),
};
