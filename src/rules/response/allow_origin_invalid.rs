//! # allow-origin-invalid
//!
//! ## What happened
//! `Access-Control-Allow-Origin` is there, but its value is no origin at all: empty, `undefined`, a bare host name,
//! a quoted star.
//!
//! ## Why the browser refuses
//! The value must equal the page's origin, byte for byte: scheme, `://`, host, and the port unless it is the default.
//! What is not even a URL can equal nothing.
//!
//! ## How corsight tells
//! The value differs from the request's origin, holds neither space nor comma, is not `null`, and the URL standard's
//! parser rejects it. (`localhost:3000` does parse, as a URL of the scheme `localhost`; that is `allow-origin-mismatch`.)
//!
//! ## Example
//! ```text
//! GET /feed HTTP/1.1                     HTTP/1.1 200 OK
//! Origin: https://app.example.com        Access-Control-Allow-Origin: app.example.com
//! ```
//!
//! ## Fix
//! Write the whole origin: `https://app.example.com`. The value often betrays the mistake: `undefined`, `null` in
//! quotes or `${ORIGIN}` is a variable that was never set; an empty value is a map or regular expression that did not
//! match; quotes came from a configuration file that does not need them.
//!
//! ## Browsers' messages
//! - Chromium: The 'Access-Control-Allow-Origin' header contains the invalid value '…'. (`InvalidAllowOriginValue`)
//! - Firefox: CORS header 'Access-Control-Allow-Origin' does not match '…'. (`CORSAllowOriginNotMatchingOrigin`)
//! - Safari: Origin … is not allowed by Access-Control-Allow-Origin. Status code: N
//!
//! ## Standard
//! Fetch, CORS check: <https://fetch.spec.whatwg.org/#cors-check>; HTML, serialisation of an origin.

use crate::finding::Severity;
use crate::rules::case::{Case, Draft};
use crate::rules::codes::{W_ORIGIN, codes};
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::remedy;

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "allow-origin-invalid",
    family: Family::Response,
    summary: "Access-Control-Allow-Origin is not an origin",
    severity: Severity::Blocked,
    codes: codes(
        Some("InvalidAllowOriginValue"),
        Some("CORSAllowOriginNotMatchingOrigin"),
        Some(W_ORIGIN),
    ),
    file: include_str!("allow_origin_invalid.rs"),
};

pub(crate) fn draft(case: &Case<'_>) -> Draft {
    explain(case, &RULE)
}

/// For any message whose value is no origin.
pub(crate) fn explain(case: &Case<'_>, rule: &'static RuleInfo) -> Draft {
    let value = case
        .value("access-control-allow-origin")
        .unwrap_or_default();
    let (tag, why) = reason(&value, case.origin());
    let cause = format!(
        "{} has  access-control-allow-origin: \"{}\",  which is no origin: {why}",
        case.noun(),
        value.escape_debug()
    );
    Draft::new(rule, cause)
        .parameter(value.clone())
        .tag(Some(tag))
        .evidence([
            case.field("access-control-allow-origin", why, Some("")),
            case.origin_line(),
        ])
        .fix([remedy::normalise(case), remedy::allow_origin(case)])
}

fn reason(value: &str, origin: &str) -> (&'static str, &'static str) {
    let host = origin.split_once("://").map_or("", |(_, host)| host);
    match value {
        "" => ("empty", "it is empty, so a map or expression did not match"),
        "undefined" | "None" | "nil" | "NULL" | "Null" | "false" | "true" => {
            ("unset-variable", "a variable was not set")
        }
        _ if value.starts_with('$') || value.starts_with('{') || value.starts_with('%') => {
            ("unset-variable", "a variable was not replaced")
        }
        _ if value.starts_with(['"', '\'']) => ("quoted", "the quotes are part of the value"),
        _ if value == host => ("scheme-missing", "the scheme is missing"),
        _ if value.contains(';') => ("semicolon", "a semicolon does not separate origins"),
        _ if value.contains('*') => ("pattern", "browsers know no patterns but a lone *"),
        _ => (
            "not-a-url",
            "an origin is scheme://host, with the port unless default",
        ),
    }
}
