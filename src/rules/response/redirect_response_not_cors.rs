//! # redirect-response-not-cors
//!
//! ## What happened
//! The server redirected a cross-origin request, and the redirect itself does not allow the page's origin.
//!
//! ## Why the browser refuses
//! Every answer on the way must pass the CORS check, the 301 to 308 included. Otherwise a page could learn from a
//! redirect where a user is logged in. The target is never asked.
//!
//! ## How corsight tells
//! The answer has a redirect status and a `Location`, and fails the CORS check; the facet (missing, mismatch, …) is in
//! the finding's tag. The target is compared with the URL: another slash, scheme or host is a canonical redirect; a login
//! page means that the session has expired and that CORS is not the real problem.
//!
//! ## Example
//! ```text
//! GET /users HTTP/1.1                    HTTP/1.1 301 Moved Permanently
//! Origin: https://app.example.com        Location: https://api.example.com/users/
//! ```
//!
//! ## Fix
//! Call the final URL directly: that costs nothing and always works. Else send the CORS headers with the redirect too.
//! For a login redirect answer scripts with `401` and CORS headers, and let the page start the login.
//!
//! ## Browsers' messages
//! - Chromium: Access to fetch at '…' from origin '…' has been blocked by CORS policy: No 'Access-Control-Allow-Origin'
//!   header … (the code of the facet: `MissingAllowOriginHeader`, `AllowOriginMismatch`, …)
//! - Firefox: CORS header 'Access-Control-Allow-Origin' missing, then: CORS request did not succeed
//! - Safari: Cross-origin redirection to … denied by Cross-Origin Resource Sharing policy
//!
//! ## Standard
//! Fetch, HTTP fetch: <https://fetch.spec.whatwg.org/#http-fetch>

use crate::fetch::CheckFailure;
use crate::finding::Severity;
use crate::rules::case::{Case, Draft};
use crate::rules::codes::{W_REDIRECT, codes};
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::remedy;
use crate::rules::tags::{self, Detour};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "redirect-response-not-cors",
    family: Family::Response,
    summary: "a redirect does not allow the page's origin",
    severity: Severity::Blocked,
    codes: codes(
        Some("MissingAllowOriginHeader"),
        Some("CORSMissingAllowOrigin2"),
        Some(W_REDIRECT),
    ),
    file: include_str!("redirect_response_not_cors.rs"),
};

pub(crate) fn draft(case: &Case<'_>, check: CheckFailure) -> Draft {
    // The facet's own text, under this rule's name.
    let facet = super::of_check(case, check);
    let target = tags::target(case);
    let detour = target
        .as_deref()
        .and_then(|target| Detour::of(case.hop.url(), target));
    let where_to = detour.map_or("another URL", Detour::text);
    let cause = match detour {
        Some(Detour::Login) => format!(
            "the server redirects to {where_to} ({}): the session has probably expired, and a redirect without CORS headers hides that from the page",
            target.as_deref().unwrap_or_default()
        ),
        _ => format!("the server redirects to {where_to}, and {}", facet.cause),
    };
    let mut draft = Draft::new(&RULE, cause)
        .tag(detour.map(Detour::name))
        .evidence([case.status_line(""), case.field("location", where_to, None)])
        .evidence(facet.evidence);
    if detour == Some(Detour::Login) {
        draft.fix.push(remedy::no_login_redirect(case));
    } else if let Some(target) = &target {
        draft.fix.push(remedy::call_final_url(case, target));
    }
    draft.fix.extend(facet.fix);
    draft.parameter = facet.parameter;
    draft
}
