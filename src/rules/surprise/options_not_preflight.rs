//! # options-not-preflight
//!
//! ## What happened
//! Somebody sent `OPTIONS` without `Access-Control-Request-Method` or without `Origin`.
//!
//! ## Why it matters
//! It is no CORS preflight: a tool's test, a WebDAV client, a health check, a script's own `OPTIONS`. Its answer says
//! nothing about CORS, and a missing header in it is no fault. People test with `curl -X OPTIONS` and wonder.
//!
//! ## How corsight tells
//! By the two fields that make a preflight.
//!
//! ## Example
//! ```text
//! OPTIONS /users HTTP/1.1
//! Host: api.example.com
//! ```
//!
//! ## Fix
//! To test a preflight send what a browser sends:
//! `curl -i -X OPTIONS -H 'Origin: https://app.example.com' -H 'Access-Control-Request-Method: PUT' URL`
//!
//! ## Browsers' messages
//! none
//!
//! ## Standard
//! Fetch, CORS-preflight request: <https://fetch.spec.whatwg.org/#cors-preflight-request>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "options-not-preflight",
    family: Family::Surprise,
    summary: "an OPTIONS request that is no CORS preflight",
    severity: Severity::Note,
    codes: codes(None, None, None),
    file: include_str!("options_not_preflight.rs"),
};
