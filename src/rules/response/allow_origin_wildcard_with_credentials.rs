//! # allow-origin-wildcard-with-credentials
//!
//! ## What happened
//! The page made the request with credentials (`credentials: "include"`, `withCredentials = true`), and the server
//! answered `Access-Control-Allow-Origin: *`.
//!
//! ## Why the browser refuses
//! `*` means "anybody may read this", which must never be said of an answer made for one user's cookies. With
//! credentials the server has to name the origin. `Access-Control-Allow-Credentials: true` beside `*` does not help.
//! Whether a cookie was really stored does not matter: the mode counts.
//!
//! ## How corsight tells
//! The mode is not on the wire. `Cookie` or `Sec-Fetch-Storage-Access` on the request shows it; so does a browser's HAR
//! in which the load failed although everything else is right. Without such evidence `*` is taken as fine, or reported
//! as `depends` where something hints at credentials. `Authorization` set by a script is no credential in this sense.
//!
//! ## Example
//! ```text
//! GET /me HTTP/1.1                       HTTP/1.1 200 OK
//! Origin: https://app.example.com        Access-Control-Allow-Origin: *
//! Cookie: session=…
//! ```
//!
//! ## Fix
//! If the request needs cookies: answer with the exact origin, `Access-Control-Allow-Credentials: true` and
//! `Vary: Origin`. If not: drop `credentials: "include"` in the client; `*` is then right for public data.
//!
//! ## Browsers' messages
//! - Chromium: The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when
//!   the request's credentials mode is 'include'. (`WildcardOriginNotAllowed`)
//! - Firefox: Credential is not supported if the CORS header 'Access-Control-Allow-Origin' is '*'. (`CORSNotSupportingCredentials`)
//! - Safari: Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.
//!
//! ## Standard
//! Fetch, CORS protocol and credentials: <https://fetch.spec.whatwg.org/#cors-protocol-and-credentials>

use crate::finding::Severity;
use crate::rules::case::{Case, Draft};
use crate::rules::codes::{W_WILDCARD, codes};
use crate::rules::credentials;
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::remedy;

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "allow-origin-wildcard-with-credentials",
    family: Family::Response,
    summary: "Access-Control-Allow-Origin is * and the request includes credentials",
    severity: Severity::Depends,
    codes: codes(
        Some("WildcardOriginNotAllowed"),
        Some("CORSNotSupportingCredentials"),
        Some(W_WILDCARD),
    ),
    file: include_str!("allow_origin_wildcard_with_credentials.rs"),
};

pub(crate) fn draft(case: &Case<'_>) -> Draft {
    explain(case, &RULE)
}

/// For any message whose value is `*`.
pub(crate) fn explain(case: &Case<'_>, rule: &'static RuleInfo) -> Draft {
    let cause = format!(
        "{} allows *, which browsers do not accept for a request with credentials",
        case.noun()
    );
    Draft::new(rule, cause)
        .evidence([case.field(
            "access-control-allow-origin",
            "* does not count with credentials",
            Some("*"),
        )])
        .evidence(credentials::evidence(case))
        .evidence([case.origin_line()])
        .fix([remedy::exact_origin(case), remedy::drop_credentials(case)])
}
