//! # risk-wide-allow-lists
//!
//! ## What happened
//! The preflight allows methods that no page needs: `TRACE`, `CONNECT`, or every verb there is.
//!
//! ## Why it matters
//! It is a sign of a configuration that was opened until the error went away. The methods themselves are forbidden to
//! scripts.
//!
//! ## How corsight tells
//! `Access-Control-Allow-Methods` lists `TRACE` or `CONNECT`.
//!
//! ## Example
//! ```text
//! Access-Control-Allow-Methods: GET, POST, PUT, DELETE, TRACE, CONNECT
//! ```
//!
//! ## Fix
//! List the methods that the route has.
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
    name: "risk-wide-allow-lists",
    family: Family::Risk,
    summary: "Access-Control-Allow-Methods lists methods that no page can use",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("wide_allow_lists.rs"),
};
