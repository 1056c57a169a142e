//! # preflight-status
//!
//! ## What happened
//! The preflight was answered with the right `Access-Control-Allow-Origin`, but with a status that says failure.
//! The actual request was not sent.
//!
//! ## Why the browser refuses
//! A preflight succeeds with 200 to 299 only. A 404, a 401, a 304 or a 302 without `Location` does not count, whatever
//! headers it carries.
//!
//! ## How corsight tells
//! The answer to `OPTIONS` passes the CORS check, and its status is outside of 200 to 299. The tag says why: 404 and 405
//! mean that the router knows no `OPTIONS` for this path; 401 and 403 that authentication comes before CORS.
//!
//! ## Example
//! ```text
//! OPTIONS /users/7 HTTP/1.1              HTTP/1.1 401 Unauthorized
//! Origin: https://app.example.com        Access-Control-Allow-Origin: https://app.example.com
//! Access-Control-Request-Method: GET     WWW-Authenticate: Bearer
//! Access-Control-Request-Headers: authorization
//! ```
//!
//! ## Fix
//! Answer `OPTIONS` for this path with 204, before routing and authentication: a preflight never carries cookies or
//! `Authorization`, so it can never pass a login check.
//!
//! ## Browsers' messages
//! - Chromium: Response to preflight request doesn't pass access control check: It does not have HTTP ok status.
//!   (`PreflightInvalidStatus`)
//! - Firefox: CORS preflight response did not succeed. Status code: N. (`CORSPreflightDidNotSucceed3`)
//! - Safari: Preflight response is not successful. Status code: N
//!
//! ## Standard
//! Fetch, CORS-preflight fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>

use crate::finding::Severity;
use crate::rules::case::{Case, Draft};
use crate::rules::codes::{W_STATUS, codes};
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::tags;

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "preflight-status",
    family: Family::Preflight,
    summary: "the preflight's status is not 200 to 299",
    severity: Severity::Blocked,
    codes: codes(
        Some("PreflightInvalidStatus"),
        Some("CORSPreflightDidNotSucceed3"),
        Some(W_STATUS),
    ),
    file: include_str!("status.rs"),
};

pub(crate) fn draft(case: &Case<'_>) -> Draft {
    let tag = tags::of_preflight(case);
    let status = case.status();
    let cause = match tag {
        Some(
            "no-options-route" | "auth-before-cors" | "rate-limited" | "gateway-error"
            | "server-error" | "waf-block",
        ) => super::allow_origin_missing::cause(case, tag),
        _ => {
            format!("the preflight was answered with {status}, but only 200 to 299 mean permission")
        }
    };
    Draft::new(&RULE, cause)
        .tag(tag)
        .evidence([
            case.status_line("must be 200 to 299"),
            case.field("access-control-allow-origin", "", None),
            case.origin_line(),
        ])
        .evidence(super::allow_origin_missing::asked(case))
        .evidence(case.answerer())
        .fix(super::allow_origin_missing::fixes(case, tag))
}
