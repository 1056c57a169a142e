//! `check`: every input → findings, causes and counts, in the order of the inputs whatever the number of threads.

use super::Options;
use super::capture::Capture;
use super::job::{self, Counts, Damages, Job, Stop};
use super::judge::{Held, Judge, Judged, Reading, Record, Rulebook, WORTH_SHARING, roles};
use super::preflights::Preflights;
use super::read::read;
use super::rotation::{self, Stretch};
use crate::causes::Patterns;
use crate::caveat::Caveat;
use crate::cors::{CorsFetch, Decided, Pairing};
use crate::error::Error;
use crate::finding::{Finding, Summary};
use crate::http::{Interest, SourceId};
use crate::input::{self, Format, Source};
use crate::limits::Limits;
use crate::report::Sink;
use crate::rules::Survey;
use crate::simulate::{Replay, Wishes};
use crate::tls::KeyLog;
use rayon::prelude::*;
use std::io;
use std::ops::Range;
use std::sync::Arc;

/// Inputs below this size are read side by side, one thread each; larger ones one by one, with all threads.
const SMALL: u64 = 8 << 20;

/// Small inputs held in memory at once.
const GROUP: usize = 64;

/// One run of `check`, or of a command that reads and judges as it does.
pub(crate) struct Run<'a> {
    rulebook: Rulebook<'a>,
    taker: Taker<'a>,
    failed: &'a mut dyn FnMut(&Error),
    progress: &'a dyn Fn(u64),
    keys: Arc<KeyLog>,
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
    patterns: Patterns,
}

impl<'a> Taker<'a> {
    pub(crate) fn report(sink: &'a mut dyn Sink, limits: &Limits) -> Self {
        Self::Report(Box::new(Report {
            sink,
            survey: Survey::default(),
            patterns: Patterns::new(limits),
        }))
    }
}

