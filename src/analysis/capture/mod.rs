//! Captures in parallel: rounds in which one thread reads and slices the next block while others put the flows of the
//! current one together. What a round found is judged beside the rounds that follow.
//!
//! What comes out is ordered by the packet that completed it and does not depend on the number of threads or on how much
//! a read returned.

mod batch;
mod closed;
mod datagrams;
mod intake;
mod shard;
mod stream;
mod twins;

use super::job::{Counts, Job, Receiver, Stop};
use super::{Options, belt};
use crate::caveat::{Caveat, Place};
use crate::error::Error;
use crate::http::{Interest, SourceId};
use crate::input::{Opened, Position};
use crate::time::Timestamp;
use crate::tls::KeyLog;
use batch::{Batch, SHARDS};
use closed::ClosedServers;
use datagrams::Datagrams;
use intake::{Filled, Intake};
use rayon::prelude::*;
use shard::{Output, Shard, What};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::io;
use std::sync::Arc;

/// An analysis of one capture, or of several whose flows run on from one to the next.
pub(crate) struct Capture {
    intake: Intake,
    shards: Vec<Shard>,
    datagrams: Datagrams,
    /// The user's TLS secrets and those found in the captures so far.
    keys: Arc<KeyLog>,
    /// The name of the input being read, for caveats.
    name: String,
}

/// Rounds that wait to be judged: as many as are read while transactions are decided.
const ROUNDS: usize = 8;

/// Rounds with fewer segments than this are not worth waking another thread.
const WORTH_THREADS: usize = 1024;

/// Reads one capture and gives every exchange in it to `receiver`.
///
/// # Errors
/// When the input cannot be read, or is no capture, or when the output fails.
pub(crate) fn run(
    opened: Opened,
    job: &Job<'_>,
    receiver: &mut dyn Receiver,
) -> Result<Counts, Stop> {
    let mut capture = Capture::new(job.options, job.interest, job.keys);
    capture.read(opened, job.id, receiver)?;
    let part = capture.intake.part(&capture.name);
    Ok(Counts {
        inputs: 1,
        parts: part.into_iter().collect(),
        ..capture.finish(receiver)
    })
}

impl Capture {
    /// An analysis that has seen nothing.
    pub(crate) fn new(options: &Options, interest: Interest, keys: &Arc<KeyLog>) -> Self {
        let shard = |_| Shard::new(interest, &options.limits, keys);
        Self {
            intake: Intake::new(options),
            shards: (0..SHARDS).map(shard).collect(),
            datagrams: Datagrams::new(interest, options),
            keys: Arc::clone(keys),
            name: String::new(),
        }
    }

    /// Reads one input to its end. Connections stay open: they may go on in the next.
    ///
    /// # Errors
    /// When the input cannot be read, or is no capture, or when the output fails.
    pub(crate) fn read(
        &mut self,
        opened: Opened,
        source: SourceId,
        receiver: &mut dyn Receiver,
    ) -> Result<(), Stop> {
        let Opened {
            name,
            reader,
            position,
            ..
        } = opened;
        name.clone_into(&mut self.name);
        self.intake.open(reader, source);
        self.datagrams.set_source(source);
        belt::run(
            ROUNDS,
            |give| self.rounds(&position, give),
            |found: Found| found.deliver(&name, receiver),
        )?;
        match self.intake.failure() {
            Some(kind) => Err(Error::new(name, kind).into()),
            None => Ok(()),
        }
    }

    /// Ends all connections and gives out what is left of them.
    pub(crate) fn finish(mut self, receiver: &mut dyn Receiver) -> Counts {
        if self.shards.iter().map(Shard::places).sum::<usize>() < WORTH_THREADS {
            self.shards.iter_mut().for_each(Shard::finish);
        } else {
            self.shards.par_iter_mut().for_each(Shard::finish);
        }
        self.datagrams.finish();
        let rest = self.collect(&mut Batch::default());
        deliver(rest, &self.name, receiver);
        let mut counts = self.intake.counts();
        let mut closed = ClosedServers::default();
        for shard in &self.shards {
            shard.count(&mut counts);
            closed.join(&shard.closed);
        }
        counts.skipped.append(&mut closed.sentences());
        self.datagrams.count(&mut counts);
        counts
    }

    /// Tells the shards of secrets that the capture brought with it.
    fn share_secrets(&mut self) {
        let secrets = self.intake.take_secrets();
        if !secrets.is_empty() {
            Arc::make_mut(&mut self.keys).extend(&secrets);
            for shard in &mut self.shards {
                shard.set_keys(&self.keys);
            }
        }
    }

