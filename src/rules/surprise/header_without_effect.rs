//! # header-without-effect
//!
//! ## What happened
//! CORS headers stand on the wrong kind of answer: `Access-Control-Allow-Methods`, `-Allow-Headers` or `-Max-Age` on an
//! actual answer, `-Expose-Headers` on a preflight's; or `Access-Control-Allow-Credentials: false`.
//!
//! ## Why it matters
//! Browsers do not look at them there. It does no harm, but people wonder why the header that they see does not help.
//!
//! ## How corsight tells
//! By the answer's kind. Told once per host and header.
//!
//! ## Example
//! ```text
//! GET /users                             200, Access-Control-Allow-Methods: GET, PUT
//! OPTIONS /users/7                       204, Access-Control-Expose-Headers: X-Total-Count
//! ```
//!
//! ## Fix
//! Methods, headers and max-age belong on the answer to `OPTIONS`, exposed headers on the actual answer. For "no
//! credentials" leave the header out.
//!
//! ## Browsers' messages
//! none
//!
//! ## Standard
//! Fetch, HTTP responses (CORS protocol): <https://fetch.spec.whatwg.org/#http-responses>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "header-without-effect",
    family: Family::Surprise,
    summary: "a CORS header stands where browsers do not look at it",
    severity: Severity::Note,
    codes: codes(None, None, None),
    file: include_str!("header_without_effect.rs"),
};
