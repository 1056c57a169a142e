//! # preflight-only-headers
//!
//! ## What happened
//! The preflight was answered with `Access-Control-Allow-Origin`, so the browser sent the actual request; its answer
//! does not have the header, and the page may not read it.
//!
//! ## Why the browser refuses
//! The preflight asks "may I send it?", the CORS check of the actual answer "may I hand it over?". Both need the
//! header.
//!
//! ## How corsight tells
//! A tag of `allow-origin-missing`, set when the paired preflight carried the header and the answer is no error.
//!
//! ## Example
//! ```text
//! OPTIONS /users/7                       204, Access-Control-Allow-Origin: https://app.example.com
//! PUT /users/7                           200, no Access-Control-Allow-Origin
//! ```
//!
//! ## Fix
//! Send the header with every answer. Typical causes: the headers were added in the `OPTIONS` handler only (API
//! Gateway's mock method, an `if` in nginx), and the application was expected to add its own.
//!
//! ## Browsers' messages
//! Those of `allow-origin-missing`.
//!
//! ## Standard
//! Fetch, HTTP fetch: <https://fetch.spec.whatwg.org/#http-fetch>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "preflight-only-headers",
    family: Family::Surprise,
    summary: "the preflight's answer has CORS headers, the actual answer has none",
    severity: Severity::Blocked,
    codes: codes(
        Some("MissingAllowOriginHeader"),
        Some("CORSMissingAllowOrigin2"),
        None,
    ),
    file: include_str!("preflight_only_headers.rs"),
};
