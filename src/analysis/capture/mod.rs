//! Captures in parallel: rounds in which one thread reads and slices the next block, others put the flows of the current
//! one together, and what the round before found is handed on.
//!
//! No channel and no lock: a round ends when all are done. What comes out is ordered by the packet that completed it
//! and does not depend on the number of threads or on how much a read returned.

mod batch;
mod closed;
mod datagrams;
mod intake;
mod shard;
mod stream;
mod twins;

use super::Options;
use super::job::{Counts, Job, Receiver, Stop};
use crate::caveat::{Caveat, Place};
use crate::error::Error;
use crate::http::{Interest, SourceId};
use crate::input::{Opened, Position};
use crate::tls::KeyLog;
use batch::{Batch, SHARDS};
use closed::ClosedServers;
use datagrams::Datagrams;
use intake::{Filled, Intake};
use rayon::prelude::*;
use shard::{Output, Shard, What};
use std::io;
use std::sync::Arc;

/// An analysis of one capture, or of several whose flows run on from one to the next.
pub(crate) struct Capture {
    intake: Intake,
    shards: Vec<Shard>,
    datagrams: Datagrams,
    /// The user's TLS secrets and those found in the captures so far.
    keys: Arc<KeyLog>,
    /// What the last round found, in the order of packets.
    found: Vec<Output>,
    /// The name of the input being read, for caveats.
    name: String,
}

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
            found: Vec::new(),
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
        let mut current = Batch::default();
        let mut next = Batch::default();
        let mut filled = self.intake.fill(&mut current);
        while filled != Filled::End {
            filled = self.round(&mut current, &mut next, receiver, &position)?;
            if let Some(now) = self.intake.live_time() {
                receiver.reached(now)?;
            }
            std::mem::swap(&mut current, &mut next);
        }
        deliver(&mut self.found, &self.name, receiver);
        receiver.pause(position.bytes())?;
        self.intake.close(&mut current);
        self.collect(&mut current);
        deliver(&mut self.found, &self.name, receiver);
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
        self.collect(&mut Batch::default());
        deliver(&mut self.found, &self.name, receiver);
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

    /// Works on `current`, gives out what was found, and fills `next`.
    fn round(
        &mut self,
        current: &mut Batch,
        next: &mut Batch,
        receiver: &mut dyn Receiver,
        position: &Position,
    ) -> io::Result<Filled> {
        self.share_secrets();
        let is_small = current.events() < WORTH_THREADS;
        let Self {
            intake,
            shards,
            datagrams,
            keys,
            found,
            name,
        } = self;
        let batch = &*current;
        let mut filled = Filled::End;
        if is_small || rayon::current_num_threads() == 1 {
            deliver(found, name, receiver);
            for (number, shard) in shards.iter_mut().enumerate() {
                shard.process(number, batch);
            }
            datagrams.process(batch, keys);
        } else {
            rayon::in_place_scope(|scope| {
                scope.spawn(|_| filled = intake.fill(next));
                scope.spawn(|_| datagrams.process(batch, keys));
                scope.spawn(|_| {
                    let shards = shards.par_iter_mut().enumerate();
                    shards.for_each(|(number, shard)| shard.process(number, batch));
                });
                deliver(found, name, receiver);
            });
        }
        self.collect(current);
        if is_small {
            // A live capture comes in small pieces: its findings must not wait for the next packet.
            deliver(&mut self.found, &self.name, receiver);
        }
        receiver.pause(position.bytes())?;
        if is_small || rayon::current_num_threads() == 1 {
            filled = self.intake.fill(next);
        }
        Ok(filled)
    }

    /// Gathers what the shards found in `batch`, in the order of packets.
    fn collect(&mut self, batch: &mut Batch) {
        for (number, shard) in self.shards.iter_mut().enumerate() {
            self.intake.free(number, shard.take_done());
            self.found.append(&mut shard.outputs);
        }
        self.found.append(&mut self.datagrams.outputs);
        let damages = batch.damages.drain(..).map(|(frame, damage)| Output {
            frame,
            stream: u32::MAX,
            what: What::Damage(damage),
        });
        self.found.extend(damages);
        // Outputs of one conversation come from one shard, in order; the sort is stable.
        self.found
            .sort_by_key(|output| (output.frame, output.stream));
    }
}

/// Hands on what was found in the input called `name`.
fn deliver(found: &mut Vec<Output>, name: &str, receiver: &mut dyn Receiver) {
    for output in found.drain(..) {
        let caveat = |kind, place, detail| Caveat {
            kind,
            source: name.to_owned(),
            place,
            detail,
        };
        match output.what {
            What::Exchange(exchange) => receiver.exchange(*exchange),
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
