//! # mode-same-origin
//!
//! ## What happened
//! A script called `fetch(url, { mode: "same-origin" })` for a URL of another origin.
//!
//! ## Why the browser refuses
//! The mode says that the request must stay at home. Nothing is sent, and no CORS header can help.
//!
//! ## How corsight tells
//! It cannot: such a request leaves no trace in a capture, and none in Chromium's HAR. This page is for explaining the
//! console's message.
//!
//! ## Example
//! ```text
//! fetch("https://api.example.com/users", { mode: "same-origin" })      (on https://app.example.com)
//! ```
//!
//! ## Fix
//! Remove `mode: "same-origin"`; `cors` is the default. Or call a URL of the page's own origin. Look for the option in
//! wrappers and service workers: it is rarely written on purpose.
//!
//! ## Browsers' messages
//! - Chromium: Fetch API cannot load …. Request mode is "same-origin" but the URL's origin is not same as the request
//!   origin. (`DisallowedByMode`)
//! - Firefox: no CORS message, the promise is rejected
//! - Safari: Unsafe attempt to load URL … from origin …
//!
//! ## Standard
//! Fetch, main fetch: <https://fetch.spec.whatwg.org/#main-fetch>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "mode-same-origin",
    family: Family::Beside,
    summary: "fetch mode same-origin to another origin",
    severity: Severity::Note,
    codes: codes(
        Some("DisallowedByMode"),
        None,
        Some("Unsafe attempt to load URL"),
    ),
    file: include_str!("mode_same_origin.rs"),
};
