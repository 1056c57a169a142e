//! Family D: allowed but surprising. Here stand those that one transaction shows; the others need [`super::Survey`].

pub(crate) mod actual_only_headers;
pub(crate) mod avoidable_preflight;
pub(crate) mod blocked_but_executed;
pub(crate) mod client_sends_response_headers;
pub(crate) mod expose_headers_missing;
pub(crate) mod expose_wildcard_with_credentials;
pub(crate) mod header_without_effect;
pub(crate) mod max_age_capped;
pub(crate) mod max_age_invalid;
pub(crate) mod max_age_missing;
pub(crate) mod method_case;
pub(crate) mod no_cors_opaque;
pub(crate) mod options_not_preflight;
pub(crate) mod origin_null_seen;
pub(crate) mod preflight_only_headers;
pub(crate) mod wildcard_literal_with_credentials;

use super::build::{self, Grade};
use super::case::{Case, Draft, evidence};
use super::preflight::{authorization_under_wildcard, header_not_allowed, private_network};
use super::{Policy, remedy};
use crate::cors::judge::ask;
use crate::cors::{CorsFetch, CredentialsMode, Role};
use crate::fetch::Browser;
use crate::fetch::list::{self, TokenList};
use crate::fetch::preflight::authorization_under_wildcard as is_under_wildcard;
use crate::finding::{Confidence, Finding, MessageKind, Phase, Severity};
use crate::http::{Exchange, Names, Recorder, ResourceType};

/// What is remarkable about a transaction beside its primary finding.
pub(crate) fn findings(fetch: &CorsFetch, browser: Browser, policy: &Policy<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, hop) in fetch.hops.iter().enumerate() {
        let case = |phase| Case {
            fetch,
            browser,
            hop,
            index,
            phase,
            with_credentials: fetch.credentials.mode == CredentialsMode::Include,
        };
        let preflight = case(Phase::Preflight);
        let drafts = preflight_drafts(&preflight);
        findings.extend(
            drafts
                .into_iter()
                .map(|draft| note(&preflight, draft, policy)),
        );
        let answer = case(Phase::Actual);
        findings.extend(exposes_by_wildcard(&answer).map(|draft| note(&answer, draft, policy)));
    }
    findings
}

fn note(case: &Case<'_>, draft: Draft, policy: &Policy<'_>) -> Finding {
    let grade = Grade {
        severity: draft.rule.severity,
        confidence: Confidence::Definite,
        codes: draft.rule.codes,
        failure: None,
    };
    build::finding(case, draft, grade, policy)
}

fn preflight_drafts(case: &Case<'_>) -> Vec<Draft> {
    let Some(answer) = case.answer() else {
        return Vec::new();
    };
    let mut drafts: Vec<Draft> = private_network::draft(case).into_iter().collect();
    // A preflight that fails anyway has its own finding; one that fails perhaps, by credentials, leaves the other reason.
    let is_sure = case.fetch.credentials.confidence > Confidence::Possible;
    let with_credentials = case.with_credentials && is_sure;
    let headers = remedy::announced(case);
    if case.passes(with_credentials)
        && is_under_wildcard(answer, &ask(case.hop, &headers, with_credentials))
    {
        drafts.push(authorization_under_wildcard::draft(case));
    }
    if !case.passes(case.with_credentials) {
        return drafts;
    }
    let theirs: Vec<String> = headers
        .iter()
        .filter(|name| header_not_allowed::is_response_header(name))
        .map(|name| name.to_string())
        .collect();
    if !theirs.is_empty() {
        drafts.push(
            Draft::new(
                &client_sends_response_headers::RULE,
                format!(
                    "the client sets {} on its request; only the server can give permission",
                    theirs.join(", ")
                ),
            )
            .parameter(theirs.join(", "))
            .evidence(super::preflight::allow_origin_missing::asked(case))
            .fix([remedy::remove_request_header(&theirs)]),
        );
    }
    drafts
}

fn exposes_by_wildcard(case: &Case<'_>) -> Option<Draft> {
    let is_sure = case.fetch.credentials.confidence > Confidence::Possible;
    let exposes_all =
        || TokenList::of(case.fields(), "access-control-expose-headers").has_wildcard();
    (case.with_credentials && is_sure && case.hop.checked && exposes_all()).then(|| {
        Draft::new(
            &expose_wildcard_with_credentials::RULE,
            "* in access-control-expose-headers exposes nothing, since the request includes credentials",
        )
        .evidence([case.field("access-control-expose-headers", "* is taken literally with credentials", Some("*"))])
        .evidence(super::credentials::evidence(case))
        .fix([remedy::plain("expose-headers", "name the headers that scripts need in access-control-expose-headers")])
    })
}

