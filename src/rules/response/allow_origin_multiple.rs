//! # allow-origin-multiple
//!
//! ## What happened
//! The answer names more than one origin in `Access-Control-Allow-Origin`: two header lines, or one line with a list.
//!
//! ## Why the browser refuses
//! The header holds exactly one origin, `null` or `*`. Browsers join repeated lines to one value and compare it as a
//! whole; `https://a, https://a` is not `https://a`. Even two equal lines, or `*` twice, fail.
//!
//! ## How corsight tells
//! The combined value is neither `*` nor the request's origin, and holds a space or a comma. Each line is shown by
//! itself. Two lines nearly always mean two layers: the application and the proxy (or platform) in front of it. Exports
//! that merge repeated headers (Safari) cannot show which of the two forms it was.
//!
//! ## Example
//! ```text
//! HTTP/1.1 200 OK
//! Server: nginx
//! access-control-allow-origin: https://app.example.com
//! Access-Control-Allow-Origin: *
//! ```
//!
//! ## Fix
//! Two lines: emit the header from one layer only. In nginx hide the application's
//! (`proxy_hide_header Access-Control-Allow-Origin;`), or remove `add_header`. One list: compare the request's `Origin`
//! with your allow-list and answer with that one origin and `Vary: Origin`.
//!
//! ## Browsers' messages
//! - Chromium: The 'Access-Control-Allow-Origin' header contains multiple values '…', but only one is allowed.
//!   (`MultipleAllowOriginValues`)
//! - Firefox: Multiple CORS header 'Access-Control-Allow-Origin' not allowed. (`CORSMultipleAllowOriginNotAllowed`; a
//!   list in one line: `CORSAllowOriginNotMatchingOrigin`)
//! - Safari: Access-Control-Allow-Origin cannot contain more than one origin.
//!
//! ## Standard
//! Fetch, CORS check: <https://fetch.spec.whatwg.org/#cors-check>; RFC 9110 §5.3 on repeated fields.

use crate::finding::{Evidence, Fix, Severity};
use crate::rules::case::{Case, Draft, evidence};
use crate::rules::codes::{W_MULTIPLE, codes};
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::remedy;

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "allow-origin-multiple",
    family: Family::Response,
    summary: "Access-Control-Allow-Origin holds more than one value",
    severity: Severity::Blocked,
    codes: codes(
        Some("MultipleAllowOriginValues"),
        Some("CORSMultipleAllowOriginNotAllowed"),
        Some(W_MULTIPLE),
    ),
    file: include_str!("allow_origin_multiple.rs"),
};

pub(crate) fn draft(case: &Case<'_>) -> Draft {
    explain(case, &RULE)
}

/// For any message with more than one value.
pub(crate) fn explain(case: &Case<'_>, rule: &'static RuleInfo) -> Draft {
    let lines: Vec<&str> = case.fields().all("access-control-allow-origin").collect();
    let is_repeated = lines.len() > 1;
    let cause = match is_repeated {
        true => format!(
            "{} has {} Access-Control-Allow-Origin lines ({}), but only one is allowed: two layers add it",
            case.noun(),
            lines.len(),
            lines.join(" and ")
        ),
        false => format!(
            "{} lists several origins in one Access-Control-Allow-Origin, but only one is allowed",
            case.noun()
        ),
    };
    let fix: Vec<Fix> = match is_repeated {
        true => vec![remedy::dedupe(case, "Access-Control-Allow-Origin")],
        false => remedy::allow_origin_by_name(case),
    };
    let mut facts: Vec<Evidence> = lines
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let note = match is_repeated {
                true => format!("line {} of {}", index + 1, lines.len()),
                false => "a list; browsers read it as one value".to_owned(),
            };
            let mut fact = evidence(case.message(), "access-control-allow-origin", *line, note);
            fact.span = Some((0, line.len()));
            fact
        })
        .collect();
    facts.push(case.origin_line());
    facts.extend(case.answerer());
    Draft::new(rule, cause)
        .parameter(lines.join(", "))
        .tag(Some(if is_repeated { "two-layers" } else { "list" }))
        .evidence(facts)
        .fix(fix)
}
