//! # expose-headers-missing
//!
//! ## What happened
//! An answer carries a header that is made for scripts (a total count, page links, a file name, rate limits, a token),
//! and the page's script cannot read it.
//!
//! ## Why the browser hides it
//! Across origins scripts see seven headers only: `Cache-Control`, `Content-Language`, `Content-Length`,
//! `Content-Type`, `Expires`, `Last-Modified`, `Pragma`. The rest must be named in `Access-Control-Expose-Headers`, on
//! the actual answer. There is no message in the console: `response.headers.get(…)` is `null`.
//!
//! ## How corsight tells
//! It cannot prove a need. It names headers that have no other use than to be read by the caller, once per host and
//! route, as `depends`.
//!
//! ## Example
//! ```text
//! GET /users?page=2 HTTP/1.1             HTTP/1.1 200 OK
//! Origin: https://app.example.com        Access-Control-Allow-Origin: *
//!                                        X-Total-Count: 431
//! ```
//!
//! ## Fix
//! `Access-Control-Expose-Headers: X-Total-Count` on the actual answer (not on the preflight's). `*` works only for
//! requests without credentials.
//!
//! ## Browsers' messages
//! - Chromium: Refused to get unsafe header "…" (XMLHttpRequest only)
//! - Firefox, Safari: none, or the same
//!
//! ## Standard
//! Fetch, CORS-exposed header-name list:
//! <https://fetch.spec.whatwg.org/#concept-response-cors-exposed-header-name-list>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "expose-headers-missing",
    family: Family::Surprise,
    summary: "a response header that scripts usually need is not exposed",
    severity: Severity::Depends,
    codes: codes(None, None, None),
    file: include_str!("expose_headers_missing.rs"),
};
