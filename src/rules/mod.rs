//! CorsFetch → Finding; one file per rule, its doc comment is the manual page.
//!
//! [`evaluate`] judges one transaction, [`evaluate_other`] an exchange outside of the CORS protocol,
//! [`Survey`] what shows only over many. A rule never sees a packet or a HAR.

mod beside;
mod build;
mod case;
mod codes;
mod credentials;
mod decide;
mod preflight;
mod protocol;
pub mod registry;
mod remedy;
mod response;
mod risk;
pub mod route;
mod surprise;
pub mod survey;
mod tags;

pub use decide::is_test_origin;
pub use registry::{ALL, Family, RuleInfo, find};
pub use survey::Survey;

use beside::Ruling;
use build::Grade;
use case::Case;

use crate::cors::{CorsFetch, Role};
use crate::fetch::Browser;
use crate::finding::Finding;
use crate::http::Exchange;
use std::sync::Arc;

/// How to judge.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policy<'a> {
    /// Whose rules decide; `None`: the engine that made the request, else Chromium's.
    pub browser: Option<Browser>,
    /// Name of the input, for the findings.
    pub source: &'a str,
}

impl Policy<'_> {
    /// Whose rules decide about `fetch`.
    pub fn judge_of(&self, fetch: &CorsFetch) -> Browser {
        self.browser.or(fetch.browser).unwrap_or(Browser::Chromium)
    }
}

/// Judges one transaction: most important finding first.
///
/// At most one finding of the families A and B: the first check that fails in the browser's order. What else is wrong
/// stands in its `also_wrong`.
pub fn evaluate(fetch: &CorsFetch, policy: &Policy<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = primary(fetch, policy).into_iter().collect();
    findings.extend(surprise::findings(fetch, policy.judge_of(fetch), policy));
    findings
}

/// The finding that stops a transaction, if any: of the CORS protocol, else of what stands beside it.
pub fn primary(fetch: &CorsFetch, policy: &Policy<'_>) -> Option<Finding> {
    protocol(fetch, policy)
        .or_else(|| beside(fetch, policy.judge_of(fetch), policy, beside::of_fetch))
}

/// The finding of the CORS protocol alone (families A and B).
pub fn protocol(fetch: &CorsFetch, policy: &Policy<'_>) -> Option<Finding> {
    protocol::finding(fetch, policy.judge_of(fetch), policy)
}

/// Judges an exchange that is not part of a CORS transaction: blocked by something else, or worth a note.
pub fn evaluate_other(exchange: &Arc<Exchange>, role: Role, policy: &Policy<'_>) -> Vec<Finding> {
    // Most traffic is of no interest at all, and must cost nothing.
    if !beside::may_concern(exchange, role) {
        return Vec::new();
    }
    let fetch = CorsFetch::alone(exchange);
    let browser = policy.judge_of(&fetch);
    let mut findings: Vec<Finding> =
        beside(&fetch, browser, policy, |case| beside::of_other(case, role))
            .into_iter()
            .collect();
    findings.extend(surprise::of_other(&fetch, role, browser, policy));
    findings
}

fn beside(
    fetch: &CorsFetch,
    browser: Browser,
    policy: &Policy<'_>,
    rule: impl Fn(&Case<'_>) -> Option<Ruling>,
) -> Option<Finding> {
    let case = Case::of_last(fetch, browser)?;
    let ruling = rule(&case)?;
    let grade = Grade {
        severity: ruling.severity,
        confidence: ruling.confidence,
        codes: ruling.codes,
        failure: None,
    };
    Some(build::finding(&case, ruling.draft, grade, policy))
}

#[cfg(test)]
mod tests;
