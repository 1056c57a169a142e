//! # risk-allow-credentials-with-wildcard-config
//!
//! ## What happened
//! The server sends `Access-Control-Allow-Origin: *` together with `Access-Control-Allow-Credentials: true`.
//!
//! ## Why it matters
//! The pair never works for requests with credentials, and for others the second header has no meaning. It shows that
//! somebody wanted both; the usual next step, reflection of any origin, is dangerous.
//!
//! ## How corsight tells
//! Both headers stand on one answer.
//!
//! ## Example
//! ```text
//! Access-Control-Allow-Origin: *
//! Access-Control-Allow-Credentials: true
//! ```
//!
//! ## Fix
//! Public data: remove the credentials header. User data: list exact origins instead of `*`.
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
    name: "risk-allow-credentials-with-wildcard-config",
    family: Family::Risk,
    summary: "* together with Access-Control-Allow-Credentials: true",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("allow_credentials_with_wildcard_config.rs"),
};
