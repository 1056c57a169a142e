//! # cookie-withheld
//!
//! ## What happened
//! A request was made with credentials, the server had set a cookie for its host before, and the cookie was not sent.
//!
//! ## Why it is no CORS failure
//! CORS says who may read; whether a cookie travels is decided by `SameSite`, by the browser's third-party cookie
//! policy and by `Secure`. The answer is then that of a stranger: often 401.
//!
//! ## How corsight tells
//! It is named where an answer with status 401 or 403 follows on a cross-site request with credentials that carried no
//! `Cookie`, in a recording that keeps cookies. `Sec-Fetch-Storage-Access: none` says it plainly.
//!
//! ## Example
//! ```text
//! GET /me HTTP/1.1                       HTTP/1.1 401 Unauthorized
//! Sec-Fetch-Site: cross-site             Access-Control-Allow-Origin: https://app.example.com
//! Sec-Fetch-Storage-Access: none         Access-Control-Allow-Credentials: true
//! ```
//!
//! ## Fix
//! Set the cookie with `SameSite=None; Secure` (and `Partitioned` where third-party cookies are blocked), or serve API
//! and page under one site: `app.example.com` and `api.example.com`.
//!
//! ## Browsers' messages
//! - Chromium: in the Issues tab: Mark cross-site cookies as Secure …
//! - Firefox: Cookie "…" has been rejected because it is in a cross-site context and its "SameSite" is "Lax" …
//! - Safari: none
//!
//! ## Standard
//! RFC 6265bis; Fetch, CORS protocol and credentials

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "cookie-withheld",
    family: Family::Beside,
    summary: "a request with credentials went out without its cookie",
    severity: Severity::Note,
    codes: codes(None, None, None),
    file: include_str!("cookie_withheld.rs"),
};
