//! # redirect-too-many
//!
//! ## What happened
//! The request was redirected more than twenty times.
//!
//! ## Why the browser refuses
//! Twenty redirects are the standard's limit; a longer chain is nearly always a circle: http to https and back, a
//! cookie that is never accepted, two servers that disagree about a slash.
//!
//! ## How corsight tells
//! The chain joined by `Location` has a redirect after the twentieth, or the recorder says so.
//!
//! ## Example
//! ```text
//! GET /a    302, Location: /b
//! GET /b    302, Location: /a
//! … and so on
//! ```
//!
//! ## Fix
//! Break the circle. Look at the two URLs that alternate; typical are a proxy that ends TLS without telling the
//! application (`X-Forwarded-Proto`), and a login that needs a third-party cookie which the browser withholds.
//!
//! ## Browsers' messages
//! - Chromium: `net::ERR_TOO_MANY_REDIRECTS` (no CORS message)
//! - Firefox: CORS request did not succeed. (`CORSDidNotSucceed2`)
//! - Safari: … more than 20 redirections
//!
//! ## Standard
//! Fetch, HTTP-redirect fetch: <https://fetch.spec.whatwg.org/#http-redirect-fetch>

use crate::finding::Severity;
use crate::rules::case::{Case, Draft};
use crate::rules::codes::{W_LIMIT, codes};
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::remedy;

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "redirect-too-many",
    family: Family::Response,
    summary: "the request was redirected more than twenty times",
    severity: Severity::Blocked,
    codes: codes(
        Some("net::ERR_TOO_MANY_REDIRECTS"),
        Some("CORSDidNotSucceed2"),
        Some(W_LIMIT),
    ),
    file: include_str!("redirect_too_many.rs"),
};

pub(crate) fn draft(case: &Case<'_>) -> Draft {
    Draft::new(
        &RULE,
        format!(
            "{} redirects in a row, which is more than browsers follow",
            case.index.saturating_add(1)
        ),
    )
    .evidence([case.status_line(""), case.field("location", "", None)])
    .fix([remedy::plain(
        "break-redirect-loop",
        "break the circle of redirects",
    )])
}
