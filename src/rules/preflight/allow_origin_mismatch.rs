//! # preflight-allow-origin-mismatch
//!
//! ## What happened
//! The answer to the preflight allows an origin, but not the one that asked. The actual request was not sent.
//!
//! ## Why the browser refuses
//! The value is compared with the page's origin byte for byte: a slash at the end, another scheme or port, `www.` or
//! `localhost` for `127.0.0.1` make it another origin.
//!
//! ## How corsight tells
//! The value is one URL-like word or `null` that differs from the preflight's `Origin`; the kind of difference is named
//! in the finding's tag (see `allow-origin-mismatch`).
//!
//! ## Example
//! ```text
//! OPTIONS /users/7 HTTP/1.1              HTTP/1.1 204 No Content
//! Origin: http://127.0.0.1:3000          Access-Control-Allow-Origin: http://localhost:3000
//! Access-Control-Request-Method: PUT
//! ```
//!
//! ## Fix
//! Write the origin exactly as browsers send it. For several origins compare the request's `Origin` with a list and
//! answer with the one that matched, with `Vary: Origin`. If the origin should not be allowed, nothing is wrong.
//!
//! ## Browsers' messages
//! - Chromium: Response to preflight request doesn't pass access control check: The 'Access-Control-Allow-Origin' header
//!   has a value '…' that is not equal to the supplied origin. (`PreflightAllowOriginMismatch`)
//! - Firefox: CORS header 'Access-Control-Allow-Origin' does not match '…'. (`CORSAllowOriginNotMatchingOrigin`)
//! - Safari: Origin … is not allowed by Access-Control-Allow-Origin. Status code: N
//!
//! ## Standard
//! Fetch, CORS check: <https://fetch.spec.whatwg.org/#cors-check>

use crate::finding::Severity;
use crate::rules::codes::{W_ORIGIN, codes};
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "preflight-allow-origin-mismatch",
    family: Family::Preflight,
    summary: "the preflight's answer allows another origin",
    severity: Severity::Blocked,
    codes: codes(
        Some("PreflightAllowOriginMismatch"),
        Some("CORSAllowOriginNotMatchingOrigin"),
        Some(W_ORIGIN),
    ),
    file: include_str!("allow_origin_mismatch.rs"),
};
