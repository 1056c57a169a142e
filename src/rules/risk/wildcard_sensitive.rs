//! # risk-wildcard-sensitive
//!
//! ## What happened
//! An answer that looks private allows everybody: `Access-Control-Allow-Origin: *`.
//!
//! ## Why it matters
//! `*` keeps cookies out, but not what is guarded by the network (a server at a private address), by a token that many
//! pages know, or by nothing at all.
//!
//! ## How corsight tells
//! The answer says `*`, and the request carried `Authorization` or an API key, or the answer sets a cookie or says
//! `Cache-Control: private`, or the server has a private address.
//!
//! ## Example
//! ```text
//! Authorization: Bearer …                 Access-Control-Allow-Origin: *
//!                                         Cache-Control: private
//! ```
//!
//! ## Fix
//! For data that is not meant for every page keep a list of exact origins. For public data all is well.
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
    name: "risk-wildcard-sensitive",
    family: Family::Risk,
    summary: "an answer that looks private allows any origin",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("wildcard_sensitive.rs"),
};