/// Notes about exchanges that are no CORS requests.
pub(crate) fn of_other(
    fetch: &CorsFetch,
    role: Role,
    browser: Browser,
    policy: &Policy<'_>,
) -> Vec<Finding> {
    let Some(case) = Case::of_last(fetch, browser) else {
        return Vec::new();
    };
    opaque(&case, role)
        .or_else(|| plain_options(&case))
        .map(|draft| note(&case, draft, policy))
        .into_iter()
        .collect()
}

fn opaque(case: &Case<'_>, role: Role) -> Option<Draft> {
    let exchange = case.exchange()?;
    let says_so = exchange.request_field("sec-fetch-mode") == Some("no-cors")
        && exchange.request_field("sec-fetch-dest") == Some("empty");
    let is_script = role == Role::NoCors
        && (says_so || is_opaque_fetch(exchange))
        && exchange.method() != "POST";
    is_script.then(|| {
        let proof = match says_so {
            true => evidence(MessageKind::ActualRequest, "sec-fetch-mode", "no-cors", ""),
            false => evidence(
                MessageKind::Recorded,
                "type",
                "fetch",
                "an answer without any fields: Chromium's panel does not show those of opaque answers",
            ),
        };
        Draft::new(
            &no_cors_opaque::RULE,
            "a script fetched this with mode no-cors, so it cannot read the answer",
        )
        .evidence([proof])
        .fix([remedy::plain(
            "remove-no-cors",
            "remove mode: \"no-cors\" if the answer is to be read",
        )])
    })
}

/// How Chromium's panel shows a `fetch()` whose answer is opaque: a status, and no fields at all.
pub(crate) fn is_opaque_fetch(exchange: &Exchange) -> bool {
    let is_fetch = exchange.observed.as_ref().is_some_and(|observed| {
        observed.recorder == Recorder::Chromium
            && observed.resource_type == Some(ResourceType::Fetch)
            && !observed.service_worker
    });
    let has_bare_answer = exchange
        .response
        .as_ref()
        .is_some_and(|answer| answer.status == 200 && answer.fields.is_empty());
    is_fetch && has_bare_answer
}

fn plain_options(case: &Case<'_>) -> Option<Draft> {
    let exchange = case.exchange()?;
    let asks = exchange.request_field("access-control-request-method");
    let has_origin = exchange.request_field("origin").is_some();
    (exchange.method() == "OPTIONS" && (asks.is_none() || !has_origin)).then(|| {
        let lacks = match asks {
            None => "Access-Control-Request-Method",
            Some(_) => "Origin",
        };
        Draft::new(
            &options_not_preflight::RULE,
            format!("this OPTIONS is no CORS preflight: it has no {lacks}"),
        )
        .evidence([evidence(
            MessageKind::ActualRequest,
            ":method",
            "OPTIONS",
            format!("without {lacks}"),
        )])
    })
}

/// Severity of notes, for the survey.
pub(crate) const NOTE: Severity = Severity::Note;

/// Whether the announced headers are such that a client rarely needs them.
pub(crate) fn is_avoidable(method: &str, names: &[Box<str>]) -> bool {
    const CHEAP: [&str; 8] = [
        "content-type",
        "x-requested-with",
        "cache-control",
        "pragma",
        "expires",
        "if-none-match",
        "if-modified-since",
        "user-agent",
    ];
    let is_json_post = method == "POST" && names.iter().any(|name| **name == *"content-type");
    matches!(method, "GET" | "HEAD" | "POST")
        && !is_json_post
        && names.iter().all(|name| CHEAP.contains(&&**name))
}

/// Response headers that are made to be read by the caller.
pub(crate) fn wanted_by_scripts(fields: &crate::http::Fields) -> Vec<String> {
    const NAMES: Names = Names::new(&[
        "authorization",
        "content-disposition",
        "content-range",
        "link",
        "retry-after",
        "x-auth-token",
        "x-csrf-token",
        "x-total-count",
        "x-pagination",
    ]);
    const RATE_LIMIT: &[u8] = b"x-ratelimit-";
    // Every answer is asked: most names begin otherwise.
    let is_wanted = |name: &str| match name.as_bytes() {
        [b'a' | b'A' | b'c' | b'C' | b'l' | b'L' | b'r' | b'R', ..] => NAMES.find(name).is_some(),
        [b'x' | b'X', ..] => {
            let start = name.as_bytes().get(..RATE_LIMIT.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(RATE_LIMIT))
                || NAMES.find(name).is_some()
        }
        _ => false,
    };
    let is_exposed = |name: &str| {
        fields
            .all("access-control-expose-headers")
            .flat_map(list::elements)
            .any(|own| own == "*" || own.eq_ignore_ascii_case(name))
    };
    let mut names = Vec::new();
    for (name, _) in fields.iter() {
        if is_wanted(name) && !is_exposed(name) {
            names.push(name.to_ascii_lowercase());
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}
