//! Families A and B: the one primary finding of a transaction, with everything else that is wrong beside it.

use super::build::{self, Grade};
use super::case::{Case, Draft, evidence};
use super::decide::{self, Verdict};
use super::{Policy, preflight, response};
use crate::cors::judge::{self, Reason};
use crate::cors::{CorsFetch, CredentialsMode};
use crate::fetch::check::allows_credentials;
use crate::fetch::preflight::failures;
use crate::fetch::{Browser, PreflightFailure, list};
use crate::finding::{AlsoWrong, Finding, MessageKind, Phase, Severity};

/// The primary finding, if the CORS protocol stands against the transaction.
pub(crate) fn finding(fetch: &CorsFetch, browser: Browser, policy: &Policy<'_>) -> Option<Finding> {
    let verdict = decide::verdict(fetch, browser)?;
    let case = Case {
        fetch,
        browser,
        hop: fetch.hops.get(verdict.failure.hop)?,
        index: verdict.failure.hop,
        phase: phase(&verdict.failure.reason),
        with_credentials: verdict.with_credentials,
    };
    let mut draft = draft(&case, &verdict.failure.reason);
    draft.also_wrong = also_wrong(&case, &verdict);
    if draft.settles.is_empty() {
        draft.settles = verdict.settles.to_owned();
    }
    if verdict.severity == Severity::Blocked {
        say_executed(&case, &mut draft);
    }
    draft.evidence.extend(redirected_from(&case));
    let grade = Grade {
        severity: verdict.severity,
        confidence: verdict.confidence,
        codes: decide::all_codes(fetch, &verdict, browser),
        failure: Some(&verdict.failure),
    };
    Some(build::finding(&case, draft, grade, policy))
}

fn phase(reason: &Reason) -> Phase {
    match reason {
        Reason::PreflightUnanswered | Reason::Preflight(_) => Phase::Preflight,
        Reason::Answer(_) => Phase::Actual,
        Reason::Redirect(_)
        | Reason::RedirectUserinfo
        | Reason::RedirectScheme
        | Reason::RedirectLimit => Phase::Redirect,
    }
}

fn draft(case: &Case<'_>, reason: &Reason) -> Draft {
    match reason {
        Reason::PreflightUnanswered => preflight::no_response::draft(case),
        Reason::Preflight(failure) => preflight::of_failure(case, failure),
        Reason::Answer(check) => response::of_check(case, *check),
        Reason::Redirect(check) => response::redirect_response_not_cors::draft(case, *check),
        Reason::RedirectUserinfo => response::redirect_to_credentials_url::draft(case),
        Reason::RedirectScheme => response::redirect_to_non_http::draft(case),
        Reason::RedirectLimit => response::redirect_too_many::draft(case),
    }
}

/// What the user would meet next: the other faults of the same answer.
fn also_wrong(case: &Case<'_>, verdict: &Verdict) -> Vec<AlsoWrong> {
    let mut others = Vec::new();
    if let (Phase::Preflight, Some(answer), Some(request)) = (
        case.phase,
        case.answer(),
        case.exchange()
            .and_then(|exchange| exchange.request.as_ref()),
    ) {
        let headers = list::request_headers(&request.fields);
        let ask = judge::ask(case.hop, &headers, verdict.with_credentials);
        for failure in failures(answer, &ask, case.browser) {
            if verdict.failure.reason == Reason::Preflight(failure.clone()) {
                continue;
            }
            others.extend(names(case, &failure));
        }
    }
    if lacks_credentials_too(case, &verdict.failure.reason) {
        others.push(AlsoWrong {
            rule: match case.phase {
                Phase::Preflight => preflight::allow_credentials_not_true::RULE.name,
                _ => response::allow_credentials_not_true::RULE.name,
            },
            parameter: None,
        });
    }
    others
}

fn names(case: &Case<'_>, failure: &PreflightFailure) -> Vec<AlsoWrong> {
    let draft = preflight::of_failure(case, failure);
    let wrong = |parameter| AlsoWrong {
        rule: draft.rule.name,
        parameter,
    };
    match failure {
        PreflightFailure::Headers(missing) => {
            missing.iter().cloned().map(Some).map(wrong).collect()
        }
        _ => vec![wrong(draft.parameter.clone())],
    }
}

/// The origin is wrong, and once it is right the missing permission for credentials shows up.
fn lacks_credentials_too(case: &Case<'_>, reason: &Reason) -> bool {
    use crate::fetch::CheckFailure::{CredentialsNotTrue, WildcardWithCredentials};
    let is_origin_wrong = matches!(
        reason,
        Reason::Answer(check) | Reason::Redirect(check) | Reason::Preflight(PreflightFailure::Check(check))
            if !matches!(check, CredentialsNotTrue | WildcardWithCredentials)
    );
    is_origin_wrong
        && case.fetch.credentials.mode == CredentialsMode::Include
        && case.with_credentials
        && !allows_credentials(case.fields())
}

/// The server acted on a request whose answer the page could not read.
fn say_executed(case: &Case<'_>, draft: &mut Draft) {
    let is_unsafe = !matches!(case.method(), "GET" | "HEAD" | "OPTIONS");
    let is_success = matches!(case.status(), 200..=299);
    if case.phase != Phase::Actual || !is_unsafe || !is_success {
        return;
    }
    let line = evidence(
        MessageKind::ActualResponse,
        ":status",
        case.status().to_string(),
        format!(
            "blocked but executed: the server has carried out the {}, only the answer is withheld",
            case.method()
        ),
    );
    let bare = draft.evidence.iter_mut().find(|known| {
        known.message == line.message && known.field == line.field && known.note.is_empty()
    });
    match bare {
        Some(known) => *known = line,
        None => draft.evidence.push(line),
    }
}

fn redirected_from(case: &Case<'_>) -> Option<crate::finding::Evidence> {
    (case.index > 0).then(|| {
        evidence(
            MessageKind::ActualRequest,
            ":url",
            case.fetch.url(),
            "redirected from here",
        )
    })
}
