//! # preflight-allow-methods-unparsable
//!
//! ## What happened
//! `Access-Control-Allow-Methods` in the preflight's answer is not a list of methods: an element holds a space, a
//! semicolon, brackets or quotes. The actual request was not sent.
//!
//! ## Why the browser refuses
//! Methods are tokens, separated by commas. One faulty element spoils the whole list, even if the method in question is
//! in it.
//!
//! ## How corsight tells
//! All lines are joined and split at commas; empty elements are passed over (`,PUT,,GET,` is fine); the first element
//! that is not a token is shown.
//!
//! ## Example
//! ```text
//! OPTIONS /users/7 HTTP/1.1              HTTP/1.1 204 No Content
//! Access-Control-Request-Method: PUT     Access-Control-Allow-Methods: GET; PUT
//! ```
//!
//! ## Fix
//! Separate with commas: `Access-Control-Allow-Methods: GET, PUT`. Brackets and quotes are what happens when a language's
//! list is printed into the header.
//!
//! ## Browsers' messages
//! - Chromium: Cannot parse Access-Control-Allow-Methods response header field in preflight response.
//!   (`InvalidAllowMethodsPreflightResponse`)
//! - Firefox: invalid token '…' in CORS header 'Access-Control-Allow-Methods'. (`CORSInvalidAllowMethod`)
//! - Safari: Header Access-Control-Allow-Methods has an invalid value: …
//!
//! ## Standard
//! Fetch, CORS-preflight fetch; RFC 9110 §5.6.2 (token)

use crate::finding::Severity;
use crate::rules::case::{Case, Draft};
use crate::rules::codes::{W_METHODS, codes};
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::remedy;

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "preflight-allow-methods-unparsable",
    family: Family::Preflight,
    summary: "Access-Control-Allow-Methods is not a comma-separated list of methods",
    severity: Severity::Blocked,
    codes: codes(
        Some("InvalidAllowMethodsPreflightResponse"),
        Some("CORSInvalidAllowMethod"),
        Some(W_METHODS),
    ),
    file: include_str!("allow_methods_unparsable.rs"),
};

pub(crate) fn draft(case: &Case<'_>, element: &str) -> Draft {
    explain(case, &RULE, "access-control-allow-methods", element).fix([remedy::add_method(case)])
}

/// For either list.
pub(crate) fn explain(
    case: &Case<'_>,
    rule: &'static RuleInfo,
    name: &'static str,
    element: &str,
) -> Draft {
    let why = reason(element);
    Draft::new(
        rule,
        format!(
            "\"{}\" in {name} of the preflight's answer is no single token: {why}",
            element.escape_debug()
        ),
    )
    .tag(Some("not-a-token"))
    .evidence([case.field(name, why, Some(element))])
    .evidence(super::allow_origin_missing::asked(case))
}

fn reason(element: &str) -> &'static str {
    match element {
        _ if element.contains(':') => "only names belong here, no values",
        _ if element.contains(';') => "elements are separated by commas, not semicolons",
        _ if element.contains(['[', ']', '{', '}', '(', ')']) => "brackets do not belong here",
        _ if element.contains(['"', '\'']) => "quotes do not belong here",
        _ if element.contains([' ', '\t']) => "elements are separated by commas, not spaces",
        _ => "it holds a character that names may not have",
    }
}
