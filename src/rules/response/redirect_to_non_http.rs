//! # redirect-to-non-http
//!
//! ## What happened
//! A server redirected a cross-origin request to something that is not `http:` or `https:`, such as `data:`, `myapp:`
//! or `file:`.
//!
//! ## Why the browser refuses
//! Requests of pages may be redirected to HTTP only. Other schemes would let a server hand local or made-up content to
//! a page as if it came from the network.
//!
//! ## How corsight tells
//! The answer is a redirect whose `Location` resolves to another scheme. A script that asked for `redirect: "manual"`
//! gets such a redirect itself; where neither the recorder nor the kind of load excludes that, the finding says so.
//!
//! ## Example
//! ```text
//! GET /open HTTP/1.1                     HTTP/1.1 302 Found
//! Origin: https://app.example.com        Access-Control-Allow-Origin: *
//!                                        Location: myapp://open/7
//! ```
//!
//! ## Fix
//! Return the link in the answer's body and let the page navigate to it (`location.href = …`), or redirect to an https
//! URL.
//!
//! ## Browsers' messages
//! - Chromium: `net::ERR_UNSAFE_REDIRECT` (no CORS message) for `data:`, `file:` and the like, `CorsDisabledScheme` for
//!   the others, which its HAR does not show on the redirect
//! - Firefox: CORS request did not succeed. (`CORSDidNotSucceed2`)
//! - Safari: not allowed to follow a cross-origin redirection to non CORS scheme
//!
//! ## Standard
//! Fetch, HTTP-redirect fetch: <https://fetch.spec.whatwg.org/#http-redirect-fetch>

use crate::finding::Severity;
use crate::rules::case::{Case, Draft};
use crate::rules::codes::{W_SCHEME, codes};
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::{remedy, tags};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "redirect-to-non-http",
    family: Family::Response,
    summary: "a redirect leads away from http and https",
    severity: Severity::Blocked,
    codes: codes(
        Some("net::ERR_UNSAFE_REDIRECT"),
        Some("CORSDidNotSucceed2"),
        Some(W_SCHEME),
    ),
    file: include_str!("redirect_to_non_http.rs"),
};

pub(crate) fn draft(case: &Case<'_>) -> Draft {
    let target = tags::target(case).unwrap_or_default();
    let scheme = target
        .split_once(':')
        .map_or("", |(scheme, _)| scheme)
        .to_owned();
    Draft::new(
        &RULE,
        format!(
            "the redirect leads to the scheme {scheme}:, which requests of pages may not follow"
        ),
    )
    .parameter(scheme)
    .evidence([
        case.status_line(""),
        case.field("location", "not http or https", Some("")),
    ])
    .fix([remedy::plain(
        "return-link",
        "return the link in the answer's body and let the page navigate to it",
    )])
}
