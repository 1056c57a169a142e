//! # origin-null-seen
//!
//! ## What happened
//! Requests carry `Origin: null`, without a redirect that would explain it.
//!
//! ## Why that is so
//! The page has an opaque origin: an HTML file opened from disk, a sandboxed frame, a `data:` URL, a document with
//! `Content-Security-Policy: sandbox`. All of them share the one word `null`.
//!
//! ## How corsight tells
//! The first hop of a transaction has `Origin: null`. Told once per host.
//!
//! ## Example
//! ```text
//! GET /users HTTP/1.1
//! Origin: null
//! ```
//!
//! ## Fix
//! Serve the page over HTTP; add `allow-same-origin` to the frame's `sandbox` if it is your own. Do not allow `null` on
//! the server: anybody can make a page with that origin.
//!
//! ## Browsers' messages
//! - Chromium: Access to fetch at '…' from origin 'null' has been blocked by CORS policy: …
//!
//! ## Standard
//! HTML, opaque origin: <https://html.spec.whatwg.org/#concept-origin-opaque>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "origin-null-seen",
    family: Family::Surprise,
    summary: "requests arrive with Origin: null",
    severity: Severity::Note,
    codes: codes(None, None, None),
    file: include_str!("origin_null_seen.rs"),
};
