//! The third stage of a run: transactions → findings.

use super::{Options, supplement};
use crate::cors::Decided;
use crate::finding::Finding;
use crate::http::SourceId;
use crate::input::Source;
use crate::rules::{self, Policy};
use crate::simulate::{self, Replay};

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

/// What judging needs, apart from where the results go.
#[derive(Clone, Copy)]
pub(crate) struct Rulebook<'a> {
    pub(crate) options: &'a Options,
    /// All inputs of the run; an exchange's number names its own.
    pub(crate) sources: &'a [Source],
    pub(crate) task: Task<'a>,
}

impl Rulebook<'_> {
    pub(crate) fn judge(&self, decided: Decided) -> Judged {
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
