//! # preflight-authorization-under-wildcard
//!
//! ## What happened
//! The request carries `Authorization`, and the preflight's answer allows it by `Access-Control-Allow-Headers: *` only.
//! It works today.
//!
//! ## Why it matters
//! By the standard `*` does not cover `Authorization`, which must be listed by name. Chromium and Firefox let it pass with
//! a deprecation notice, Safari silently; browsers that follow the standard refuse. And Chromium and Firefox never cache
//! such a preflight: every call costs one round trip more.
//!
//! ## How corsight tells
//! `authorization` is among the announced headers, the answer lists `*` and not the name, and nothing says that
//! credentials are included (then `*` would not count at all).
//!
//! ## Example
//! ```text
//! OPTIONS /users/7 HTTP/1.1                      HTTP/1.1 204 No Content
//! Origin: https://app.example.com                Access-Control-Allow-Origin: *
//! Access-Control-Request-Headers: authorization  Access-Control-Allow-Headers: *
//! ```
//!
//! ## Fix
//! Name it: `Access-Control-Allow-Headers: *, Authorization`.
//!
//! ## Browsers' messages
//! - Chromium: Authorization will not be covered by the wildcard symbol (*) in CORS Access-Control-Allow-Headers
//!   handling. (deprecation; `HeaderDisallowedByPreflightResponse` where it is enforced)
//! - Firefox: When the Access-Control-Allow-Headers is *, the Authorization header is not covered.
//!   (`CORSAllowHeaderFromPreflightDeprecation`)
//! - Safari: no message
//!
//! ## Standard
//! Fetch, CORS non-wildcard request-header name: <https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name>

use crate::finding::Severity;
use crate::rules::case::{Case, Draft};
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::remedy;

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "preflight-authorization-under-wildcard",
    family: Family::Preflight,
    summary: "Authorization is allowed by * only, which the standard does not accept",
    severity: Severity::Depends,
    codes: codes(None, Some("CORSAllowHeaderFromPreflightDeprecation"), None),
    file: include_str!("authorization_under_wildcard.rs"),
};

pub(crate) fn draft(case: &Case<'_>) -> Draft {
    let name = "authorization".to_owned();
    let mut draft = Draft::new(
        &RULE,
        "Authorization is covered by * only: today's browsers let it pass, the standard does not, and the preflight is not cached",
    )
    .parameter(name.clone())
    .evidence([case.field("access-control-allow-headers", "authorization is not listed by name", Some("*"))])
    .evidence(super::allow_origin_missing::asked(case))
    .fix([remedy::add_header(case, &[name])]);
    draft.settles =
        "whether the browser follows the standard here; Chromium, Firefox and Safari do not yet"
            .to_owned();
    draft
}
