//! What findings are given beside their rule's words: the platform that answered, and the exchanges themselves.
//!
//! Only what failed is looked at, so that traffic without faults pays nothing.

use super::judge::Judged;
use crate::cors::Decided;
use crate::finding::{Phase, Severity};
use crate::fixes::{Answer, detect};
use crate::http::Exchange;
use std::sync::Arc;

/// Names the server or framework that answered a request that was or may be blocked.
pub(crate) fn platform(judged: &mut Judged) {
    let failed = |severity| severity >= Severity::Depends;
    let Some(first) = judged
        .findings
        .iter()
        .find(|finding| failed(finding.severity))
    else {
        return;
    };
    let is_preflight = first.phase == Phase::Preflight;
    let mut exchanges: Vec<&Exchange> = members(&judged.decided).map(|one| &**one).collect();
    // The failing answer first: a 502 comes from the server in front.
    exchanges.sort_by_key(|exchange| exchange.is_preflight() != is_preflight);
    let answers: Vec<Answer<'_>> = exchanges.into_iter().filter_map(answer).collect();
    let Some(found) = detect(&answers) else {
        return;
    };
    for finding in &mut judged.findings {
        if failed(finding.severity) {
            finding.platform = Some(found.platform.id);
        }
    }
}

/// Attaches the exchanges of the transaction to each of its findings.
pub(crate) fn exchanges(judged: &mut Judged) {
    if judged.findings.is_empty() {
        return;
    }
    let mut all: Vec<Arc<Exchange>> = members(&judged.decided).cloned().collect();
    all.sort_by_key(|exchange| exchange.started);
    for finding in &mut judged.findings {
        finding.exchanges.clone_from(&all);
    }
}

fn members(decided: &Decided) -> Box<dyn Iterator<Item = &Arc<Exchange>> + '_> {
    match decided {
        Decided::Fetch(fetch) => Box::new(fetch.exchanges().map(|(exchange, ..)| exchange)),
        Decided::Other { exchange, .. } => Box::new(std::iter::once(exchange)),
    }
}

fn answer(exchange: &Exchange) -> Option<Answer<'_>> {
    let response = exchange.response.as_ref()?;
    Some(Answer {
        status: response.status,
        fields: &response.fields,
        body: &response.body_head,
        is_preflight: exchange.is_preflight(),
    })
}
