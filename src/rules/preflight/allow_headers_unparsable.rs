//! # preflight-allow-headers-unparsable
//!
//! ## What happened
//! `Access-Control-Allow-Headers` in the preflight's answer is not a list of header names: an element holds a space, a
//! semicolon, a colon, brackets or quotes. The actual request was not sent.
//!
//! ## Why the browser refuses
//! Header names are tokens, separated by commas. One faulty element spoils the whole list, even if all names that are
//! needed are in it.
//!
//! ## How corsight tells
//! All lines are joined and split at commas; empty elements are passed over; the first element that is not a token is
//! shown.
//!
//! ## Example
//! ```text
//! OPTIONS /users/7 HTTP/1.1                        HTTP/1.1 204 No Content
//! Access-Control-Request-Headers: content-type     Access-Control-Allow-Headers: content-type: application/json
//! ```
//!
//! ## Fix
//! Names only, separated by commas: `Access-Control-Allow-Headers: content-type, authorization`. Values such as
//! `application/json` do not belong there; quotes and brackets come from a list printed as it is in the program.
//!
//! ## Browsers' messages
//! - Chromium: Cannot parse Access-Control-Allow-Headers response header field in preflight response.
//!   (`InvalidAllowHeadersPreflightResponse`)
//! - Firefox: invalid token '…' in CORS header 'Access-Control-Allow-Headers'. (`CORSInvalidAllowHeader`)
//! - Safari: Header Access-Control-Allow-Headers has an invalid value: …
//!
//! ## Standard
//! Fetch, CORS-preflight fetch; RFC 9110 §5.6.2 (token)

use crate::finding::Severity;
use crate::rules::case::{Case, Draft};
use crate::rules::codes::{W_HEADERS, codes};
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::remedy;

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "preflight-allow-headers-unparsable",
    family: Family::Preflight,
    summary: "Access-Control-Allow-Headers is not a comma-separated list of header names",
    severity: Severity::Blocked,
    codes: codes(
        Some("InvalidAllowHeadersPreflightResponse"),
        Some("CORSInvalidAllowHeader"),
        Some(W_HEADERS),
    ),
    file: include_str!("allow_headers_unparsable.rs"),
};

pub(crate) fn draft(case: &Case<'_>, element: &str) -> Draft {
    let asked = remedy::asked(case);
    super::allow_methods_unparsable::explain(case, &RULE, "access-control-allow-headers", element)
        .fix([remedy::add_header(case, &asked)])
}
