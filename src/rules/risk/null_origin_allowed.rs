//! # risk-null-origin-allowed
//!
//! ## What happened
//! The server answered `Access-Control-Allow-Origin: null` to a request with `Origin: null`.
//!
//! ## Why it matters
//! `null` is no origin of anybody's own: any page can get it with a sandboxed frame or a `data:` URL. To allow it is to
//! allow everybody; with credentials it opens users' data.
//!
//! ## How corsight tells
//! Request and answer both say `null`.
//!
//! ## Example
//! ```text
//! Origin: null                            Access-Control-Allow-Origin: null
//!                                         Access-Control-Allow-Credentials: true
//! ```
//!
//! ## Fix
//! Take `null` off the list. Pages from disk need a development server; redirected requests should call the final URL;
//! public data may answer `*`.
//!
//! ## Browsers' messages
//! none: browsers allow it.
//!
//! ## Standard
//! Fetch, CORS protocol: <https://fetch.spec.whatwg.org/#http-cors-protocol>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "risk-null-origin-allowed",
    family: Family::Risk,
    summary: "Origin null is allowed",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("null_origin_allowed.rs"),
};
