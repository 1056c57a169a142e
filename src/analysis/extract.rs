//! `extract`: every exchange of every input with the part it plays, in the order of the input.

use super::capture::Capture;
use super::job::{self, Counts, Damages, Job, Receiver, Stop};
use super::read::read;
use super::rotation::{self, Stretch};
use super::{Extracted, Options};
use crate::caveat::Caveat;
use crate::cors::{Decided, Pairing, Role};
use crate::error::Error;
use crate::finding::Summary;
use crate::http::{Exchange, Interest, Locator, SourceId};
use crate::input::{self, Format, Source};
use crate::time::Timestamp;
use crate::tls::KeyLog;
use hashbrown::HashMap;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

/// Takes each exchange.
pub(crate) type Each<'a> = dyn FnMut(Extracted<'_>) -> io::Result<()> + 'a;

/// Reads all inputs.
pub(crate) fn over(
    sources: &[Source],
    options: &Options,
    each: &mut Each<'_>,
    failed: &mut dyn FnMut(&Error),
    progress: &dyn Fn(u64),
) -> io::Result<Summary> {
    let mut run = Run {
        sources,
        options,
        each,
        failed,
        progress,
        keys: Arc::default(),
        summary: Summary::default(),
        damages: Damages::default(),
        parts: Vec::new(),
        done: 0,
    };
    run.keys = job::keys(options, &mut |error| {
        fail(&mut run.summary, run.failed, error);
    });
    if options.as_one {
        run.as_one()?;
    } else {
        for index in 0..sources.len() {
            run.one(index)?;
        }
    }
    run.summary.hints = rotation::hints(&run.parts, options);
    Ok(run.summary)
}

/// One run of `extract`.
struct Run<'a, 'b> {
    sources: &'a [Source],
    options: &'a Options,
    each: &'a mut Each<'b>,
    failed: &'a mut dyn FnMut(&Error),
    progress: &'a dyn Fn(u64),
    keys: Arc<KeyLog>,
    summary: Summary,
    damages: Damages,
    /// Captures that were read each by itself.
    parts: Vec<Stretch>,
    /// Bytes of the inputs that are done.
    done: u64,
}

impl<'b> Run<'_, 'b> {
    fn one(&mut self, index: usize) -> io::Result<()> {
        let keys = Arc::clone(&self.keys);
        let Some((source, id)) = numbered(self.sources, index) else {
            return Ok(());
        };
        let job = Job {
            source,
            id,
            options: self.options,
            interest: Interest::All,
            keys: &keys,
        };
        let mut line = self.line(Pairing::new(&self.options.limits));
        let reading = read(&job, &mut line);
        let done = line.finish()?;
        self.done = done;
        self.account(reading)
    }

    /// Captures that are parts of one: connections and transactions run on from file to file.
    fn as_one(&mut self) -> io::Result<()> {
        let options = self.options;
        let mut capture = Capture::new(options, Interest::All, &self.keys);
        let order = rotation::in_order(self.sources, options);
        let sources = self.sources;
        let mut readings = Vec::new();
        let mut apart = Vec::new();
        let mut line = self.line(Pairing::joined(&options.limits));
        for index in order {
            let Some((source, id)) = numbered(sources, index) else {
                continue;
            };
            match input::open(source) {
                Ok(opened) if opened.format == Format::Har => apart.push(index),
                Ok(opened) => {
                    let reading = capture.read(opened, id, &mut line);
                    readings.push(reading.map(|()| Counts {
                        inputs: 1,
                        ..Counts::default()
                    }));
                    line.done += std::mem::take(&mut line.current);
                }
                Err(error) => readings.push(Err(error.into())),
            }
        }
        readings.push(Ok(capture.finish(&mut line)));
        let done = line.finish()?;
        self.done = done;
        for reading in readings {
            self.account(reading)?;
        }
        apart.into_iter().try_for_each(|index| self.one(index))
    }

    fn line(&mut self, pairing: Pairing) -> Line<'_, 'b> {
        Line {
            options: self.options,
            sources: self.sources,
            each: self.each,
            summary: &mut self.summary,
            damages: &mut self.damages,
            failed: self.failed,
            progress: self.progress,
            done: self.done,
            current: 0,
            pairing,
            waiting: VecDeque::new(),
            front: 0,
            numbers: HashMap::new(),
        }
    }

    fn account(&mut self, reading: Result<Counts, Stop>) -> io::Result<()> {
        match reading {
            Ok(counts) => self.parts.append(&mut counts.add_to(&mut self.summary)),
            Err(Stop::Input(error)) => fail(&mut self.summary, self.failed, error),
            Err(Stop::Output(error)) => return Err(error),
        }
        Ok(())
    }
}

