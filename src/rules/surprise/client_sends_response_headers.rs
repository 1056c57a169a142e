//! # client-sends-response-headers
//!
//! ## What happened
//! The client code sets `Access-Control-Allow-Origin` (or another CORS *response* header) on its request.
//!
//! ## Why it matters
//! It allows nothing: only the server can give permission. But it turns a simple request into one with a preflight, in
//! which the server must then allow the header's name. So it creates the failure that it should cure.
//!
//! ## How corsight tells
//! `Access-Control-Request-Headers` lists a name that starts with `access-control-allow-`, `-expose-` or `-max-`. If
//! the preflight fails for it, it is the tag of `preflight-header-not-allowed`.
//!
//! ## Example
//! ```text
//! OPTIONS /users HTTP/1.1
//! Access-Control-Request-Headers: access-control-allow-origin,content-type
//! ```
//!
//! ## Fix
//! Remove the headers from the client's code (`axios.defaults.headers`, `fetch(…, { headers })`).
//!
//! ## Browsers' messages
//! - Chromium: Request header field access-control-allow-origin is not allowed by Access-Control-Allow-Headers …
//!
//! ## Standard
//! Fetch, HTTP responses (CORS protocol): <https://fetch.spec.whatwg.org/#http-responses>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "client-sends-response-headers",
    family: Family::Surprise,
    summary: "the client puts CORS response headers on its request",
    severity: Severity::Note,
    codes: codes(None, None, None),
    file: include_str!("client_sends_response_headers.rs"),
};
