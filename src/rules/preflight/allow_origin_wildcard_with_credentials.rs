//! # preflight-allow-origin-wildcard-with-credentials
//!
//! ## What happened
//! The page wants to make a request with credentials. The preflight was answered `Access-Control-Allow-Origin: *`, and
//! the actual request was not sent.
//!
//! ## Why the browser refuses
//! A preflight never carries cookies itself, but it is judged for the request that it announces. For a request with
//! credentials `*` counts neither as origin nor as method nor as header name.
//!
//! ## How corsight tells
//! The credentials mode is not on the wire. Evidence for it: the actual request that was seen elsewhere with `Cookie`;
//! a beacon; a browser's HAR that shows the failure although all else is right. In a capture the only trace is that
//! nothing followed the preflight: then the finding says `depends`.
//!
//! ## Example
//! ```text
//! OPTIONS /me HTTP/1.1                   HTTP/1.1 204 No Content
//! Origin: https://app.example.com        Access-Control-Allow-Origin: *
//! Access-Control-Request-Method: PUT     Access-Control-Allow-Methods: *
//! ```
//!
//! ## Fix
//! With cookies: answer the exact origin, `Access-Control-Allow-Credentials: true`, and list methods and headers by
//! name. Without: drop `credentials: "include"` or `withCredentials` in the client.
//!
//! ## Browsers' messages
//! - Chromium: Response to preflight request doesn't pass access control check: The value of the
//!   'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' … (`PreflightWildcardOriginNotAllowed`)
//! - Firefox: Credential is not supported if the CORS header 'Access-Control-Allow-Origin' is '*'. (`CORSNotSupportingCredentials`)
//! - Safari: Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.
//!
//! ## Standard
//! Fetch, CORS protocol and credentials: <https://fetch.spec.whatwg.org/#cors-protocol-and-credentials>

use crate::finding::Severity;
use crate::rules::codes::{W_WILDCARD, codes};
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "preflight-allow-origin-wildcard-with-credentials",
    family: Family::Preflight,
    summary: "the preflight's answer allows * and the actual request includes credentials",
    severity: Severity::Depends,
    codes: codes(
        Some("PreflightWildcardOriginNotAllowed"),
        Some("CORSNotSupportingCredentials"),
        Some(W_WILDCARD),
    ),
    file: include_str!("allow_origin_wildcard_with_credentials.rs"),
};
