//! # risk-max-age-long
//!
//! ## What happened
//! A preflight with credentials may be kept for longer than a day.
//!
//! ## Why it matters
//! When an origin or method is taken off the list, Firefox goes on for a day with the old permission. (Chromium keeps it
//! two hours, Safari ten minutes.) Whoever asks for more expects it to last even longer.
//!
//! ## How corsight tells
//! `Access-Control-Max-Age` is more than 86400 and `Access-Control-Allow-Credentials` is `true`. A day is the default of
//! widespread frameworks (Django) and no risk by itself.
//!
//! ## Example
//! ```text
//! Access-Control-Allow-Credentials: true
//! Access-Control-Max-Age: 1728000
//! ```
//!
//! ## Fix
//! `Access-Control-Max-Age: 7200` or less.
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
    name: "risk-max-age-long",
    family: Family::Risk,
    summary: "permission with credentials is kept for longer than a day",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("max_age_long.rs"),
};
