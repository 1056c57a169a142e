//! # allow-credentials-not-true
//!
//! ## What happened
//! The page made the request with credentials. The answer allows its origin, but does not say
//! `Access-Control-Allow-Credentials: true`.
//!
//! ## Why the browser refuses
//! To read an answer made with the user's cookies, a page needs two permissions: its origin by name, and this header.
//! Only the four letters `true` count: `True`, `1`, or the line sent twice do not.
//!
//! ## How corsight tells
//! Everything else passes, and there is evidence of credentials: `Cookie`, `Sec-Fetch-Storage-Access`, a beacon, or a
//! browser's HAR in which the load failed for no other reason. Without evidence corsight is silent: token APIs answer
//! like this all day, and rightly so.
//!
//! ## Example
//! ```text
//! GET /me HTTP/1.1                       HTTP/1.1 200 OK
//! Origin: https://app.example.com        Access-Control-Allow-Origin: https://app.example.com
//! Cookie: session=…
//! ```
//!
//! ## Fix
//! Send `Access-Control-Allow-Credentials: true` with the preflight's answer *and* with the actual answer. If the
//! request needs no cookies, drop `credentials: "include"` / `withCredentials` in the client instead.
//!
//! ## Browsers' messages
//! - Chromium: The value of the 'Access-Control-Allow-Credentials' header in the response is '…' which must be 'true'
//!   when the request's credentials mode is 'include'. (`InvalidAllowCredentials`)
//! - Firefox: expected 'true' in CORS header 'Access-Control-Allow-Credentials'. (`CORSMissingAllowCredentials`)
//! - Safari: Credentials flag is true, but Access-Control-Allow-Credentials is not "true".
//!
//! ## Standard
//! Fetch, CORS check: <https://fetch.spec.whatwg.org/#cors-check>

use crate::finding::Severity;
use crate::rules::case::{Case, Draft};
use crate::rules::codes::{W_CREDENTIALS, codes};
use crate::rules::credentials;
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::remedy;

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "allow-credentials-not-true",
    family: Family::Response,
    summary: "Access-Control-Allow-Credentials is not true and the request includes credentials",
    severity: Severity::Depends,
    codes: codes(
        Some("InvalidAllowCredentials"),
        Some("CORSMissingAllowCredentials"),
        Some(W_CREDENTIALS),
    ),
    file: include_str!("allow_credentials_not_true.rs"),
};

pub(crate) fn draft(case: &Case<'_>) -> Draft {
    explain(case, &RULE)
}

/// For any message without the permission.
pub(crate) fn explain(case: &Case<'_>, rule: &'static RuleInfo) -> Draft {
    let value = case.value("access-control-allow-credentials");
    let lines = case
        .fields()
        .all("access-control-allow-credentials")
        .count();
    let (note, tag) = match value.as_deref() {
        None => ("absent".to_owned(), "absent"),
        Some(_) if lines > 1 => (
            format!("{lines} lines, which browsers join to one value"),
            "two-layers",
        ),
        Some(value) if value.eq_ignore_ascii_case("true") => {
            ("only lower-case true counts".to_owned(), "case")
        }
        Some(_) => ("only true counts".to_owned(), "value"),
    };
    let cause = match value.as_deref() {
        None => format!(
            "{} does not say that credentials are allowed, but the request includes them",
            case.noun()
        ),
        Some(value) => format!(
            "{} has  access-control-allow-credentials: {value},  but browsers accept only true",
            case.noun()
        ),
    };
    let repair = match lines > 1 {
        true => remedy::dedupe(case, "Access-Control-Allow-Credentials"),
        false => remedy::allow_credentials(case),
    };
    let mut draft = Draft::new(rule, cause)
        .tag(Some(tag))
        .evidence([case.field("access-control-allow-credentials", note, Some(""))])
        .evidence(credentials::evidence(case))
        .evidence([case.field("access-control-allow-origin", "", None)])
        .fix([repair, remedy::drop_credentials(case)]);
    draft.parameter = value.map(|value| value.into_owned());
    draft
}
