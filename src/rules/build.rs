//! A rule's draft and the transaction's facts → a finding.

use super::case::{Case, Draft};
use super::{Policy, credentials, decide, route};
use crate::cors::judge::Failure;
use crate::finding::{Codes, Confidence, ExchangeRef, Finding, Severity};
use crate::http::Exchange;

/// What the verdict adds to a draft.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grade<'a> {
    pub(crate) severity: Severity,
    pub(crate) confidence: Confidence,
    pub(crate) codes: Codes,
    pub(crate) failure: Option<&'a Failure>,
}

pub(crate) fn finding(
    case: &Case<'_>,
    draft: Draft,
    grade: Grade<'_>,
    policy: &Policy<'_>,
) -> Finding {
    let fetch = case.fetch;
    let url = case.hop.url();
    let method = case.method();
    let origin = match fetch.origin.text.is_empty() {
        true => &*case.hop.origin,
        false => &*fetch.origin.text,
    };
    let site = route::site(url);
    let template = route::template(url);
    let fingerprint = route::fingerprint(&[
        draft.rule.name,
        method,
        origin,
        &site,
        &template,
        draft.parameter.as_deref().unwrap_or_default(),
    ]);
    Finding {
        rule: draft.rule.name,
        severity: grade.severity,
        confidence: grade.confidence,
        enforcement: fetch.enforcement,
        outcome: decide::outcome(fetch, grade.failure),
        phase: case.phase,
        codes: draft.codes.unwrap_or(grade.codes),
        parameter: draft.parameter,
        source: policy.source.to_owned(),
        time: fetch.started(),
        origin: origin.to_owned(),
        method: method.to_owned(),
        url: url.to_owned(),
        initiator: fetch.initiator,
        credentials: credentials::text(&fetch.credentials),
        preflight: case.hop.preflight().map(|exchange| reference(exchange)),
        actual: case.hop.actual.as_ref().map(|exchange| reference(exchange)),
        evidence: draft.evidence,
        also_wrong: draft.also_wrong,
        cause: draft.cause,
        tag: draft.tag,
        fix: draft.fix,
        explained_by: None,
        caveats: fetch.caveats,
        settles: draft.settles,
        fingerprint,
        platform: None,
        is_known: false,
        exchanges: Vec::new(),
    }
}

pub(crate) fn reference(exchange: &Exchange) -> ExchangeRef {
    ExchangeRef {
        locator: exchange.locator,
        status: exchange.status(),
        duration: exchange.duration,
    }
}