    /// Reads to the end of the input, as long as what is found is wanted.
    fn rounds(&mut self, position: &Position, give: &mut dyn FnMut(Found) -> bool) {
        let mut current = Batch::default();
        let mut next = Batch::default();
        let mut filled = self.intake.fill(&mut current);
        while filled != Filled::End {
            // A live capture comes in small pieces: its findings must not wait for the next packet.
            let is_small = current.events() < WORTH_THREADS;
            if !is_small {
                filled = self.round(&current, &mut next);
            } else {
                self.process(&current);
            }
            let found = Found {
                outputs: self.collect(&mut current).collect(),
                position: position.bytes(),
                reached: self.intake.live_time(),
            };
            if !give(found) {
                return;
            }
            if is_small {
                filled = self.intake.fill(&mut next);
            }
            std::mem::swap(&mut current, &mut next);
        }
        self.intake.close(&mut current);
        give(Found {
            outputs: self.collect(&mut current).collect(),
            position: position.bytes(),
            reached: None,
        });
    }

    /// Works on `current` and fills `next`.
    fn round(&mut self, current: &Batch, next: &mut Batch) -> Filled {
        if rayon::current_num_threads() == 1 {
            self.process(current);
            return self.intake.fill(next);
        }
        self.share_secrets();
        let Self {
            intake,
            shards,
            datagrams,
            keys,
            ..
        } = self;
        let mut filled = Filled::End;
        rayon::in_place_scope(|scope| {
            scope.spawn(|_| filled = intake.fill(next));
            scope.spawn(|_| datagrams.process(current, keys));
            let shards = shards.par_iter_mut().enumerate();
            shards.for_each(|(number, shard)| shard.process(number, current));
        });
        filled
    }

    /// Works on `batch`.
    fn process(&mut self, batch: &Batch) {
        self.share_secrets();
        for (number, shard) in self.shards.iter_mut().enumerate() {
            shard.process(number, batch);
        }
        self.datagrams.process(batch, &self.keys);
    }

    /// What the shards found in `batch`, in the order of packets.
    fn collect(&mut self, batch: &mut Batch) -> impl Iterator<Item = Output> + use<> {
        let mut parts = Vec::new();
        for (number, shard) in self.shards.iter_mut().enumerate() {
            self.intake.free(number, shard.take_done());
            parts.push(std::mem::take(&mut shard.outputs));
        }
        parts.push(std::mem::take(&mut self.datagrams.outputs));
        let damages = batch.damages.drain(..).map(|(frame, damage)| Output {
            frame,
            stream: u32::MAX,
            what: What::Damage(damage),
        });
        parts.push(damages.collect());
        in_order(parts)
    }
}

/// Joins the parts without a copy of them all: at the end of a flood of connections they are large.
fn in_order(parts: Vec<Vec<Output>>) -> impl Iterator<Item = Output> {
    let place = |output: &Output| (output.frame, output.stream);
    let mut parts: Vec<_> = parts
        .into_iter()
        .map(|mut part| {
            // Outputs of one conversation come from one shard, in order; the sort is stable.
            part.sort_by_key(place);
            part.into_iter()
        })
        .collect();
    // The place of each part's next output, the first on top.
    let firsts = parts.iter().enumerate();
    let mut heads: BinaryHeap<_> = firsts
        .filter_map(|(number, part)| Some(Reverse((place(part.as_slice().first()?), number))))
        .collect();
    std::iter::from_fn(move || {
        let mut head = heads.peek_mut()?;
        let Reverse((next, number)) = &mut *head;
        let part = parts.get_mut(*number)?;
        let output = part.next()?;
        match part.as_slice().first() {
            Some(after) => *next = place(after),
            None => {
                PeekMut::pop(head);
            }
        }
        Some(output)
    })
}

/// What a round found.
struct Found {
    outputs: Vec<Output>,
    /// How far the input has been read.
    position: u64,
    /// For an input that is written while it is read: the time that it has reached.
    reached: Option<Timestamp>,
}

impl Found {
    /// Hands it on; `name` is that of the input.
    fn deliver(self, name: &str, receiver: &mut dyn Receiver) -> io::Result<()> {
        deliver(self.outputs, name, receiver);
        receiver.pause(self.position)?;
        match self.reached {
            Some(now) => receiver.reached(now),
            None => Ok(()),
        }
    }
}

fn deliver(outputs: impl IntoIterator<Item = Output>, name: &str, receiver: &mut dyn Receiver) {
    for output in outputs {
        let caveat = |kind, place, detail| Caveat {
            kind,
            source: name.to_owned(),
            place,
            detail,
        };
        match output.what {
            What::Exchange(exchange) => receiver.exchange(exchange),
            What::Note(kind, detail) => {
                let place = Place::Stream(output.stream);
                receiver.caveat(caveat(kind, place, detail.to_owned()));
            }
            What::FrameNote(kind, frame, detail) => {
                receiver.caveat(caveat(kind, Place::Frame(frame), detail.to_owned()));
            }
            What::Damage(damage) => {
                let place = Place::Offset(damage.offset);
                receiver.caveat(caveat(damage.kind, place, damage.detail));
            }
        }
    }
}

#[cfg(test)]
mod tests;
