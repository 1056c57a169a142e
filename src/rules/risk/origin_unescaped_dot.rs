//! # risk-origin-unescaped-dot
//!
//! ## What happened
//! The server accepted an origin in which another character stands where a trusted one has a dot:
//! `https://wwwxexample.com`.
//!
//! ## Why it matters
//! A dot in a regular expression stands for any character. Anybody can register such a name.
//!
//! ## How corsight tells
//! The accepted host has the length of a trusted host and differs only where that has dots.
//!
//! ## Example
//! ```text
//! Origin: https://apixexample.com         Access-Control-Allow-Origin: https://apixexample.com
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
    name: "risk-origin-unescaped-dot",
    family: Family::Risk,
    summary: "a dot in the pattern of origins stands for any character",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("origin_unescaped_dot.rs"),
};
