//! # method-case
//!
//! ## What happened
//! The method is on the server's list, but in other letters: `patch` was asked for and `PATCH` is listed, or the
//! reverse.
//!
//! ## Why the browser refuses
//! Methods are case-sensitive. Browsers turn `delete`, `get`, `head`, `options`, `post` and `put` into capitals, and
//! leave every other method as the script wrote it, `patch` above all.
//!
//! ## How corsight tells
//! A tag of `preflight-method-not-allowed`.
//!
//! ## Example
//! ```text
//! Access-Control-Request-Method: patch   Access-Control-Allow-Methods: GET, PATCH
//! ```
//!
//! ## Fix
//! Write `PATCH` in the client: `fetch(url, { method: "PATCH" })`. Many servers reject a lower-case method anyway.
//!
//! ## Browsers' messages
//! Those of `preflight-method-not-allowed`.
//!
//! ## Standard
//! RFC 9110 §9.1; Fetch, normalize a method: <https://fetch.spec.whatwg.org/#concept-method-normalize>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "method-case",
    family: Family::Surprise,
    summary: "the method is listed in other letters",
    severity: Severity::Note,
    codes: codes(
        Some("MethodDisallowedByPreflightResponse"),
        Some("CORSMethodNotFound"),
        Some("is not allowed by Access-Control-Allow-Methods"),
    ),
    file: include_str!("method_case.rs"),
};
