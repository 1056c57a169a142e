//! # redirect-origin-became-null
//!
//! ## What happened
//! The request was redirected from one foreign origin to another. On the last hop the browser said `Origin: null`, and
//! the server there allows the page's origin, but not `null`.
//!
//! ## Why the browser refuses
//! After a redirect between two foreign origins no single site stands behind the request any more: the first server could
//! have chosen the target. So the browser stops vouching for the page and sends `null`. An answer must then allow
//! `null` or `*`; the page's own name no longer fits.
//!
//! ## How corsight tells
//! The hops are joined by `Location` and time. An earlier hop carried the page's real origin, this one carries `null`
//! (or must by the standard), and `Access-Control-Allow-Origin` names the page.
//!
//! ## Example
//! ```text
//! GET https://api.example.com/file/7     302, Location: https://storage.example.net/f7
//!   Origin: https://app.example.com      Access-Control-Allow-Origin: https://app.example.com
//! GET https://storage.example.net/f7     200
//!   Origin: null                         Access-Control-Allow-Origin: https://app.example.com
//! ```
//!
//! ## Fix
//! Do not redirect between foreign origins: let the API return the final URL, and let the page fetch that. For public
//! data the target may answer `*`. Do not put `null` on an allow-list of private data: any sandboxed frame has it.
//!
//! ## Browsers' messages
//! - Chromium: The 'Access-Control-Allow-Origin' header has a value '…' that is not equal to the supplied origin
//!   (redirected from '…'). (`AllowOriginMismatch`)
//! - Firefox: CORS header 'Access-Control-Allow-Origin' does not match 'null'. (`CORSAllowOriginNotMatchingOrigin`)
//! - Safari: Origin null is not allowed by Access-Control-Allow-Origin
//!
//! ## Standard
//! Fetch, redirect-taint: <https://fetch.spec.whatwg.org/#concept-request-tainted-origin>

use crate::finding::{MessageKind, Severity};
use crate::rules::case::{Case, Draft, evidence};
use crate::rules::codes::{W_ORIGIN, codes};
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::remedy;

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "redirect-origin-became-null",
    family: Family::Response,
    summary: "after a redirect the origin is null, which the answer does not allow",
    severity: Severity::Blocked,
    codes: codes(
        Some("AllowOriginMismatch"),
        Some("CORSAllowOriginNotMatchingOrigin"),
        Some(W_ORIGIN),
    ),
    file: include_str!("redirect_origin_became_null.rs"),
};

pub(crate) fn draft(case: &Case<'_>) -> Draft {
    let value = case
        .value("access-control-allow-origin")
        .unwrap_or_default();
    let first = case.fetch.url();
    let cause = format!(
        "the redirect from {first} made the origin null, but {} allows {value} only",
        case.noun()
    );
    let mut draft = Draft::new(&RULE, cause)
        .parameter(value.clone())
        .tag(Some("redirect-taint"))
        .evidence([
            case.field(
                "access-control-allow-origin",
                "the origin is null by now",
                Some(""),
            ),
            case.origin_line(),
            evidence(
                MessageKind::ActualRequest,
                ":url",
                first,
                "the page asked for this URL",
            ),
        ]);
    draft.fix.push(remedy::call_final_url(case, case.hop.url()));
    draft.fix.push(remedy::plain(
        "allow-any-origin",
        "for public data: answer with  access-control-allow-origin: *",
    ));
    draft
}
