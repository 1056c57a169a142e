//! # risk-any-subdomain-trusted
//!
//! ## What happened
//! Many subdomains of one domain are accepted, with credentials.
//!
//! ## Why it matters
//! One forgotten or user-made subdomain (`old-blog.example.com`, a dangling DNS record, customers' own pages) is then
//! enough to read users' data.
//!
//! ## How corsight tells
//! At least three different subdomains of one domain were accepted with credentials.
//!
//! ## Example
//! ```text
//! Origin: https://customer-17.example.com Access-Control-Allow-Origin: https://customer-17.example.com
//!                                         Access-Control-Allow-Credentials: true
//! ```
//!
//! ## Fix
//! List the subdomains that need it. Keep user content on another domain.
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
    name: "risk-any-subdomain-trusted",
    family: Family::Risk,
    summary: "any subdomain is trusted with credentials",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("any_subdomain_trusted.rs"),
};
