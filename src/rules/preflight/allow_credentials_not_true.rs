//! # preflight-allow-credentials-not-true
//!
//! ## What happened
//! The page wants to make a request with credentials. The preflight's answer allows the origin, but does not say
//! `Access-Control-Allow-Credentials: true`. The actual request was not sent.
//!
//! ## Why the browser refuses
//! The permission must stand on both answers, the preflight's and the actual one. Many servers add it only where they
//! see a cookie, and a preflight never carries one.
//!
//! ## How corsight tells
//! Everything else in the preflight passes, and there is evidence of credentials: a beacon, a browser's HAR that shows
//! the failure, or a capture in which nothing followed. Without evidence corsight is silent.
//!
//! ## Example
//! ```text
//! OPTIONS /me HTTP/1.1                   HTTP/1.1 204 No Content
//! Origin: https://app.example.com        Access-Control-Allow-Origin: https://app.example.com
//! Access-Control-Request-Method: PUT     Access-Control-Allow-Methods: PUT
//! ```
//!
//! ## Fix
//! Send `Access-Control-Allow-Credentials: true` with the answer to `OPTIONS` too. If the request needs no cookies, drop
//! `credentials: "include"` or `withCredentials` in the client. `sendBeacon` always includes credentials.
//!
//! ## Browsers' messages
//! - Chromium: Response to preflight request doesn't pass access control check: The value of the
//!   'Access-Control-Allow-Credentials' header in the response is '' which must be 'true' … (`PreflightInvalidAllowCredentials`)
//! - Firefox: expected 'true' in CORS header 'Access-Control-Allow-Credentials'. (`CORSMissingAllowCredentials`)
//! - Safari: Credentials flag is true, but Access-Control-Allow-Credentials is not "true".
//!
//! ## Standard
//! Fetch, CORS check: <https://fetch.spec.whatwg.org/#cors-check>

use crate::finding::Severity;
use crate::rules::codes::{W_CREDENTIALS, codes};
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "preflight-allow-credentials-not-true",
    family: Family::Preflight,
    summary: "the preflight's answer does not allow the credentials of the actual request",
    severity: Severity::Depends,
    codes: codes(
        Some("PreflightInvalidAllowCredentials"),
        Some("CORSMissingAllowCredentials"),
        Some(W_CREDENTIALS),
    ),
    file: include_str!("allow_credentials_not_true.rs"),
};
