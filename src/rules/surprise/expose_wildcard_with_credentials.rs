//! # expose-wildcard-with-credentials
//!
//! ## What happened
//! The answer says `Access-Control-Expose-Headers: *`, and the request was made with credentials.
//!
//! ## Why the browser hides the headers
//! With credentials `*` is a header called `*`, not a wildcard: nothing is exposed by it. The answer itself can be
//! read.
//!
//! ## How corsight tells
//! There is evidence of credentials (see `allow-origin-wildcard-with-credentials`), and the list holds `*`.
//!
//! ## Example
//! ```text
//! GET /me HTTP/1.1                       HTTP/1.1 200 OK
//! Origin: https://app.example.com        Access-Control-Allow-Origin: https://app.example.com
//! Cookie: session=…                      Access-Control-Allow-Credentials: true
//!                                        Access-Control-Expose-Headers: *
//! ```
//!
//! ## Fix
//! Name the headers: `Access-Control-Expose-Headers: X-Total-Count, Link`.
//!
//! ## Browsers' messages
//! none; `response.headers.get(…)` is `null`
//!
//! ## Standard
//! Fetch, main fetch: <https://fetch.spec.whatwg.org/#main-fetch>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "expose-wildcard-with-credentials",
    family: Family::Surprise,
    summary: "Access-Control-Expose-Headers is * and the request includes credentials",
    severity: Severity::Depends,
    codes: codes(None, None, None),
    file: include_str!("expose_wildcard_with_credentials.rs"),
};
