//! # preflight-allow-origin-missing
//!
//! ## What happened
//! Before the actual request the browser asked for permission with `OPTIONS`, and the answer has no
//! `Access-Control-Allow-Origin`. The actual request was never sent.
//!
//! ## Why the browser refuses
//! The preflight's answer must pass the same CORS check as any other. Chromium and Firefox look at this header before
//! they look at the status, so a 404 or 401 without it is reported as a missing header; Safari names the status.
//!
//! ## How corsight tells
//! By the answer to the `OPTIONS` request; then by status and fields who gave it:
//! `no-options-route` (404, 405, 501), `auth-before-cors` (401, 403), `options-answered-by-server` (200 with `Allow`,
//! nothing of CORS), `origin-not-listed` (a CORS layer that refused: `Vary: Origin`), `nginx-if-inheritance` (only
//! `Access-Control-Max-Age` is left), `server-error`, `gateway-error`, `rate-limited`, `waf-block`.
//!
//! ## Example
//! ```text
//! OPTIONS /users/7 HTTP/1.1              HTTP/1.1 405 Method Not Allowed
//! Origin: https://app.example.com        Allow: GET, POST
//! Access-Control-Request-Method: DELETE
//! ```
//!
//! ## Fix
//! Answer `OPTIONS` for this path with 204, `Access-Control-Allow-Origin`, `-Allow-Methods` and `-Allow-Headers`,
//! before routing, authentication and rate limits. In nginx repeat *all* `add_header` lines inside the `if` that
//! returns 204. If the origin is refused on purpose, nothing is wrong.
//!
//! ## Browsers' messages
//! - Chromium: Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header
//!   is present on the requested resource. (`PreflightMissingAllowOriginHeader`)
//! - Firefox: CORS header 'Access-Control-Allow-Origin' missing. Status code: N. (`CORSMissingAllowOrigin2`)
//! - Safari: Preflight response is not successful. Status code: N — or: Origin … is not allowed by …
//!
//! ## Standard
//! Fetch, CORS-preflight fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>

use crate::finding::{Evidence, Fix, MessageKind, Severity};
use crate::rules::case::{Case, Draft, evidence};
use crate::rules::codes::{W_STATUS, codes};
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::response;
use crate::rules::{remedy, tags};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "preflight-allow-origin-missing",
    family: Family::Preflight,
    summary: "the preflight's answer has no Access-Control-Allow-Origin",
    severity: Severity::Blocked,
    codes: codes(
        Some("PreflightMissingAllowOriginHeader"),
        Some("CORSMissingAllowOrigin2"),
        Some(W_STATUS),
    ),
    file: include_str!("allow_origin_missing.rs"),
};

pub(crate) fn draft(case: &Case<'_>) -> Draft {
    let tag = tags::of_preflight(case);
    Draft::new(&RULE, cause(case, tag))
        .tag(tag)
        .evidence(response::allow_origin_missing::facts(case))
        .evidence(asked(case))
        .fix(fixes(case, tag))
}

/// What the preflight asked for, as evidence.
pub(crate) fn asked(case: &Case<'_>) -> Vec<Evidence> {
    let Some(preflight) = case.hop.preflight() else {
        return Vec::new();
    };
    [
        "access-control-request-method",
        "access-control-request-headers",
    ]
    .into_iter()
    .filter_map(|name| {
        let value = preflight.request_field(name)?;
        Some(evidence(MessageKind::PreflightRequest, name, value, ""))
    })
    .collect()
}

/// Why a preflight's answer lacks the header or has a bad status.
pub(crate) fn cause(case: &Case<'_>, tag: Option<&str>) -> String {
    let status = case.status();
    let origin = case.origin();
    match tag {
        Some("no-options-route") => format!(
            "the server does not handle OPTIONS here: it answered the preflight with {status}, without permission for {origin}"
        ),
        Some("auth-before-cors") => format!(
            "authentication is applied to the preflight, which never carries credentials: it was answered with {status}"
        ),
        Some("rate-limited") => format!("the preflight was answered with {status}: the rate limit counts preflights too"),
        Some("gateway-error" | "server-error") => {
            format!("the server failed with {status} on the preflight; the missing permission is a consequence")
        }
        Some("waf-block") => format!("a firewall or bot protection answered the preflight with {status}"),
        Some("origin-not-listed") => format!("the server's CORS layer answered the preflight, but does not allow {origin}"),
        Some("nginx-if-inheritance") => {
            "the preflight's answer has Access-Control-Max-Age only: an add_header inside an nginx \"if\" replaces all inherited ones".to_owned()
        }
        Some("options-answered-by-server") => format!(
            "something in front of the CORS layer answered OPTIONS by itself ({status}, no CORS header at all)"
        ),
        _ => format!("the preflight's answer ({status}) has no Access-Control-Allow-Origin, so {origin} may not send the request"),
    }
}

/// The fixes for a preflight that the wrong layer answered.
pub(crate) fn fixes(case: &Case<'_>, tag: Option<&str>) -> Vec<Fix> {
    match tag {
        Some("auth-before-cors") => {
            vec![
                remedy::answer_preflight_before_auth(case),
                remedy::answer_preflight(case),
            ]
        }
        Some("origin-not-listed") => remedy::allow_origin_by_name(case),
        Some("gateway-error" | "server-error") => {
            vec![
                remedy::fix_server_error(case),
                remedy::answer_preflight(case),
            ]
        }
        Some("rate-limited" | "waf-block") => {
            vec![
                remedy::let_preflights_through(case),
                remedy::answer_preflight(case),
            ]
        }
        _ => vec![remedy::answer_preflight(case)],
    }
}