fn numbered(sources: &[Source], index: usize) -> Option<(&Source, SourceId)> {
    Some((sources.get(index)?, SourceId(u32::try_from(index).ok()?)))
}

fn fail(summary: &mut Summary, failed: &mut dyn FnMut(&Error), error: Error) {
    failed(&error);
    summary.failed_inputs.push((&error).into());
}

/// Exchanges that wait, in the order of the input, until pairing has decided what they are.
struct Line<'a, 'b> {
    options: &'a Options,
    sources: &'a [Source],
    each: &'a mut Each<'b>,
    summary: &'a mut Summary,
    damages: &'a mut Damages,
    failed: &'a mut dyn FnMut(&Error),
    progress: &'a dyn Fn(u64),
    /// Bytes of the inputs that are done, and of this one so far.
    done: u64,
    current: u64,
    pairing: Pairing,
    waiting: VecDeque<(Arc<Exchange>, Option<Part>)>,
    /// Number of the first waiting exchange.
    front: u64,
    /// Number of a waiting exchange, by its address: the locator may repeat under pipelining.
    numbers: HashMap<usize, u64>,
}

/// What pairing decided about one exchange.
#[derive(Clone, Copy)]
struct Part {
    role: Role,
    pair: Option<Locator>,
}

impl Line<'_, '_> {
    /// The end of the input; gives the bytes read in the whole run.
    fn finish(mut self) -> io::Result<u64> {
        self.pairing.finish();
        self.flush()?;
        Ok(self.done + self.current)
    }

    fn flush(&mut self) -> io::Result<()> {
        while let Some(decided) = self.pairing.poll() {
            match decided {
                Decided::Other { exchange, role } => {
                    self.decide(&exchange, Part { role, pair: None })
                }
                Decided::Fetch(fetch) => {
                    for (exchange, role, pair) in fetch.exchanges() {
                        self.decide(exchange, Part { role, pair });
                    }
                }
            }
        }
        while let Some((exchange, Some(part))) = self.waiting.front() {
            let source = self.sources.get(exchange.source.0 as usize);
            (self.each)(Extracted {
                exchange,
                source: source.map_or("", |source| &source.name),
                role: part.role,
                pair: part.pair,
            })?;
            self.waiting.pop_front();
            self.front += 1;
        }
        Ok(())
    }

    fn decide(&mut self, exchange: &Arc<Exchange>, part: Part) {
        let number = self.numbers.remove(&address(exchange));
        let index = number.and_then(|number| usize::try_from(number - self.front).ok());
        if let Some((_, slot)) = index.and_then(|index| self.waiting.get_mut(index)) {
            *slot = Some(part);
        }
    }
}

impl Receiver for Line<'_, '_> {
    fn exchange(&mut self, exchange: Arc<Exchange>) {
        self.numbers
            .insert(address(&exchange), self.front + self.waiting.len() as u64);
        self.waiting.push_back((Arc::clone(&exchange), None));
        self.pairing.push(exchange);
    }

    fn caveat(&mut self, caveat: Caveat) {
        self.damages.tell(&caveat, self.failed);
        self.summary
            .note(caveat, self.options.limits.caveats_per_kind);
    }

    fn pause(&mut self, position: u64) -> io::Result<()> {
        self.current = position;
        (self.progress)(self.done + position);
        self.flush()
    }

    fn reached(&mut self, now: Timestamp) -> io::Result<()> {
        self.pairing.reached(now);
        self.flush()
    }
}

fn address(exchange: &Arc<Exchange>) -> usize {
    Arc::as_ptr(exchange).addr()
}
