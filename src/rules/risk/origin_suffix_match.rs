//! # risk-origin-suffix-match
//!
//! ## What happened
//! The server accepted an origin that ends in the name of a trusted one without a dot before it:
//! `https://evilexample.com`.
//!
//! ## Why it matters
//! The comparison looks at the end only (`endsWith("example.com")`). Anybody can register such a name.
//!
//! ## How corsight tells
//! The accepted host ends in a trusted host or its domain, without a dot before, and belongs to another domain.
//!
//! ## Example
//! ```text
//! Origin: https://evilexample.com         Access-Control-Allow-Origin: https://evilexample.com
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
    name: "risk-origin-suffix-match",
    family: Family::Risk,
    summary: "origins are compared by their end only",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("origin_suffix_match.rs"),
};
