//! # risk-state-change-on-blocked-origin
//!
//! ## What happened
//! A page of another origin sent a simple `POST`; the server did not allow the origin, and answered 2xx all the same.
//!
//! ## Why it matters
//! CORS hides the answer, it does not stop the request. Any page can send such a `POST` with the user's cookies (CSRF).
//!
//! ## How corsight tells
//! A `POST` with the content type of a form, without preflight, answered 2xx or 3xx without
//! `Access-Control-Allow-Origin`. Whether the server changed anything cannot be seen.
//!
//! ## Example
//! ```text
//! POST /transfer HTTP/1.1                 HTTP/1.1 200 OK
//! Origin: https://other.example           (no Access-Control-Allow-Origin)
//! Content-Type: text/plain
//! ```
//!
//! ## Fix
//! Check `Origin` or a CSRF token on the server before acting; set cookies with `SameSite=Lax` or stricter.
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
    name: "risk-state-change-on-blocked-origin",
    family: Family::Risk,
    summary: "a simple POST from a foreign origin was accepted",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("state_change_on_blocked_origin.rs"),
};
