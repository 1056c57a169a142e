//! # risk-dev-origin-in-production
//!
//! ## What happened
//! A public server allows origins of development: `http://localhost:3000`, `127.0.0.1`, `null`,
//! `capacitor://localhost`.
//!
//! ## Why it matters
//! Any program on a user's machine that serves pages there speaks as a trusted origin. Hybrid apps (Capacitor, Ionic)
//! legitimately have such origins.
//!
//! ## How corsight tells
//! The server's host is public and the accepted origin is one of these.
//!
//! ## Example
//! ```text
//! Host: api.example.com
//! Origin: http://localhost:3000           Access-Control-Allow-Origin: http://localhost:3000
//! ```
//!
//! ## Fix
//! Keep the list per environment. For hybrid apps leave exactly their origin, without credentials if tokens do.
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
    name: "risk-dev-origin-in-production",
    family: Family::Risk,
    summary: "a public server allows origins of development",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("dev_origin_in_production.rs"),
};
