//! `check`: every input → findings, causes and counts, in the order of the inputs whatever the number of threads.

use super::Options;
use super::intake::{Counts, Job, Stop};
use super::judge::{Held, Judge, Judged, Reading, Record, roles};
use super::read::read;
use crate::causes::Patterns;
use crate::caveat::Caveat;
use crate::cors::Decided;
use crate::error::Error;
use crate::finding::{Finding, Summary, summary::FailedInput};
use crate::http::{Interest, SourceId};
use crate::input::Source;
use crate::report::Sink;
use crate::rules::{Policy, Survey};
use rayon::prelude::*;
use std::io;

/// Inputs below this size are read side by side, one thread each; larger ones one by one, with all threads.
const SMALL: u64 = 8 << 20;

/// Small inputs held in memory at once.
const GROUP: usize = 64;

/// One run of `check`.
pub(crate) struct Run<'a> {
    options: &'a Options,
    sink: &'a mut dyn Sink,
    failed: &'a mut dyn FnMut(&Error),
    progress: &'a dyn Fn(u64),
    survey: Survey,
    patterns: Patterns,
    summary: Summary,
    /// Bytes of the inputs that are done, and of the current one so far.
    done: u64,
    current: u64,
}

impl<'a> Run<'a> {
    pub(crate) fn new(
        options: &'a Options,
        sink: &'a mut dyn Sink,
        failed: &'a mut dyn FnMut(&Error),
        progress: &'a dyn Fn(u64),
    ) -> Self {
        Self {
            options,
            sink,
            failed,
            progress,
            survey: Survey::default(),
            patterns: Patterns::new(&options.limits),
            summary: Summary::default(),
            done: 0,
            current: 0,
        }
    }

    /// Reads all inputs and ends the report.
    pub(crate) fn over(mut self, sources: &[Source]) -> io::Result<Summary> {
        let mut next = 0u32;
        for group in groups(sources) {
            let numbered: Vec<_> = group
                .iter()
                .zip(next..)
                .map(|(source, id)| (source, SourceId(id)))
                .collect();
            next = next.saturating_add(u32::try_from(group.len()).unwrap_or(u32::MAX));
            match numbered.as_slice() {
                [(source, id)] => self.stream(source, *id)?,
                many => self.side_by_side(many)?,
            }
        }
        self.finish()
    }

    /// One input, its findings going out while it is read.
    fn stream(&mut self, source: &Source, id: SourceId) -> io::Result<()> {
        let options = self.options;
        let job = Job {
            source,
            id,
            options,
            interest: Interest::Cors,
        };
        let mut judge = Judge::new(options, &source.name, self);
        let reading = read(&job, &mut judge);
        if !matches!(reading, Err(Stop::Output(_))) {
            judge.finish()?;
        }
        self.account(source, reading)
    }

    /// Small inputs in parallel; their results go out in order.
    fn side_by_side(&mut self, group: &[(&Source, SourceId)]) -> io::Result<()> {
        let options = self.options;
        let results: Vec<(Held, Reading)> = group
            .par_iter()
            .map(|(source, id)| hold(options, source, *id))
            .collect();
        for ((source, _), (held, reading)) in group.iter().zip(results) {
            for caveat in held.caveats {
                self.caveat(caveat);
            }
            self.progress(held.position);
            self.judged(held.judged)?;
            self.account(source, reading)?;
        }
        Ok(())
    }

    fn account(&mut self, source: &Source, reading: Reading) -> io::Result<()> {
        self.done += std::mem::take(&mut self.current);
        match reading {
            Ok(counts) => self.add(counts),
            Err(Stop::Input(error)) => {
                (self.failed)(&error);
                self.summary.failed_inputs.push(FailedInput {
                    source: source.name.clone(),
                    error: error.to_string(),
                });
            }
            Err(Stop::Output(error)) => return Err(error),
        }
        Ok(())
    }

    fn add(&mut self, counts: Counts) {
        self.summary.inputs += 1;
        self.summary.bytes += counts.bytes;
        self.summary.packets += counts.packets;
        self.summary.connections += counts.connections;
        self.summary.exchanges += counts.exchanges;
        for (what, count) in counts.skipped {
            self.summary.skip(&what, count);
        }
    }

    fn take(&mut self, judged: &Judged) -> io::Result<()> {
        let (preflights, pairs, requests) = roles(&judged.decided);
        self.summary.preflights += preflights;
        self.summary.pairs += pairs;
        self.summary.cors_requests += requests;
        for finding in &judged.findings {
            self.report(finding)?;
        }
        Ok(())
    }

    fn report(&mut self, finding: &Finding) -> io::Result<()> {
        self.summary.count(finding);
        self.sink.finding(finding)
    }

    fn finish(mut self) -> io::Result<Summary> {
        for finding in std::mem::take(&mut self.survey).finish() {
            self.report(&finding)?;
        }
        self.summary.skip(
            "transactions beyond the limit of routes, left out of the search for causes",
            self.patterns.left_out(),
        );
        self.sink.finish(&self.patterns.finish(), &self.summary)?;
        Ok(self.summary)
    }
}

impl Record for Run<'_> {
    fn judged(&mut self, judged: Vec<Judged>) -> io::Result<()> {
        let browser = self.options.browser;
        for one in judged {
            match &one.decided {
                Decided::Fetch(fetch) => {
                    self.survey.observe(
                        fetch,
                        &Policy {
                            browser,
                            source: "",
                        },
                    );
                    self.patterns.observe(fetch, &one.findings);
                }
                Decided::Other { exchange, .. } => {
                    self.patterns.observe_other(exchange, &one.findings)
                }
            }
            self.take(&one)?;
        }
        Ok(())
    }

    fn caveat(&mut self, caveat: Caveat) {
        self.summary
            .note(caveat, self.options.limits.caveats_per_kind);
    }

    fn progress(&mut self, position: u64) {
        self.current = position;
        (self.progress)(self.done + position);
    }
}

fn hold(options: &Options, source: &Source, id: SourceId) -> (Held, Reading) {
    let mut held = Held::default();
    let mut judge = Judge::new(options, &source.name, &mut held);
    let reading = read(
        &Job {
            source,
            id,
            options,
            interest: Interest::Cors,
        },
        &mut judge,
    );
    let end = judge.finish();
    (held, end.map_err(Stop::Output).and(reading))
}

/// Runs of small inputs together, large ones alone.
fn groups(sources: &[Source]) -> Vec<&[Source]> {
    let mut groups = Vec::new();
    let mut rest = sources;
    while let Some((first, _)) = rest.split_first() {
        let small = rest
            .iter()
            .take(GROUP)
            .take_while(|source| is_small(source))
            .count();
        let (group, after) = rest.split_at(if is_small(first) { small.max(1) } else { 1 });
        groups.push(group);
        rest = after;
    }
    groups
}

fn is_small(source: &Source) -> bool {
    source.size().is_some_and(|size| size < SMALL)
}
