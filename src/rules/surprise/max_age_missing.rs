//! # max-age-missing
//!
//! ## What happened
//! The same client asked for the same permission again and again: the preflight's answer has no
//! `Access-Control-Max-Age`.
//!
//! ## Why it matters
//! Without the header browsers keep the answer for five seconds, Firefox in effect not at all. Every further request
//! waits for another `OPTIONS` first.
//!
//! ## How corsight tells
//! At least two successful preflights of one client, origin and URL without the header. The time that they cost is
//! added up. Recordings made with the cache disabled show the same; then nothing is wrong.
//!
//! ## Example
//! ```text
//! OPTIONS /users      204, no Access-Control-Max-Age      38 ms
//! OPTIONS /users      204, no Access-Control-Max-Age      41 ms
//! ```
//!
//! ## Fix
//! `Access-Control-Max-Age: 600` (Chromium keeps at most 7200, Safari 600, Firefox 86400). It helps only if URLs
//! repeat: a new id in every path needs a new preflight each time.
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
    name: "max-age-missing",
    family: Family::Surprise,
    summary: "preflights are repeated because their answers may not be kept",
    severity: Severity::Note,
    codes: codes(None, None, None),
    file: include_str!("max_age_missing.rs"),
};
