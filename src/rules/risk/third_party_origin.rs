//! # risk-third-party-origin
//!
//! ## What happened
//! The server allows, with credentials, an origin of a shared hosting service: `github.io`, `vercel.app`,
//! `netlify.app`, `codepen.io` and the like.
//!
//! ## Why it matters
//! Names there are given to anybody; when a project is deleted its name can be taken again. Preview deployments of
//! strangers match patterns such as `*.vercel.app`.
//!
//! ## How corsight tells
//! The accepted origin lies under a known shared suffix, the server does not, and credentials are allowed.
//!
//! ## Example
//! ```text
//! Origin: https://my-app.vercel.app       Access-Control-Allow-Origin: https://my-app.vercel.app
//!                                         Access-Control-Allow-Credentials: true
//! ```
//!
//! ## Fix
//! Use a domain of your own for production, and exact names of previews, without credentials where possible.
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
    name: "risk-third-party-origin",
    family: Family::Risk,
    summary: "an origin of a shared hosting service is trusted with credentials",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("third_party_origin.rs"),
};
