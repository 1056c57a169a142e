//! # csp-blocked
//!
//! ## What happened
//! The page's own `Content-Security-Policy` does not list the target. The browser did not send the request.
//!
//! ## Why the browser refuses
//! A page can bind itself: `connect-src` names where its scripts may connect to. It is the page's rule, not the API's;
//! CORS headers do not matter.
//!
//! ## How corsight tells
//! The recorder's error says so (`csp`, `net::ERR_BLOCKED_BY_CSP`). A capture holds no trace.
//!
//! ## Example
//! ```text
//! Content-Security-Policy: default-src 'self'
//! fetch("https://api.example.com/users")         refused
//! ```
//!
//! ## Fix
//! Add the API to the policy of the *page*: `connect-src 'self' https://api.example.com`.
//!
//! ## Browsers' messages
//! - Chromium: Refused to connect to '…' because it violates the following Content Security Policy directive: …
//! - Firefox: Content-Security-Policy: The page's settings blocked the loading of a resource at … ("connect-src").
//! - Safari: Refused to connect to … because it does not appear in the connect-src directive …
//!
//! ## Standard
//! Content Security Policy Level 3: <https://w3c.github.io/webappsec-csp/#directive-connect-src>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "csp-blocked",
    family: Family::Beside,
    summary: "the page's own Content-Security-Policy forbids the load",
    severity: Severity::Note,
    codes: codes(None, None, Some("Refused to connect")),
    file: include_str!("csp_blocked.rs"),
};
