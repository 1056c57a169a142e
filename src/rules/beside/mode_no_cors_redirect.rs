//! # mode-no-cors-redirect
//!
//! ## What happened
//! A script called `fetch(url, { mode: "no-cors", redirect: "manual" })` (or `"error"`).
//!
//! ## Why the browser refuses
//! In mode `no-cors` redirects are always followed, so that a page cannot learn whether there was one. Another redirect
//! mode is a mistake, and nothing is sent.
//!
//! ## How corsight tells
//! It cannot: the request leaves no trace in captures and HAR files. This page is for explaining the console's message.
//!
//! ## Example
//! ```text
//! fetch("https://api.example.com/ping", { mode: "no-cors", redirect: "manual" })
//! ```
//!
//! ## Fix
//! Remove `redirect`. If the answer is to be read, remove `mode: "no-cors"` too: its answers are opaque by design.
//!
//! ## Browsers' messages
//! - Chromium: … "no-cors" … redirect mode … is not "follow" (`NoCorsRedirectModeNotFollow`)
//! - Firefox: no CORS message, the promise is rejected
//! - Safari: no-cors requests must follow redirects
//!
//! ## Standard
//! Fetch, main fetch: <https://fetch.spec.whatwg.org/#main-fetch>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "mode-no-cors-redirect",
    family: Family::Beside,
    summary: "fetch mode no-cors with a redirect mode other than follow",
    severity: Severity::Note,
    codes: codes(Some("NoCorsRedirectModeNotFollow"), None, None),
    file: include_str!("mode_no_cors_redirect.rs"),
};
