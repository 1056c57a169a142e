//! `check`: every input → findings, causes and counts, in the order of the inputs whatever the number of threads.
//!
//! ```text
//! read ─ Exchange ─▶ decide ─ Decided ─▶ judge, causes ─ Judged ─▶ ledger
//! ```

use super::capture::Capture;
use super::decide::{Decider, Group};
use super::job::{self, Counts, Job, Reading};
use super::judge::{Judged, Rulebook};
use super::ledger::Ledger;
use super::read::read;
use super::{Options, belt, rotation};
use crate::causes::Patterns;
use crate::cors::{Decided, Pairing};
use crate::finding::Summary;
use crate::http::{Interest, SourceId};
use crate::input::{self, Format, Source};
use crate::tls::KeyLog;
use rayon::prelude::*;
use std::io;
use std::ops::Range;
use std::sync::Arc;

/// Inputs below this size are read side by side, one thread each; larger ones one by one, with all threads.
const SMALL: u64 = 8 << 20;

/// Groups of transactions between two stages.
const GROUPS: usize = 2;

/// Small inputs held in memory at once.
const TOGETHER: usize = 64;

/// One run of `check`, or of a command that reads and judges as it does.
pub(crate) struct Run<'a> {
    rulebook: Rulebook<'a>,
    keys: Arc<KeyLog>,
    patterns: Patterns,
    ledger: Ledger<'a>,
}

impl<'a> Run<'a> {
    /// A run that tells what it finds to `ledger`.
    pub(crate) fn new(ledger: Ledger<'a>) -> Self {
        let rulebook = ledger.rulebook;
        Self {
            rulebook,
            keys: Arc::default(),
            patterns: Patterns::new(&rulebook.options.limits),
            ledger,
        }
    }

    /// Reads all inputs and ends the report.
    pub(crate) fn over(mut self) -> io::Result<Summary> {
        let Rulebook {
            options, sources, ..
        } = self.rulebook;
        self.keys = job::keys(options, &mut |error| self.ledger.fail(error));
        if options.as_one {
            self.as_one()?;
        } else {
            let mut first = 0;
            for count in groups(sources) {
                match count {
                    1 => self.stream(first)?,
                    _ => self.side_by_side(first..first + count)?,
                }
                first += count;
            }
        }
        self.ledger.finish(self.patterns)
    }

    /// One input, its findings going out while it is read.
    fn stream(&mut self, index: usize) -> io::Result<()> {
        let (rulebook, keys) = (self.rulebook, Arc::clone(&self.keys));
        let Some(job) = numbered(rulebook, &keys, index) else {
            return Ok(());
        };
        let mut reading = Ok(Counts::default());
        self.stages(|give| reading = decide(&job, give))?;
        self.ledger.account(reading)
    }

    /// Lets `read` give transactions, judges them, searches them for causes and takes them, each beside the others.
    fn stages(
        &mut self,
        read: impl FnOnce(&mut dyn FnMut(Group<Decided>) -> bool) + Send,
    ) -> io::Result<()> {
        let Self {
            rulebook,
            patterns,
            ledger,
            ..
        } = self;
        let judge = |give: &mut dyn FnMut(Group<Judged>) -> bool| {
            // Fails where the ledger did, which knows why.
            let _ = belt::run(GROUPS, read, |group: Group<Decided>| {
                let judged = group.map(|decided| rulebook.judge(decided));
                search(patterns, &judged);
                give(judged).then_some(()).ok_or(())
            });
        };
        belt::run(GROUPS, judge, |judged| ledger.take(judged))
    }

    /// Small inputs in parallel; their results go out in order.
    fn side_by_side(&mut self, group: Range<usize>) -> io::Result<()> {
        let (rulebook, keys) = (self.rulebook, Arc::clone(&self.keys));
        let jobs: Vec<_> = group
            .filter_map(|index| numbered(rulebook, &keys, index))
            .collect();
        let results: Vec<_> = jobs.par_iter().map(|job| hold(job, rulebook)).collect();
        for (held, reading) in results {
            for group in held {
                search(&mut self.patterns, &group);
                self.ledger.take(group)?;
            }
            self.ledger.account(reading)?;
        }
        Ok(())
    }

    /// Captures that are parts of one: connections and transactions run on from file to file.
    fn as_one(&mut self) -> io::Result<()> {
        let (rulebook, keys) = (self.rulebook, Arc::clone(&self.keys));
        let mut capture = Capture::new(rulebook.options, interest(rulebook.options), &keys);
        let mut readings = Vec::new();
        let mut apart = Vec::new();
        let mut counts = Counts::default();
        self.stages(|give| {
            let pairing = Pairing::joined(&rulebook.options.limits);
            let mut decider = Decider::new(pairing, give);
            for index in rotation::in_order(rulebook.sources, rulebook.options) {
                let Some(job) = numbered(rulebook, &keys, index) else {
                    continue;
                };
                match input::open(job.source) {
                    Ok(opened) if opened.format == Format::Har => apart.push(index),
                    Ok(opened) => {
                        let reading = capture.read(opened, job.id, &mut decider);
                        readings.push(reading.map(|()| Counts {
                            inputs: 1,
                            ..Counts::default()
                        }));
                    }
                    Err(error) => readings.push(Err(error.into())),
                }
            }
            counts = capture.finish(&mut decider);
            decider.finish();
        })?;
        for reading in readings {
            self.ledger.account(reading)?;
        }
        self.ledger.add(counts);
        for index in apart {
            self.stream(index)?;
        }
        Ok(())
    }
}

fn search(patterns: &mut Patterns, group: &Group<Judged>) {
    for one in &group.transactions {
        match &one.decided {
            Decided::Fetch(fetch) => patterns.observe(fetch, &one.findings),
            Decided::Other { exchange, .. } => patterns.observe_other(exchange, &one.findings),
        }
    }
}

fn numbered<'a>(rulebook: Rulebook<'a>, keys: &'a Arc<KeyLog>, index: usize) -> Option<Job<'a>> {
    Some(Job {
        source: rulebook.sources.get(index)?,
        id: SourceId(u32::try_from(index).ok()?),
        options: rulebook.options,
        interest: interest(rulebook.options),
        keys,
    })
}

fn interest(options: &Options) -> Interest {
    match options.keep_exchanges {
        true => Interest::CorsVerbatim,
        false => Interest::Cors,
    }
}

/// Reads an input whose turn comes later.
fn hold(job: &Job<'_>, rulebook: Rulebook<'_>) -> (Vec<Group<Judged>>, Reading) {
    let mut held = Vec::new();
    let reading = decide(job, &mut |group| {
        held.push(group.map(|decided| rulebook.judge(decided)));
        true
    });
    (held, reading)
}

/// Reads an input and gives the transactions in it.
fn decide(job: &Job<'_>, give: &mut dyn FnMut(Group<Decided>) -> bool) -> Reading {
    let mut decider = Decider::new(Pairing::new(&job.options.limits), give);
    let reading = read(job, &mut decider);
    decider.finish();
    reading
}

/// Lengths of the runs that are read together: small inputs side by side, large ones alone.
fn groups(sources: &[Source]) -> Vec<usize> {
    let mut groups = Vec::new();
    let mut rest = sources;
    while !rest.is_empty() {
        let small = rest
            .iter()
            .take(TOGETHER)
            .take_while(|source| is_small(source))
            .count();
        let count = small.max(1);
        groups.push(count);
        rest = rest.get(count..).unwrap_or_default();
    }
    groups
}

fn is_small(source: &Source) -> bool {
    source.size().is_some_and(|size| size < SMALL)
}
