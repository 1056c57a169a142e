//! # preflight-redirect
//!
//! ## What happened
//! The server answered the preflight with a redirect.
//!
//! ## Why the browser refuses
//! A preflight asks one URL for permission; a redirect is no answer to that, and browsers do not follow it. The actual
//! request, which could be redirected, is never sent.
//!
//! ## How corsight tells
//! The answer to `OPTIONS` with `Access-Control-Request-Method` has status 301, 302, 303, 307 or 308 and a `Location`.
//! The target is compared with the URL: http to https, a slash, `www.`, a login page.
//!
//! ## Example
//! ```text
//! OPTIONS /users HTTP/1.1                HTTP/1.1 301 Moved Permanently
//! Host: api.example.com                  Location: https://api.example.com/users/
//! Access-Control-Request-Method: PUT
//! ```
//!
//! ## Fix
//! Call the final URL directly: the right scheme, the right slash. Or answer `OPTIONS` before the rule that redirects.
//! If the target is a login page, authentication comes before CORS: preflights carry no cookies and must pass without.
//!
//! ## Browsers' messages
//! - Chromium: Response to preflight request doesn't pass access control check: Redirect is not allowed for a preflight
//!   request. (`PreflightDisallowedRedirect`)
//! - Firefox: CORS request external redirect not allowed. (`CORSExternalRedirectNotAllowed`), or: header missing
//! - Safari: Preflight response is not successful. Status code: 301
//!
//! ## Standard
//! Fetch, CORS-preflight fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>

use crate::finding::Severity;
use crate::rules::case::{Case, Draft};
use crate::rules::codes::{W_STATUS, codes};
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::remedy;
use crate::rules::tags::{self, Detour};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "preflight-redirect",
    family: Family::Preflight,
    summary: "the preflight was redirected",
    severity: Severity::Blocked,
    codes: codes(
        Some("PreflightDisallowedRedirect"),
        Some("CORSExternalRedirectNotAllowed"),
        Some(W_STATUS),
    ),
    file: include_str!("redirect.rs"),
};

pub(crate) fn draft(case: &Case<'_>) -> Draft {
    let target = tags::target(case);
    let detour = target
        .as_deref()
        .and_then(|target| Detour::of(case.hop.url(), target));
    let where_to = detour.map_or("another URL", Detour::text);
    let cause = format!(
        "the preflight was answered with {} to {where_to}, and browsers follow no redirect of a preflight",
        case.status()
    );
    let mut draft = Draft::new(&RULE, cause)
        .tag(detour.map(Detour::name))
        .evidence([
            case.status_line("a redirect"),
            case.field("location", where_to, Some("")),
        ])
        .evidence([case.origin_line()]);
    match (detour, &target) {
        (Some(Detour::Login), _) => draft.fix.push(remedy::answer_preflight_before_auth(case)),
        (_, Some(target)) => draft.fix.push(remedy::call_final_url(case, target)),
        _ => {}
    }
    draft.fix.push(remedy::answer_preflight(case));
    draft
}
