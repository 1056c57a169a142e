//! # preflight-allow-origin-invalid
//!
//! ## What happened
//! The answer to the preflight has an `Access-Control-Allow-Origin` that is no origin at all: empty, `undefined`, a bare
//! host name. The actual request was not sent.
//!
//! ## Why the browser refuses
//! The value must be `*`, `null`, or an origin that equals the page's byte for byte. What is not even a URL can equal
//! nothing.
//!
//! ## How corsight tells
//! The value differs from the preflight's `Origin`, holds neither space nor comma, is not `null`, and the URL standard's
//! parser rejects it.
//!
//! ## Example
//! ```text
//! OPTIONS /users/7 HTTP/1.1              HTTP/1.1 204 No Content
//! Origin: https://app.example.com        Access-Control-Allow-Origin: undefined
//! Access-Control-Request-Method: PUT
//! ```
//!
//! ## Fix
//! Write the whole origin with its scheme: `https://app.example.com`. `undefined` and `${…}` are variables that were
//! never set; an empty value is a map or expression that did not match.
//!
//! ## Browsers' messages
//! - Chromium: Response to preflight request doesn't pass access control check: The 'Access-Control-Allow-Origin' header
//!   contains the invalid value '…'. (`PreflightInvalidAllowOriginValue`)
//! - Firefox: CORS header 'Access-Control-Allow-Origin' does not match '…'. (`CORSAllowOriginNotMatchingOrigin`)
//! - Safari: Origin … is not allowed by Access-Control-Allow-Origin. Status code: N
//!
//! ## Standard
//! Fetch, CORS check: <https://fetch.spec.whatwg.org/#cors-check>

use crate::finding::Severity;
use crate::rules::codes::{W_ORIGIN, codes};
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "preflight-allow-origin-invalid",
    family: Family::Preflight,
    summary: "the preflight's Access-Control-Allow-Origin is not an origin",
    severity: Severity::Blocked,
    codes: codes(
        Some("PreflightInvalidAllowOriginValue"),
        Some("CORSAllowOriginNotMatchingOrigin"),
        Some(W_ORIGIN),
    ),
    file: include_str!("allow_origin_invalid.rs"),
};
