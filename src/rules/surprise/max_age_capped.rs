//! # max-age-capped
//!
//! ## What happened
//! `Access-Control-Max-Age` is larger than the browser's own limit.
//!
//! ## Why it matters
//! Little: the value is cut to 7200 seconds in Chromium, 86400 in Firefox, 600 in Safari. Only Firefox users keep an
//! old permission for a day, which delays corrections.
//!
//! ## How corsight tells
//! The value of a successful preflight is above the limit of the browser that asked. Told once per host.
//!
//! ## Example
//! ```text
//! HTTP/1.1 204 No Content
//! Access-Control-Max-Age: 1728000
//! ```
//!
//! ## Fix
//! None needed; 600 to 7200 is what has an effect.
//!
//! ## Browsers' messages
//! none
//!
//! ## Standard
//! Fetch, CORS-preflight cache: <https://fetch.spec.whatwg.org/#cors-preflight-cache>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "max-age-capped",
    family: Family::Surprise,
    summary: "Access-Control-Max-Age is longer than the browser keeps an answer",
    severity: Severity::Note,
    codes: codes(None, None, None),
    file: include_str!("max_age_capped.rs"),
};