impl<'a> Run<'a> {
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
            keys: Arc::default(),
            summary: Summary::default(),
            preflights: Preflights::default(),
            damages: Damages::default(),
            parts: Vec::new(),
            done: 0,
            current: 0,
        }
    }

    /// Reads all inputs and ends the report.
    pub(crate) fn over(mut self) -> io::Result<Summary> {
        let Rulebook {
            options, sources, ..
        } = self.rulebook;
        self.keys = job::keys(options, &mut |error| self.fail(error));
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
        self.finish()
    }

    /// One input, its findings going out while it is read.
    fn stream(&mut self, index: usize) -> io::Result<()> {
        let (rulebook, keys) = (self.rulebook, Arc::clone(&self.keys));
        let Some(job) = numbered(rulebook, &keys, index) else {
            return Ok(());
        };
        let mut judge = Judge::new(rulebook, Pairing::new(&rulebook.options.limits), self);
        let reading = read(&job, &mut judge);
        if !matches!(reading, Err(Stop::Output(_))) {
            judge.finish()?;
        }
        self.account(reading)
    }

    /// Small inputs in parallel; their results go out in order.
    fn side_by_side(&mut self, group: Range<usize>) -> io::Result<()> {
        let (rulebook, keys) = (self.rulebook, Arc::clone(&self.keys));
        let jobs: Vec<_> = group
            .filter_map(|index| numbered(rulebook, &keys, index))
            .collect();
        let results: Vec<_> = jobs.par_iter().map(|job| hold(job, rulebook)).collect();
        for (held, reading) in results {
            for caveat in held.caveats {
                self.caveat(caveat);
            }
            self.progress(held.position);
            self.judged(held.judged)?;
            self.account(reading)?;
        }
        Ok(())
    }

    /// Captures that are parts of one: connections and transactions run on from file to file.
    fn as_one(&mut self) -> io::Result<()> {
        let (rulebook, keys) = (self.rulebook, Arc::clone(&self.keys));
        let mut capture = Capture::new(rulebook.options, interest(rulebook.options), &keys);
        let mut judge = Judge::new(rulebook, Pairing::joined(&rulebook.options.limits), self);
        let mut readings = Vec::new();
        let mut apart = Vec::new();
        for index in rotation::in_order(rulebook.sources, rulebook.options) {
            let Some(job) = numbered(rulebook, &keys, index) else {
                continue;
            };
            match input::open(job.source) {
                Ok(opened) if opened.format == Format::Har => apart.push(index),
                Ok(opened) => {
                    let reading = capture.read(opened, job.id, &mut judge);
                    readings.push(reading.map(|()| Counts {
                        inputs: 1,
                        ..Counts::default()
                    }));
                }
                Err(error) => readings.push(Err(error.into())),
            }
        }
        let counts = capture.finish(&mut judge);
        judge.finish()?;
        for reading in readings {
            self.account(reading)?;
        }
        self.add(counts);
        for index in apart {
            self.stream(index)?;
        }
        Ok(())
    }

    fn fail(&mut self, error: Error) {
        (self.failed)(&error);
        self.summary.failed_inputs.push((&error).into());
    }

    fn account(&mut self, reading: Reading) -> io::Result<()> {
        self.done += std::mem::take(&mut self.current);
        match reading {
            Ok(counts) => self.add(counts),
            Err(Stop::Input(error)) => self.fail(error),
            Err(Stop::Output(error)) => return Err(error),
        }
        Ok(())
    }

    fn add(&mut self, counts: Counts) {
        self.parts.append(&mut counts.add_to(&mut self.summary));
    }

    fn count(&mut self, judged: &Judged) {
        let (preflights, pairs, requests) = roles(&judged.decided);
        self.summary.preflights += preflights;
        self.summary.pairs += pairs;
        self.summary.cors_requests += requests;
        let times = &mut self.summary.preflight_time;
        self.preflights
            .observe(&judged.decided, |took| times.add(took));
    }

    fn take(&mut self, judged: &[Judged]) -> io::Result<()> {
        match &mut self.taker {
            Taker::Report(report) => report.take(judged, self.rulebook, &mut self.summary),
            Taker::Replays(each) => judged.iter().flat_map(|one| &one.replay).try_for_each(each),
            Taker::Wishes(wishes, wants) => {
                for one in judged {
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

    fn finish(mut self) -> io::Result<Summary> {
        self.summary.hints = rotation::hints(&self.parts, self.rulebook.options);
        self.preflights.finish(&mut self.summary);
        if let Taker::Report(report) = self.taker {
            report.finish(&mut self.summary)?;
        }
        Ok(self.summary)
    }
}

impl Report<'_> {
    fn take(
        &mut self,
        judged: &[Judged],
        rulebook: Rulebook<'_>,
        summary: &mut Summary,
    ) -> io::Result<()> {
        let Self {
            sink,
            survey,
            patterns,
        } = self;
        let mut explain = || judged.iter().for_each(|one| search(patterns, one));
        let mut tell = || {
            judged.iter().for_each(|one| look(survey, one, rulebook));
            let mut findings = judged.iter().flat_map(|one| &one.findings);
            findings.try_for_each(|finding| {
                summary.count(finding);
                sink.finding(finding)
            })
        };
        // Both take about as long; neither knows of the other.
        if judged.len() < WORTH_SHARING {
            explain();
            return tell();
        }
        let mut told = Ok(());
        rayon::in_place_scope(|scope| {
            scope.spawn(|_| explain());
            told = tell();
        });
        told
    }

    fn report(&mut self, finding: &Finding, summary: &mut Summary) -> io::Result<()> {
        summary.count(finding);
        self.sink.finding(finding)
    }

    fn finish(mut self, summary: &mut Summary) -> io::Result<()> {
        for finding in std::mem::take(&mut self.survey).finish() {
            self.report(&finding, summary)?;
        }
        summary.skip(
            "transaction left out of the search for causes: too many routes",
            self.patterns.left_out(),
        );
        self.sink.finish(&self.patterns.finish(), summary)
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

fn search(patterns: &mut Patterns, judged: &Judged) {
    match &judged.decided {
        Decided::Fetch(fetch) => patterns.observe(fetch, &judged.findings),
        Decided::Other { exchange, .. } => patterns.observe_other(exchange, &judged.findings),
    }
}

impl Record for Run<'_> {
    fn judged(&mut self, judged: Vec<Judged>) -> io::Result<()> {
        judged.iter().for_each(|one| self.count(one));
        self.take(&judged)
    }

    fn caveat(&mut self, caveat: Caveat) {
        self.damages.tell(&caveat, self.failed);
        self.summary
            .note(caveat, self.rulebook.options.limits.caveats_per_kind);
    }

    fn progress(&mut self, position: u64) {
        self.current = position;
        (self.progress)(self.done + position);
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

fn hold(job: &Job<'_>, rulebook: Rulebook<'_>) -> (Held, Reading) {
    let mut held = Held::default();
    let mut judge = Judge::new(rulebook, Pairing::new(&job.options.limits), &mut held);
    let reading = read(job, &mut judge);
    let end = judge.finish();
    (held, end.map_err(Stop::Output).and(reading))
}

/// Lengths of the runs that are read together: small inputs side by side, large ones alone.
fn groups(sources: &[Source]) -> Vec<usize> {
    let mut groups = Vec::new();
    let mut rest = sources;
    while !rest.is_empty() {
        let small = rest
            .iter()
            .take(GROUP)
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
