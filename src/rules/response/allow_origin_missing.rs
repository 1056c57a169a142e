//! # allow-origin-missing
//!
//! ## What happened
//! A page asked another origin for something, and the answer came back without `Access-Control-Allow-Origin`.
//! The server may well have done its work: the page alone is not allowed to see the result.
//!
//! ## Why the browser refuses
//! An answer from another origin is closed to scripts unless the server opens it. No header means: closed. That holds
//! for every status; a 500 without the header looks to the page exactly like a network failure.
//!
//! ## How corsight tells
//! The request is in mode `cors` (it has a foreign `Origin`, or `Sec-Fetch-Mode: cors`), its answer's field section is
//! complete, and the field is not in it. A 304 that revalidates the browser's own copy is left out. Look at the status
//! first: error pages made by a proxy, a rate limiter or an exception handler often bypass the CORS layer.
//!
//! ## Example
//! ```text
//! GET /users/7 HTTP/1.1                  HTTP/1.1 502 Bad Gateway
//! Host: api.example.com                  Server: nginx
//! Origin: https://app.example.com        Content-Type: text/html
//! ```
//!
//! ## Fix
//! Send `Access-Control-Allow-Origin: https://app.example.com` (or `*` for public data without cookies) with *every*
//! answer of the route, errors and redirects included. In nginx that takes `add_header … always`. If the value depends
//! on the request, send `Vary: Origin` as well. If the status is an error, repair that first.
//!
//! ## Browsers' messages
//! - Chromium: No 'Access-Control-Allow-Origin' header is present on the requested resource.
//!   (`MissingAllowOriginHeader`)
//! - Firefox: CORS header 'Access-Control-Allow-Origin' missing. Status code: N. (`CORSMissingAllowOrigin2`)
//! - Safari: Origin … is not allowed by Access-Control-Allow-Origin. Status code: N
//!
//! ## Standard
//! Fetch, CORS check: <https://fetch.spec.whatwg.org/#cors-check>

use crate::finding::{Evidence, Fix, MessageKind, Severity};
use crate::rules::case::{Case, Draft, evidence};
use crate::rules::codes::{W_ORIGIN, codes};
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::{remedy, tags};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "allow-origin-missing",
    family: Family::Response,
    summary: "the answer has no Access-Control-Allow-Origin",
    severity: Severity::Blocked,
    codes: codes(
        Some("MissingAllowOriginHeader"),
        Some("CORSMissingAllowOrigin2"),
        Some(W_ORIGIN),
    ),
    file: include_str!("allow_origin_missing.rs"),
};

pub(crate) fn draft(case: &Case<'_>) -> Draft {
    let tag = tags::of_answer(case);
    Draft::new(&RULE, cause(case, tag))
        .tag(tag)
        .evidence(facts(case))
        .evidence(preflight_facts(case))
        .fix(fixes(case, tag))
}

/// The facts of any answer without the header.
pub(crate) fn facts(case: &Case<'_>) -> Vec<Evidence> {
    let mut facts = vec![
        case.field("access-control-allow-origin", "absent", None),
        case.origin_line(),
        case.status_line(""),
    ];
    facts.extend(case.answerer());
    facts
}

fn preflight_facts(case: &Case<'_>) -> Option<Evidence> {
    let value = case
        .hop
        .preflight()?
        .response_field("access-control-allow-origin")?;
    Some(evidence(
        MessageKind::PreflightResponse,
        "access-control-allow-origin",
        value,
        "the preflight had it",
    ))
}

fn cause(case: &Case<'_>, tag: Option<&str>) -> String {
    let origin = case.origin();
    let status = case.status();
    let server = case
        .fields()
        .first("server")
        .map_or(String::new(), |server| format!(" (Server: {server})"));
    match tag {
        Some("gateway-error" | "server-error") => format!(
            "the server failed with {status}{server}, and this error answer carries no CORS headers: the page sees a CORS error instead of the {status}"
        ),
        Some("payload-too-large") => format!(
            "the request was too large for the server{server}: the 413 carries no CORS headers, so the page sees a CORS error"
        ),
        Some("rate-limited") => format!(
            "the server refused with 429 (too many requests){server}, and this answer carries no CORS headers"
        ),
        Some("waf-block") => format!(
            "a firewall or bot protection{server} answered {status} in place of the application"
        ),
        Some("auth-error" | "client-error") => format!(
            "the answer {status}{server} carries no Access-Control-Allow-Origin, so the page cannot see that it is a {status}"
        ),
        Some("preflight-only-headers") => format!(
            "the preflight allowed {origin}, but the actual answer has no Access-Control-Allow-Origin: both need it"
        ),
        Some("cached-without-vary") => format!(
            "a cache answered with a copy without Access-Control-Allow-Origin, and Vary does not name Origin: the copy was made for another request than {origin}'s"
        ),
        Some("origin-not-listed") => format!(
            "the server's CORS layer did not allow {origin}: the answer varies by Origin but has no Access-Control-Allow-Origin"
        ),
        _ => format!("the answer has no Access-Control-Allow-Origin, so {origin} may not read it"),
    }
}

fn fixes(case: &Case<'_>, tag: Option<&str>) -> Vec<Fix> {
    match tag {
        Some("gateway-error" | "server-error" | "payload-too-large" | "rate-limited") => {
            vec![
                remedy::fix_server_error(case),
                remedy::send_cors_on_errors(case),
            ]
        }
        Some("auth-error" | "client-error") => {
            vec![
                remedy::send_cors_on_errors(case),
                remedy::allow_origin(case),
            ]
        }
        Some("waf-block") => vec![
            remedy::plain(
                "waf-allow",
                "let this request pass the firewall or bot protection",
            ),
            remedy::send_cors_on_errors(case),
        ],
        Some("cached-without-vary") => vec![
            remedy::vary_origin(case),
            remedy::plain(
                "purge-cache",
                "purge the cache, and make Origin part of its key",
            ),
            remedy::allow_origin(case),
        ],
        _ => remedy::allow_origin_by_name(case),
    }
}
