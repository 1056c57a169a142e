//! # mixed-content
//!
//! ## What happened
//! A page loaded over `https` asked for an `http` URL. The browser did not send the request.
//!
//! ## Why the browser refuses
//! Anyone on the way could read or change the answer, and with it the page. This is no CORS rule: no
//! `Access-Control-Allow-…` header can help, though people call it a CORS error.
//!
//! ## How corsight tells
//! The recorder's page is `https`, the URL is `http` and not the local machine, nothing was answered, and the recorder
//! names no network failure (Chromium writes an empty error text for it). A capture holds no trace.
//!
//! ## Example
//! ```text
//! fetch("http://api.example.com/users")          (on https://app.example.com)
//! ```
//!
//! ## Fix
//! Serve the API over https and call that. During development put a tunnel or a proxy of the dev server in front of it.
//! `Content-Security-Policy: upgrade-insecure-requests` rewrites old URLs, if the server answers on https.
//!
//! ## Browsers' messages
//! - Chromium: Mixed Content: The page at '…' was loaded over HTTPS, but requested an insecure resource '…'.
//! - Firefox: Blocked loading mixed active content "…"
//! - Safari: … was not allowed to run insecure content from …
//!
//! ## Standard
//! Mixed Content: <https://w3c.github.io/webappsec-mixed-content/>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "mixed-content",
    family: Family::Beside,
    summary: "an https page calls an http URL",
    severity: Severity::Blocked,
    codes: codes(None, None, Some("was not allowed to run insecure content")),
    file: include_str!("mixed_content.rs"),
};
