//! # risk-vary-only-when-origin-present
//!
//! ## What happened
//! Answers to requests with `Origin` say `Vary: Origin`, answers to requests without do not.
//!
//! ## Why it matters
//! A cache that sees the request without `Origin` first (an `<img>`, a prefetch) keeps a copy without CORS headers for
//! everybody. S3 and some proxies behave like this.
//!
//! ## How corsight tells
//! The same URL was answered both ways in one recording: with an origin by name and `Vary: Origin` to a request that
//! has `Origin`, without `Vary: Origin` to one that has not. Mostly HAR files show it: of a capture only answers with
//! fields of CORS are kept.
//!
//! ## Example
//! ```text
//! GET /logo.svg                           200, no Vary
//! GET /logo.svg, Origin: https://a.test   200, Vary: Origin
//! ```
//!
//! ## Fix
//! Send `Vary: Origin` always. In front of S3 let the CDN add the headers (CloudFront response headers policy).
//!
//! ## Browsers' messages
//! none: browsers allow it.
//!
//! ## Standard
//! Fetch, CORS protocol: <https://fetch.spec.whatwg.org/#http-cors-protocol>

use crate::caveat::CaveatKind;
use crate::finding::{MessageKind, Severity};
use crate::http::{Exchange, Locator};
use crate::rules::case::{Case, Draft, evidence};
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::{remedy, tags};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "risk-vary-only-when-origin-present",
    family: Family::Risk,
    summary: "Vary: Origin is missing on answers to requests without Origin",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("vary_only_when_origin_present.rs"),
};

/// An answer of its own, not a cache's, to a `GET` without `Origin`, which says that it is the same for everybody.
pub(crate) fn is_plain(exchange: &Exchange) -> bool {
    let Some(answer) = &exchange.response else {
        return false;
    };
    matches!(answer.status, 200 | 304)
        && exchange.method() == "GET"
        && exchange.request_field("origin").is_none()
        && !tags::varies_by_origin(&answer.fields)
        && answer.fields.first("access-control-allow-origin") != Some("*")
        && ![
            CaveatKind::IncompleteFields,
            CaveatKind::ServedFromCache,
            CaveatKind::ServiceWorker,
        ]
        .iter()
        .any(|kind| exchange.caveats.contains(*kind))
}

/// An answer that allows the origin that asked by name, and says so to caches.
pub(crate) fn is_named(case: &Case<'_>) -> bool {
    case.status() == 200
        && case.value("access-control-allow-origin").as_deref() == Some(case.origin())
        && tags::varies_by_origin(case.fields())
}

pub(crate) fn draft(case: &Case<'_>, named: Locator, plain: Locator) -> Draft {
    Draft::new(
        &RULE,
        "the answer says Vary: Origin only when the request has an Origin: a cache that is asked without one first keeps a copy that allows nobody",
    )
    .evidence([
        evidence(MessageKind::Recorded, "vary", "Origin", format!("{named}, a request with Origin")),
        evidence(MessageKind::Recorded, "vary", "no Origin", format!("{plain}, a request without Origin")),
    ])
    .fix([remedy::vary_origin(case)])
}
