//! # wildcard-literal-with-credentials
//!
//! ## What happened
//! The preflight was answered with `Access-Control-Allow-Methods: *` or `Access-Control-Allow-Headers: *`, and the
//! actual request includes credentials.
//!
//! ## Why the browser refuses
//! With credentials `*` is taken literally: a method or header called `*`. The request needs its own name on the list.
//!
//! ## How corsight tells
//! This is a special form of `preflight-method-not-allowed` and `preflight-header-not-allowed`, which carry the tag
//! `wildcard-with-credentials` then.
//!
//! ## Example
//! ```text
//! Access-Control-Request-Headers: x-api-key      Access-Control-Allow-Origin: https://app.example.com
//!                                                Access-Control-Allow-Credentials: true
//!                                                Access-Control-Allow-Headers: *
//! ```
//!
//! ## Fix
//! List methods and headers by name, or drop the credentials.
//!
//! ## Browsers' messages
//! Those of `preflight-method-not-allowed` and `preflight-header-not-allowed`.
//!
//! ## Standard
//! Fetch, CORS protocol and credentials: <https://fetch.spec.whatwg.org/#cors-protocol-and-credentials>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "wildcard-literal-with-credentials",
    family: Family::Surprise,
    summary: "* in a list of methods or headers does not count with credentials",
    severity: Severity::Depends,
    codes: codes(
        Some("HeaderDisallowedByPreflightResponse"),
        Some("CORSMissingAllowHeaderFromPreflight2"),
        None,
    ),
    file: include_str!("wildcard_literal_with_credentials.rs"),
};
