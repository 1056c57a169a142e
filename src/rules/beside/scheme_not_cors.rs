//! # scheme-not-cors
//!
//! ## What happened
//! A page asked for a URL that is not `http:` or `https:` across origins: `file:`, `myapp:`, `chrome:`.
//!
//! ## Why the browser refuses
//! CORS is a protocol over HTTP headers. Where there are no headers, nobody can give permission.
//!
//! ## How corsight tells
//! Captures never hold such a request, and Chromium leaves it out of its HAR. This page is for explaining the message.
//! Typical causes: an HTML file opened from disk that loads modules next to it; a base URL without scheme.
//!
//! ## Example
//! ```text
//! import "./main.js"                     (in file:///home/me/index.html)
//! fetch("localhost:3000/users")          (scheme "localhost:")
//! ```
//!
//! ## Fix
//! Serve the page over HTTP, also during development (`npx serve`, `python3 -m http.server`). Write URLs with their
//! scheme: `http://localhost:3000/users`.
//!
//! ## Browsers' messages
//! - Chromium: Cross origin requests are only supported for protocol schemes: http, https, … (`CorsDisabledScheme`)
//! - Firefox: CORS request not HTTP. (`CORSRequestNotHttp`)
//! - Safari: Cross origin requests are only supported for HTTP.
//!
//! ## Standard
//! Fetch, main fetch: <https://fetch.spec.whatwg.org/#main-fetch>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "scheme-not-cors",
    family: Family::Beside,
    summary: "the URL is not http or https",
    severity: Severity::Note,
    codes: codes(
        Some("CorsDisabledScheme"),
        Some("CORSRequestNotHttp"),
        Some("Cross origin requests are only supported for HTTP"),
    ),
    file: include_str!("scheme_not_cors.rs"),
};
