//! The second half of the pipeline: exchanges → transactions → findings.

use super::job::{Counts, Receiver, Stop};
use super::{Options, supplement};
use crate::caveat::Caveat;
use crate::cors::{Decided, Pairing, Role};
use crate::finding::Finding;
use crate::http::{Exchange, SourceId};
use crate::input::Source;
use crate::rules::{self, Policy};
use crate::simulate::{self, Replay};
use crate::time::Timestamp;
use std::io;
use std::sync::Arc;

/// Transactions that are judged together: what fits into the caches with the exchanges they are made of.
const GROUP: usize = 512;
/// Fewer are not worth waking a second thread.
pub(crate) const WORTH_SHARING: usize = 128;

/// A transaction or a lone exchange with what is wrong about it.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) decided: Decided,
    pub(crate) findings: Vec<Finding>,
    /// What becomes of a transaction under the policy, where that is asked.
    pub(crate) replay: Option<Replay>,
}

/// What transactions are judged for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Task<'a> {
    /// What is wrong with them.
    Findings,
    /// Nothing: they are only handed on.
    Nothing,
    /// What becomes of them under a policy.
    Replay(&'a simulate::Policy),
}

/// Where judged transactions go, and what else the run must know of an input.
pub(crate) trait Record {
    /// The next transactions, in the order of their decision.
    ///
    /// # Errors
    /// When the output cannot be written.
    fn judged(&mut self, judged: Vec<Judged>) -> io::Result<()>;

    /// Something that lowers confidence.
    fn caveat(&mut self, caveat: Caveat);

    /// The input has been read up to `position`, in bytes as they lie on disk.
    fn progress(&mut self, position: u64);
}

/// Pairs and judges the exchanges of one input (or of several that are one).
pub(crate) struct Judge<'a> {
    rulebook: Rulebook<'a>,
    pairing: Pairing,
    record: &'a mut dyn Record,
    /// Why the output could not be written, until someone can be told.
    failure: Option<io::Error>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(
        rulebook: Rulebook<'a>,
        pairing: Pairing,
        record: &'a mut dyn Record,
    ) -> Self {
        Self {
            rulebook,
            pairing,
            record,
            failure: None,
        }
    }

    /// The end of the input.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.pairing.finish();
        self.flush()
    }

    /// Judges and records everything that is decided.
    fn flush(&mut self) -> io::Result<()> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let mut decided = group(&mut self.pairing);
        if decided.len() < WORTH_SHARING {
            return match decided.is_empty() {
                true => Ok(()),
                false => self.record.judged(self.rulebook.judge_all(decided)),
            };
        }
        let mut judged = Vec::new();
        while !(decided.is_empty() && judged.is_empty()) {
            // Three stages at once, each on another group.
            let (mut next, mut fresh, mut recorded) = (Vec::new(), Vec::new(), Ok(()));
            let Self {
                rulebook,
                pairing,
                record,
                ..
            } = self;
            rayon::in_place_scope(|scope| {
                scope.spawn(|_| next = group(pairing));
                scope.spawn(|_| fresh = rulebook.judge_all(decided));
                recorded = record.judged(judged);
            });
            recorded?;
            (decided, judged) = (next, fresh);
        }
        Ok(())
    }
}

/// The next transactions.
fn group(pairing: &mut Pairing) -> Vec<Decided> {
    std::iter::from_fn(|| pairing.poll()).take(GROUP).collect()
}

/// What judging needs, apart from where the results go.
#[derive(Clone, Copy)]
pub(crate) struct Rulebook<'a> {
    pub(crate) options: &'a Options,
    /// All inputs of the run; an exchange's number names its own.
    pub(crate) sources: &'a [Source],
    pub(crate) task: Task<'a>,
}

impl Rulebook<'_> {
    fn judge_all(&self, decided: Vec<Decided>) -> Vec<Judged> {
        decided
            .into_iter()
            .map(|decided| self.judge(decided))
            .collect()
    }

    fn judge(&self, decided: Decided) -> Judged {
        let findings = match (self.task, &decided) {
            (Task::Findings, Decided::Fetch(fetch)) => {
                rules::evaluate(fetch, &self.policy(fetch.source))
            }
            (Task::Findings, Decided::Other { exchange, role }) => {
                rules::evaluate_other(exchange, *role, &self.policy(exchange.source))
            }
            (Task::Nothing | Task::Replay(_), _) => Vec::new(),
        };
        let replay = match (self.task, &decided) {
            (Task::Replay(policy), Decided::Fetch(fetch)) => {
                Some(simulate::replay(fetch, policy, &self.policy(fetch.source)))
            }
            _ => None,
        };
        let mut judged = Judged {
            decided,
            findings,
            replay,
        };
        supplement::platform(&mut judged);
        if self.options.keep_exchanges {
            supplement::exchanges(&mut judged);
        }
        judged
    }

    /// How to judge what comes from this input.
    pub(crate) fn policy(&self, source: SourceId) -> Policy<'_> {
        let name = self
            .sources
            .get(source.0 as usize)
            .map_or("", |source| &source.name);
        Policy {
            browser: self.options.browser,
            source: name,
        }
    }
}

impl Receiver for Judge<'_> {
    fn exchange(&mut self, exchange: Exchange) {
        self.pairing.push(Arc::new(exchange));
        // Before the next push would have to assemble it all at once.
        if self.pairing.has_decided() && self.failure.is_none() {
            self.failure = self.flush().err();
        }
    }

    fn caveat(&mut self, caveat: Caveat) {
        self.record.caveat(caveat);
    }

    fn pause(&mut self, position: u64) -> io::Result<()> {
        self.record.progress(position);
        self.flush()
    }

    fn reached(&mut self, now: Timestamp) -> io::Result<()> {
        self.pairing.reached(now);
        self.flush()
    }
}

/// Everything about one input, held until its turn comes: for small inputs that are read side by side.
#[derive(Debug, Default)]
pub(crate) struct Held {
    pub(crate) judged: Vec<Judged>,
    pub(crate) caveats: Vec<Caveat>,
    pub(crate) position: u64,
}

impl Record for Held {
    fn judged(&mut self, judged: Vec<Judged>) -> io::Result<()> {
        self.judged.extend(judged);
        Ok(())
    }

    fn caveat(&mut self, caveat: Caveat) {
        self.caveats.push(caveat);
    }

    fn progress(&mut self, position: u64) {
        self.position = position;
    }
}

/// The outcome of reading one input.
pub(crate) type Reading = Result<Counts, Stop>;

/// Counts of roles in one decision: preflights, pairs, requests under CORS.
pub(crate) fn roles(decided: &Decided) -> (u64, u64, u64) {
    match decided {
        Decided::Other {
            role: Role::Preflight,
            ..
        } => (1, 0, 0),
        Decided::Other { .. } => (0, 0, 0),
        Decided::Fetch(fetch) => {
            let preflights: usize = fetch.hops.iter().map(|hop| hop.preflights.len()).sum();
            let pairs = fetch
                .hops
                .iter()
                .filter(|hop| hop.actual.is_some() && !hop.preflights.is_empty())
                .count();
            (preflights as u64, pairs as u64, 1)
        }
    }
}
