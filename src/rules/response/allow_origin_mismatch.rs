//! # allow-origin-mismatch
//!
//! ## What happened
//! The answer allows an origin, but not the one that asked.
//!
//! ## Why the browser refuses
//! The value is compared with the page's origin byte for byte. A slash at the end, another scheme or port, `www.`,
//! a capital letter, `localhost` for `127.0.0.1`: each is another origin.
//!
//! ## How corsight tells
//! The value is one URL-like word (or `null`) that differs from the request's `Origin`. The kind of difference is
//! named: `trailing-slash`, `path`, `scheme`, `port`, `host-case`, `www-vs-apex`, `subdomain`, `localhost-vs-127`,
//! `wildcard-subdomain-literal`, `null`, `unrelated`. An unrelated real origin together with signs of a cache (`Age`,
//! `X-Cache: Hit`) and no `Vary: Origin` means a copy that was made for another site.
//!
//! ## Example
//! ```text
//! GET /feed HTTP/1.1                     HTTP/1.1 200 OK
//! Origin: https://app.example.com        Access-Control-Allow-Origin: https://app.example.com/
//! ```
//!
//! ## Fix
//! Small differences: write the origin exactly as browsers send it. Other sites: keep a list of allowed origins,
//! compare the request's `Origin` with it, answer with that value and `Vary: Origin`. Patterns such as
//! `https://*.example.com` work in the server's configuration at best, never in the header. If the origin should not be
//! allowed, nothing is wrong.
//!
//! ## Browsers' messages
//! - Chromium: The 'Access-Control-Allow-Origin' header has a value '…' that is not equal to the supplied origin.
//!   (`AllowOriginMismatch`)
//! - Firefox: CORS header 'Access-Control-Allow-Origin' does not match '…'. (`CORSAllowOriginNotMatchingOrigin`)
//! - Safari: Origin … is not allowed by Access-Control-Allow-Origin. Status code: N
//!
//! ## Standard
//! Fetch, CORS check: <https://fetch.spec.whatwg.org/#cors-check>

use crate::fetch::Difference;
use crate::finding::{Fix, Severity};
use crate::rules::case::{Case, Draft};
use crate::rules::codes::{W_ORIGIN, codes};
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::{remedy, tags};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "allow-origin-mismatch",
    family: Family::Response,
    summary: "Access-Control-Allow-Origin allows another origin",
    severity: Severity::Blocked,
    codes: codes(
        Some("AllowOriginMismatch"),
        Some("CORSAllowOriginNotMatchingOrigin"),
        Some(W_ORIGIN),
    ),
    file: include_str!("allow_origin_mismatch.rs"),
};

pub(crate) fn draft(case: &Case<'_>) -> Draft {
    explain(case, &RULE)
}

/// For any message that allows another origin.
pub(crate) fn explain(case: &Case<'_>, rule: &'static RuleInfo) -> Draft {
    let value = case
        .value("access-control-allow-origin")
        .unwrap_or_default();
    let origin = case.origin();
    let difference = Difference::between(&value, origin);
    let is_stale = difference == Difference::Unrelated
        && tags::is_cached(case.fields())
        && !tags::varies_by_origin(case.fields());
    let cause = match is_stale {
        true => format!(
            "a cache answered with a copy made for {value}; without Vary: Origin it serves the copy to {origin} as well"
        ),
        false => format!(
            "{} allows {value}, the request comes from {origin}: {}",
            case.noun(),
            difference.text()
        ),
    };
    let mut facts = vec![
        case.field(
            "access-control-allow-origin",
            difference.text(),
            Some(faulty(&value, origin)),
        ),
        case.origin_line(),
    ];
    if is_stale {
        facts.extend(case.answerer());
    }
    Draft::new(rule, cause)
        .parameter(value.clone())
        .tag(Some(if is_stale {
            "cached-for-other-origin"
        } else {
            difference.name()
        }))
        .evidence(facts)
        .fix(fixes(case, difference, is_stale))
}

/// The part of the value that is too much: the slash or path behind the right origin; else all of it.
fn faulty<'a>(value: &'a str, origin: &str) -> &'a str {
    value.strip_prefix(origin).unwrap_or(value)
}

fn fixes(case: &Case<'_>, difference: Difference, is_stale: bool) -> Vec<Fix> {
    if is_stale {
        return vec![
            remedy::vary_origin(case),
            remedy::plain(
                "purge-cache",
                "purge the cache, and make Origin part of its key",
            ),
        ];
    }
    match difference {
        Difference::TrailingSlash
        | Difference::DefaultPort
        | Difference::Userinfo
        | Difference::Path
        | Difference::HostCase => {
            vec![remedy::normalise(case)]
        }
        _ => remedy::allow_origin_by_name(case),
    }
}
