//! A root cause: one fault of a server, cache or client that explains many findings.

use super::{Confidence, Evidence, Fix};
use crate::http::Locator;
use crate::time::Timestamp;
use serde::Serialize;

/// A pattern over many exchanges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// The pattern's name: `errors-lack-cors`.
    pub cause: &'static str,
    /// How sure.
    pub confidence: Confidence,
    /// Host and route that it is about: `https://api.example.com /users/{id}`.
    pub scope: String,
    /// One or two sentences with this input's values: what really went wrong.
    pub text: String,
    /// Findings that it explains.
    pub failed: u64,
    /// Transactions of the same scope, failed or not.
    pub total: u64,
    /// First failure.
    pub first: Timestamp,
    /// Last failure.
    pub last: Timestamp,
    /// A few of the exchanges that show it, with their input's name.
    pub examples: Vec<(String, Locator)>,
    /// The facts that it rests on: server addresses, `Server`, `Via`, cache fields.
    pub evidence: Vec<Evidence>,
    /// What to change, best first.
    pub fix: Vec<Fix>,
    /// Fingerprints of the findings that it explains, sorted.
    pub explains: Vec<String>,
}

/// Adds the causes of another run: those of one pattern and scope are one. Most explaining first.
pub fn join(own: &mut Vec<Cause>, others: &[Cause]) {
    for other in others {
        let same = |cause: &&mut Cause| cause.cause == other.cause && cause.scope == other.scope;
        let Some(known) = own.iter_mut().find(same) else {
            own.push(other.clone());
            continue;
        };
        known.confidence = known.confidence.max(other.confidence);
        known.failed += other.failed;
        known.total += other.total;
        known.first = known.first.min(other.first);
        known.last = known.last.max(other.last);
        known.explains.extend(other.explains.iter().cloned());
        known.explains.sort_unstable();
        known.explains.dedup();
    }
    own.sort_by_key(|cause| std::cmp::Reverse(cause.failed));
}
