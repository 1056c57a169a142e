//! # risk-http-origin-trusted
//!
//! ## What happened
//! A server on https allows a page on `http://`.
//!
//! ## Why it matters
//! Anyone on that user's network can change the http page and thereby speak as a trusted origin: TLS of the server no
//! longer protects its data.
//!
//! ## How corsight tells
//! The answer to an https request echoes an `http:` origin that is not the local machine.
//!
//! ## Example
//! ```text
//! Origin: http://app.example.com          Access-Control-Allow-Origin: http://app.example.com
//! ```
//!
//! ## Fix
//! Allow `https://` origins only, and redirect the page itself to https.
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
    name: "risk-http-origin-trusted",
    family: Family::Risk,
    summary: "an https server trusts an http origin",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("http_origin_trusted.rs"),
};
