//! # risk-origin-prefix-match
//!
//! ## What happened
//! The server accepted an origin that begins with the name of a trusted one and goes on:
//! `https://example.com.evil.test`.
//!
//! ## Why it matters
//! The comparison looks at the beginning only. Anybody can register such a name.
//!
//! ## How corsight tells
//! The accepted host starts with a trusted host and belongs to another domain. Trusted are the server's own host and
//! the hosts of other accepted origins.
//!
//! ## Example
//! ```text
//! Origin: https://example.com.evil.test   Access-Control-Allow-Origin: https://example.com.evil.test
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
    name: "risk-origin-prefix-match",
    family: Family::Risk,
    summary: "origins are compared by their beginning only",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("origin_prefix_match.rs"),
};
