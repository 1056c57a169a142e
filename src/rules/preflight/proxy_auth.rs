//! # preflight-proxy-auth
//!
//! ## What happened
//! A proxy answered the preflight with 407: it wants the user to log in at the proxy first.
//!
//! ## Why the browser refuses
//! A preflight carries no credentials of any kind, so the proxy's login cannot take place in it. A request without
//! preflight to the same host usually lets the browser log in, after which the rest works.
//!
//! ## How corsight tells
//! The answer to `OPTIONS` with `Access-Control-Request-Method` has status 407, or Chromium recorded
//! `net::ERR_UNEXPECTED_PROXY_AUTH`.
//!
//! ## Example
//! ```text
//! OPTIONS http://api.example.com/users/7 HTTP/1.1      HTTP/1.1 407 Proxy Authentication Required
//! Access-Control-Request-Method: PUT                   Proxy-Authenticate: NTLM
//! ```
//!
//! ## Fix
//! This is no fault of the API's CORS headers. Exempt the API host from the proxy's login (or from the proxy), or make
//! a simple `GET` to the host first.
//!
//! ## Browsers' messages
//! - Chromium: `net::ERR_UNEXPECTED_PROXY_AUTH` (no CORS message)
//! - Firefox: CORS preflight response did not succeed. Status code: 407. (`CORSPreflightDidNotSucceed3`)
//! - Safari: Preflight response is not successful. Status code: 407
//!
//! ## Standard
//! RFC 9110 §15.5.8; Fetch, CORS-preflight fetch

use crate::finding::{MessageKind, Severity};
use crate::rules::case::{Case, Draft, evidence};
use crate::rules::codes::{W_STATUS, codes};
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::remedy;

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "preflight-proxy-auth",
    family: Family::Preflight,
    summary: "a proxy asks the preflight for credentials",
    severity: Severity::Blocked,
    codes: codes(
        Some("net::ERR_UNEXPECTED_PROXY_AUTH"),
        Some("CORSPreflightDidNotSucceed3"),
        Some(W_STATUS),
    ),
    file: include_str!("proxy_auth.rs"),
};

pub(crate) fn draft(case: &Case<'_>) -> Draft {
    let wants = "the proxy wants a login";
    // Chromium's export has its error text instead of the answer.
    let status = match case.status() {
        0 => evidence(
            MessageKind::Recorded,
            "error",
            "net::ERR_UNEXPECTED_PROXY_AUTH",
            wants,
        ),
        _ => case.status_line(wants),
    };
    Draft::new(
        &RULE,
        "a proxy answered the preflight with 407, but preflights never carry credentials",
    )
    .evidence([
        status,
        case.field("proxy-authenticate", "", None),
        case.origin_line(),
    ])
    .fix([remedy::plain(
        "exempt-from-proxy-auth",
        "exempt the API's host from the proxy's login",
    )])
}
