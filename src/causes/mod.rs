//! Many findings → root causes: one file per pattern ([`patterns`]), its doc comment is the manual page.
//!
//! [`Patterns`] takes transactions with their findings, folds them into a bounded [`book`], and at the end asks every
//! pattern what it can explain. A failed transaction is explained by one cause at most, that of the first pattern in
//! [`ALL`] which fits; annotations (a regression, a storm of preflights) explain nothing and stand beside.

mod answer;
mod book;
mod cell;
mod claim;
mod fingerprints;
mod fix;
mod host;
mod observation;
mod patterns;
mod redirect;
mod registry;
mod signs;
mod sketch;
mod spelling;
mod tally;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod words;

pub use registry::{ALL, PatternInfo, find};

use crate::cors::{CorsFetch, CorsMode};
use crate::finding::{Cause, Finding};
use crate::http::Exchange;
use crate::limits::Limits;
use book::Book;
use claim::{Claim, Open};
use observation::Observation;
use std::collections::BTreeMap;

/// Looks for root causes over all transactions of a run, in bounded memory.
#[derive(Debug)]
pub struct Patterns {
    book: Book,
}

impl Patterns {
    /// Bounded by `limits.cause_groups`.
    pub fn new(limits: &Limits) -> Self {
        Self {
            book: Book::new(limits),
        }
    }

    /// Takes one transaction, failed or not, with all its findings, most important first.
    pub fn observe(&mut self, fetch: &CorsFetch, findings: &[Finding]) {
        // What may as well be a form post or a beacon is no failure to explain.
        let is_clear = fetch.mode != CorsMode::Unclear;
        let failure = findings
            .iter()
            .find(|finding| is_clear && observation::is_failure(finding));
        let seen = Observation::of_fetch(fetch, failure);
        self.book.fold(&seen, failure);
        for finding in findings
            .iter()
            .filter(|finding| cell::is_worth_noting(finding.rule))
        {
            self.book.fold_note(&seen, finding);
        }
    }

    /// Takes an exchange outside of the CORS protocol with its findings: blocked by something else.
    pub fn observe_other(&mut self, exchange: &Exchange, findings: &[Finding]) {
        let failure = findings
            .iter()
            .find(|finding| observation::is_failure(finding));
        if let Some(failure) = failure {
            self.book
                .fold(&Observation::of_exchange(exchange, failure), Some(failure));
        }
    }

    /// Transactions whose route or failure found no room and were counted with others; 0 when no limit was reached.
    pub fn left_out(&self) -> u64 {
        self.book.left_out
    }

    /// The causes: those that explain most failures first, then in the order of [`ALL`], then by scope.
    pub fn finish(self) -> Vec<Cause> {
        let mut taken = vec![false; self.book.cells.len()];
        let mut ranked = Vec::new();
        for (priority, pattern) in ALL.iter().enumerate() {
            let open = Open {
                book: &self.book,
                taken: &taken,
            };
            let claims = (pattern.find)(open);
            for mut claim in claims {
                for cell in &claim.cells {
                    if let Some(taken) = taken.get_mut(*cell as usize) {
                        *taken = true;
                    }
                }
                claim.cause.cause = pattern.name;
                ranked.push((priority, claim));
            }
        }
        self.assign_fingerprints(&mut ranked);
        ranked.sort_by(|(one_rank, one), (other_rank, other)| {
            let failed = other.cause.failed.cmp(&one.cause.failed);
            failed
                .then(one_rank.cmp(other_rank))
                .then_with(|| one.cause.scope.cmp(&other.cause.scope))
                .then_with(|| one.cause.text.cmp(&other.cause.text))
        });
        ranked.into_iter().map(|(_, claim)| claim.cause).collect()
    }

    /// Gives each fingerprint to the cause that explains most of its findings.
    ///
    /// Findings of one fingerprint can have different causes (a 502 now, a 401 then); a reader who looks up a
    /// fingerprint wants one answer.
    fn assign_fingerprints(&self, ranked: &mut [(usize, Claim)]) {
        let mut shares = BTreeMap::<&str, BTreeMap<usize, u64>>::new();
        for (index, (_, claim)) in ranked.iter().enumerate() {
            let cells = claim.cells.iter();
            for cell in cells.filter_map(|cell| self.book.cells.get(*cell as usize)) {
                if !cell.fingerprint.is_empty() {
                    let own = shares.entry(&cell.fingerprint).or_default();
                    *own.entry(index).or_default() += cell.span.count;
                }
            }
        }
        for (fingerprint, own) in shares {
            let best = own
                .iter()
                .max_by_key(|(index, count)| (**count, std::cmp::Reverse(**index)));
            let claim = best.and_then(|(index, _)| ranked.get_mut(*index));
            if let Some((_, claim)) = claim {
                claim.cause.explains.push(fingerprint.to_owned());
            }
        }
    }
}
