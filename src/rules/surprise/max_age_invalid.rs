//! # max-age-invalid
//!
//! ## What happened
//! `Access-Control-Max-Age` holds something that is no plain number: a decimal, a unit, two values, a negative number.
//!
//! ## Why it matters
//! Browsers fall back to five seconds (Chromium, Safari) or do not keep the answer at all (Firefox), so that nearly
//! every request has a preflight.
//!
//! ## How corsight tells
//! The combined value is not digits only, or too large for a 64-bit number. Told once per host.
//!
//! ## Example
//! ```text
//! HTTP/1.1 204 No Content
//! Access-Control-Max-Age: 10m
//! ```
//!
//! ## Fix
//! Digits only, in seconds, once: `Access-Control-Max-Age: 600`.
//!
//! ## Browsers' messages
//! none
//!
//! ## Standard
//! Fetch, Access-Control-Max-Age: <https://fetch.spec.whatwg.org/#http-access-control-max-age>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "max-age-invalid",
    family: Family::Surprise,
    summary: "Access-Control-Max-Age is not a number of seconds",
    severity: Severity::Note,
    codes: codes(None, None, None),
    file: include_str!("max_age_invalid.rs"),
};
