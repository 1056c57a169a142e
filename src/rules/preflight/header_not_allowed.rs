//! # preflight-header-not-allowed
//!
//! ## What happened
//! The preflight announced request headers, and `Access-Control-Allow-Headers` in the answer does not list all of them.
//! The actual request was not sent.
//!
//! ## Why the browser refuses
//! Headers that a plain form could not send need permission by name: custom ones, `Authorization`, `Content-Type` with
//! JSON, `Cache-Control`. Capitals do not matter. `*` stands for all names only without credentials.
//!
//! ## How corsight tells
//! Every name of `Access-Control-Request-Headers` is looked up; *all* missing ones are named, where browsers name the
//! first. Known names get a hint who added them: tracing libraries (`traceparent`, `sentry-trace`, `baggage`),
//! frameworks (`x-requested-with`). Response headers in the request (`access-control-allow-origin`) are the client's
//! mistake.
//!
//! ## Example
//! ```text
//! OPTIONS /users/7 HTTP/1.1                               HTTP/1.1 204 No Content
//! Origin: https://app.example.com                         Access-Control-Allow-Origin: https://app.example.com
//! Access-Control-Request-Headers: content-type,x-api-key  Access-Control-Allow-Headers: Content-Type
//! ```
//!
//! ## Fix
//! Add the names: `Access-Control-Allow-Headers: Content-Type, X-API-Key`. Or do not send them: tracing libraries can
//! be limited to your own hosts, and CORS *response* headers never belong into a request.
//!
//! ## Browsers' messages
//! - Chromium: Request header field x-api-key is not allowed by Access-Control-Allow-Headers in preflight response.
//!   (`HeaderDisallowedByPreflightResponse`)
//! - Firefox: header 'x-api-key' is not allowed according to header 'Access-Control-Allow-Headers' from CORS preflight
//!   response. (`CORSMissingAllowHeaderFromPreflight2`)
//! - Safari: Request header field X-API-Key is not allowed by Access-Control-Allow-Headers.
//!
//! ## Standard
//! Fetch, CORS-preflight fetch; CORS-unsafe request-header names

use crate::fetch::list::TokenList;
use crate::finding::{MessageKind, Severity};
use crate::rules::case::{Case, Draft, evidence, join};
use crate::rules::codes::{W_HEADER, codes};
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::remedy;

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "preflight-header-not-allowed",
    family: Family::Preflight,
    summary: "a request header is not in Access-Control-Allow-Headers",
    severity: Severity::Blocked,
    codes: codes(
        Some("HeaderDisallowedByPreflightResponse"),
        Some("CORSMissingAllowHeaderFromPreflight2"),
        Some(W_HEADER),
    ),
    file: include_str!("header_not_allowed.rs"),
};

pub(crate) fn draft(case: &Case<'_>, missing: &[String]) -> Draft {
    let allowed = TokenList::of(case.fields(), "access-control-allow-headers");
    let names = join(missing);
    let verb = if missing.len() == 1 { "is" } else { "are" };
    let by_wildcard = allowed.has_wildcard() && case.with_credentials;
    let mut cause = match by_wildcard {
        true => format!(
            "* in access-control-allow-headers does not count for a request with credentials, so {names} {verb} not allowed"
        ),
        false if allowed.tokens.is_empty() => {
            format!("the preflight's answer lists no headers, so {names} {verb} not allowed")
        }
        false => format!(
            "{names} {verb} missing from access-control-allow-headers of the preflight's answer"
        ),
    };
    let theirs: Vec<String> = missing
        .iter()
        .filter(|name| is_response_header(name))
        .cloned()
        .collect();
    let tag = if !theirs.is_empty() {
        Some("client-sends-response-headers")
    } else if by_wildcard {
        Some("wildcard-with-credentials")
    } else {
        missing
            .iter()
            .find_map(|name| sender(name))
            .map(|(tag, _)| tag)
    };
    if let Some((_, who)) = missing.iter().find_map(|name| sender(name)) {
        cause.push_str(who);
    }
    let mut draft = Draft::new(&RULE, cause)
        .parameter(missing.first().cloned().unwrap_or_default())
        .tag(tag)
        .evidence([
            announced(case, missing),
            case.field(
                "access-control-allow-headers",
                match by_wildcard {
                    true => "* is taken literally with credentials".to_owned(),
                    false => note(&allowed, missing),
                },
                Some(""),
            ),
        ]);
    if !theirs.is_empty() {
        draft.fix.push(remedy::remove_request_header(&theirs));
    }
    let others: Vec<String> = missing
        .iter()
        .filter(|name| !is_response_header(name))
        .cloned()
        .collect();
    if !others.is_empty() {
        draft.fix.push(remedy::add_header(case, &others));
    }
    draft
}

fn announced(case: &Case<'_>, missing: &[String]) -> crate::finding::Evidence {
    let value = case
        .hop
        .preflight()
        .and_then(|preflight| {
            preflight
                .request
                .as_ref()?
                .fields
                .combined("access-control-request-headers")
        })
        .unwrap_or_default();
    let mut fact = evidence(
        MessageKind::PreflightRequest,
        "access-control-request-headers",
        value.clone(),
        "",
    );
    fact.span = missing.first().and_then(|name| {
        let start = value.to_ascii_lowercase().find(name.as_str())?;
        Some((start, start + name.len()))
    });
    fact
}

fn note(allowed: &TokenList, missing: &[String]) -> String {
    match (allowed.is_present, missing) {
        (false, _) => "absent".to_owned(),
        (true, [only]) => format!("{only} is not listed"),
        (true, several) => format!("{} are not listed", join(several)),
    }
}

/// CORS headers of answers, which developers put on the request by mistake.
pub(crate) fn is_response_header(name: &str) -> bool {
    [
        "access-control-allow-",
        "access-control-expose-",
        "access-control-max-",
    ]
    .iter()
    .any(|start| name.starts_with(start))
}

/// Who adds a header, for names that no one writes by hand.
fn sender(name: &str) -> Option<(&'static str, &'static str)> {
    const TRACERS: [&str; 10] = [
        "traceparent",
        "tracestate",
        "baggage",
        "sentry-trace",
        "newrelic",
        "x-b3-traceid",
        "b3",
        "uber-trace-id",
        "request-id",
        "elastic-apm-traceparent",
    ];
    if TRACERS.contains(&name) || name.starts_with("x-datadog-") {
        return Some(("tracing", "; a tracing library adds it to every request"));
    }
    match name {
        "x-requested-with" => Some(("framework", "; a JavaScript framework adds it")),
        "x-csrf-token" | "x-xsrf-token" | "x-csrftoken" => {
            Some(("csrf-token", "; a CSRF protection adds it"))
        }
        _ => None,
    }
}
