//! `extract`: every exchange of every input with the part it plays, in the order of the input.

use super::job::{self, Damages, Job, Receiver, Stop};
use super::read::read;
use super::{Extracted, Options};
use crate::caveat::Caveat;
use crate::cors::{Decided, Pairing, Role};
use crate::error::Error;
use crate::finding::{Summary, summary::FailedInput};
use crate::http::{Exchange, Interest, Locator, SourceId};
use crate::input::Source;
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
    let mut summary = Summary::default();
    let mut damages = Damages::default();
    let keys = job::keys(options, &mut |error| fail(&mut summary, failed, error));
    let mut done = 0;
    for (source, id) in sources.iter().zip(0u32..) {
        let mut line = Line {
            options,
            source,
            each,
            summary: &mut summary,
            damages: &mut damages,
            failed,
            progress,
            done,
            current: 0,
            pairing: Pairing::new(&options.limits),
            waiting: VecDeque::new(),
            front: 0,
            numbers: HashMap::new(),
        };
        let reading = read(
            &Job {
                source,
                id: SourceId(id),
                options,
                interest: Interest::All,
                keys: &keys,
            },
            &mut line,
        );
        done = line.finish()?;
        match reading {
            Ok(counts) => {
                summary.inputs += counts.inputs;
                summary.bytes += counts.bytes;
                summary.packets += counts.packets;
                summary.connections += counts.connections;
                summary.exchanges += counts.exchanges;
                for (what, count) in counts.skipped {
                    summary.skip(&what, count);
                }
            }
            Err(Stop::Input(error)) => fail(&mut summary, failed, error),
            Err(Stop::Output(error)) => return Err(error),
        }
    }
    Ok(summary)
}

fn fail(summary: &mut Summary, failed: &mut dyn FnMut(&Error), error: Error) {
    failed(&error);
    summary.failed_inputs.push(FailedInput {
        error: error.to_string(),
        source: error.input,
    });
}

/// Exchanges that wait, in the order of the input, until pairing has decided what they are.
struct Line<'a, 'b> {
    options: &'a Options,
    source: &'a Source,
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
            (self.each)(Extracted {
                exchange,
                source: &self.source.name,
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
    fn exchange(&mut self, exchange: Exchange) {
        let exchange = Arc::new(exchange);
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
}

fn address(exchange: &Arc<Exchange>) -> usize {
    Arc::as_ptr(exchange).addr()
}
