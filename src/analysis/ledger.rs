//! The last stage of a run: what is told, and what is counted.

use super::Options;
use super::decide::Group;
use super::job::{Counts, Damages, Reading, Stop};
use super::judge::{Judged, Rulebook};
use super::order::InOrder;
use super::preflights::Preflights;
use super::rotation::{self, Stretch};
use crate::causes::Patterns;
use crate::caveat::Caveat;
use crate::cors::{CorsFetch, Decided, Role};
use crate::error::Error;
use crate::finding::{Finding, Summary};
use crate::report::Sink;
use crate::rules::Survey;
use crate::simulate::{Replay, Wishes};
use crate::time::Timestamp;
use std::io;

/// Takes everything that a run finds, in order.
pub(crate) struct Ledger<'a> {
    pub(crate) rulebook: Rulebook<'a>,
    taker: Taker<'a>,
    failed: &'a mut dyn FnMut(&Error),
    progress: &'a dyn Fn(u64),
    summary: Summary,
    preflights: Preflights,
    damages: Damages,
    /// Captures that were read each by itself.
    parts: Vec<Stretch>,
    /// Bytes of the inputs that are done, and of the current one so far.
    done: u64,
    current: u64,
}

/// Where judged transactions go.
pub(crate) enum Taker<'a> {
    /// To the report, with what shows only over many of them.
    Report(Box<Report<'a>>),
    /// One by one to the caller: their replays.
    Replays(&'a mut dyn FnMut(&Replay) -> io::Result<()>),
    /// Into the search for a policy, those that are wanted.
    Wishes(&'a mut Wishes, &'a dyn Fn(&CorsFetch) -> bool),
}

/// A report in the making.
pub(crate) struct Report<'a> {
    sink: &'a mut dyn Sink,
    survey: Survey,
    in_order: InOrder<Finding>,
}

impl<'a> Taker<'a> {
    pub(crate) fn report(sink: &'a mut dyn Sink) -> Self {
        Self::Report(Box::new(Report {
            sink,
            survey: Survey::default(),
            in_order: InOrder::new(),
        }))
    }
}

impl<'a> Ledger<'a> {
    pub(crate) fn new(
        rulebook: Rulebook<'a>,
        taker: Taker<'a>,
        failed: &'a mut dyn FnMut(&Error),
        progress: &'a dyn Fn(u64),
    ) -> Self {
        Self {
            rulebook,
            taker,
            failed,
            progress,
            summary: Summary::default(),
            preflights: Preflights::default(),
            damages: Damages::default(),
            parts: Vec::new(),
            done: 0,
            current: 0,
        }
    }

    /// What comes next.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub(crate) fn take(&mut self, group: Group<Judged>) -> io::Result<()> {
        for caveat in group.caveats {
            self.caveat(caveat);
        }
        self.current = group.position;
        (self.progress)(self.done + self.current);
        self.judged(group.transactions, group.settled)
    }

    /// The end of one input.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub(crate) fn account(&mut self, reading: Reading) -> io::Result<()> {
        self.done += std::mem::take(&mut self.current);
        if let Taker::Report(report) = &mut self.taker {
            report.end_input()?;
        }
        match reading {
            Ok(counts) => self.add(counts),
            Err(Stop::Input(error)) => self.fail(error),
            Err(Stop::Output(error)) => return Err(error),
        }
        Ok(())
    }

    /// Counts of what is no input by itself.
    pub(crate) fn add(&mut self, counts: Counts) {
        self.parts.append(&mut counts.add_to(&mut self.summary));
    }

    /// An input that cannot be read.
    pub(crate) fn fail(&mut self, error: Error) {
        (self.failed)(&error);
        self.summary.failed_inputs.push((&error).into());
    }

    /// The end of the run; `patterns` has seen all transactions.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub(crate) fn finish(mut self, patterns: Patterns) -> io::Result<Summary> {
        self.summary.hints = rotation::hints(&self.parts, self.options());
        self.preflights.finish(&mut self.summary);
        if let Taker::Report(report) = self.taker {
            report.finish(patterns, &mut self.summary)?;
        }
        Ok(self.summary)
    }

    fn options(&self) -> &'a Options {
        self.rulebook.options
    }

    fn caveat(&mut self, caveat: Caveat) {
        self.damages.tell(&caveat, self.failed);
        let most = self.options().limits.caveats_per_kind;
        self.summary.note(caveat, most);
    }

    fn judged(&mut self, judged: Vec<Judged>, settled: Timestamp) -> io::Result<()> {
        for one in &judged {
            count(&one.decided, &mut self.summary);
            let times = &mut self.summary.preflight_time;
            self.preflights
                .observe(&one.decided, |took| times.add(took));
        }
        match &mut self.taker {
            Taker::Report(report) => report.take(judged, settled, self.rulebook, &mut self.summary),
            Taker::Replays(each) => judged.iter().flat_map(|one| &one.replay).try_for_each(each),
            Taker::Wishes(wishes, wants) => {
                for one in &judged {
                    if let Decided::Fetch(fetch) = &one.decided
                        && wants(fetch)
                    {
                        wishes.observe(fetch, &self.rulebook.policy(fetch.source));
                    }
                }
                Ok(())
            }
        }
    }
}

impl Report<'_> {
    fn take(
        &mut self,
        judged: Vec<Judged>,
        settled: Timestamp,
        rulebook: Rulebook<'_>,
        summary: &mut Summary,
    ) -> io::Result<()> {
        for one in judged {
            look(&mut self.survey, &one, rulebook);
            for finding in one.findings {
                summary.count(&finding);
                self.in_order.push(finding.time, finding);
            }
        }
        self.give(settled)
    }

    fn give(&mut self, settled: Timestamp) -> io::Result<()> {
        while let Some(finding) = self.in_order.poll(settled) {
            self.sink.finding(&finding)?;
        }
        Ok(())
    }

    /// Nothing more comes of this input.
    fn end_input(&mut self) -> io::Result<()> {
        self.give(Timestamp(i64::MAX))?;
        self.in_order.restart();
        Ok(())
    }

    fn tell(&mut self, finding: &Finding, summary: &mut Summary) -> io::Result<()> {
        summary.count(finding);
        self.sink.finding(finding)
    }

    fn finish(mut self, patterns: Patterns, summary: &mut Summary) -> io::Result<()> {
        self.give(Timestamp(i64::MAX))?;
        for finding in std::mem::take(&mut self.survey).finish() {
            self.tell(&finding, summary)?;
        }
        summary.skip(
            "transaction left out of the search for causes: too many routes",
            patterns.left_out(),
        );
        self.sink.finish(&patterns.finish(), summary)
    }
}

fn look(survey: &mut Survey, judged: &Judged, rulebook: Rulebook<'_>) {
    match &judged.decided {
        Decided::Fetch(fetch) => survey.observe(fetch, &rulebook.policy(fetch.source)),
        Decided::Other { exchange, role } => {
            survey.observe_other(exchange, *role, &rulebook.policy(exchange.source));
        }
    }
}

fn count(decided: &Decided, summary: &mut Summary) {
    match decided {
        Decided::Other { role, .. } => {
            summary.preflights += u64::from(*role == Role::Preflight);
        }
        Decided::Fetch(fetch) => {
            summary.cors_requests += 1;
            for hop in &fetch.hops {
                let is_pair = hop.actual.is_some() && !hop.preflights.is_empty();
                summary.pairs += u64::from(is_pair);
                summary.preflights += hop.preflights.len() as u64;
            }
        }
    }
}
