//! # preflight-allow-origin-multiple
//!
//! ## What happened
//! The answer to the preflight names more than one origin: two `Access-Control-Allow-Origin` lines, or a list in one.
//! The actual request was not sent.
//!
//! ## Why the browser refuses
//! Exactly one origin, `null` or `*` is allowed. Repeated lines are joined to one value, which then equals no origin,
//! even when both lines are right.
//!
//! ## How corsight tells
//! The combined value of the preflight's answer is neither `*` nor the origin, and holds a space or a comma. Two lines
//! come from two layers, typically the application and the proxy in front of it.
//!
//! ## Example
//! ```text
//! OPTIONS /users/7 HTTP/1.1              HTTP/1.1 204 No Content
//! Origin: https://app.example.com        Access-Control-Allow-Origin: https://app.example.com
//! Access-Control-Request-Method: PUT     Access-Control-Allow-Origin: https://app.example.com
//! ```
//!
//! ## Fix
//! Let one layer alone answer preflights, or hide the other layer's headers there
//! (nginx: `proxy_hide_header Access-Control-Allow-Origin;`). Look at the actual answer as well: it is usually doubled too.
//!
//! ## Browsers' messages
//! - Chromium: Response to preflight request doesn't pass access control check: The 'Access-Control-Allow-Origin' header
//!   contains multiple values … (`PreflightMultipleAllowOriginValues`)
//! - Firefox: Multiple CORS header 'Access-Control-Allow-Origin' not allowed. (`CORSMultipleAllowOriginNotAllowed`)
//! - Safari: Access-Control-Allow-Origin cannot contain more than one origin.
//!
//! ## Standard
//! Fetch, CORS check: <https://fetch.spec.whatwg.org/#cors-check>

use crate::finding::Severity;
use crate::rules::codes::{W_MULTIPLE, codes};
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "preflight-allow-origin-multiple",
    family: Family::Preflight,
    summary: "the preflight's answer holds more than one Access-Control-Allow-Origin",
    severity: Severity::Blocked,
    codes: codes(
        Some("PreflightMultipleAllowOriginValues"),
        Some("CORSMultipleAllowOriginNotAllowed"),
        Some(W_MULTIPLE),
    ),
    file: include_str!("allow_origin_multiple.rs"),
};
