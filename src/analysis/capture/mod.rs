//! Captures in parallel: rounds in which one thread reads and slices the next block while the others put the flows of
//! the current one together.
//!
//! No channel and no lock: a round ends when both are done. What comes out is ordered by the packet that completed it
//! and does not depend on the number of threads or on how much a read returned.

mod batch;
mod intake;
mod shard;
mod stream;

use super::Options;
use super::job::{Counts, Job, Receiver, Stop};
use crate::caveat::{Caveat, Place};
use crate::error::Error;
use crate::http::{Interest, SourceId};
use crate::input::Opened;
use crate::tls::KeyLog;
use batch::{Batch, SHARDS};
use intake::Intake;
use rayon::prelude::*;
use shard::{Output, Shard, What};
use std::sync::Arc;

/// An analysis of one capture, or of several whose flows run on from one to the next.
pub(crate) struct Capture {
    intake: Intake,
    shards: Vec<Shard>,
    /// The user's TLS secrets and those found in the captures so far.
    keys: Arc<KeyLog>,
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
    Ok(Counts {
        inputs: 1,
        ..capture.finish(receiver)
    })
}

impl Capture {
    /// An analysis that has seen nothing.
    pub(crate) fn new(options: &Options, interest: Interest, keys: &Arc<KeyLog>) -> Self {
        let shard = |_| Shard::new(interest, &options.limits, keys);
        Self {
            intake: Intake::new(options),
            keys: Arc::clone(keys),
            shards: (0..SHARDS).map(shard).collect(),
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
        opened.name.clone_into(&mut self.name);
        self.intake.open(opened.reader, source);
        let mut current = Batch::default();
        let mut next = Batch::default();
        let mut goes_on = self.intake.fill(&mut current);
        while goes_on {
            goes_on = self.round(&mut current, &mut next);
            self.give(receiver);
            receiver.pause(opened.position.bytes())?;
            std::mem::swap(&mut current, &mut next);
        }
        self.intake.close(&mut current);
        self.round_alone(&mut current);
        self.give(receiver);
        match self.intake.failure() {
            Some(kind) => Err(Error::new(opened.name, kind).into()),
            None => Ok(()),
        }
    }

    /// Ends all connections and gives out what is left of them.
    pub(crate) fn finish(mut self, receiver: &mut dyn Receiver) -> Counts {
        self.shards.par_iter_mut().for_each(Shard::finish);
        self.give(receiver);
        let mut counts = self.intake.counts();
        for shard in &self.shards {
            shard.count(&mut counts);
        }
        counts
    }

    /// Works on `current` and fills `next` meanwhile; whether there was anything to fill it with.
    fn round(&mut self, current: &mut Batch, next: &mut Batch) -> bool {
        self.share_secrets();
        let Self { intake, shards, .. } = self;
        let goes_on = if current.segments() < WORTH_THREADS || rayon::current_num_threads() == 1 {
            process(shards, current);
            intake.fill(next)
        } else {
            let current = &*current;
            let work = || {
                let shards = shards.par_iter_mut().enumerate();
                shards.for_each(|(number, shard)| shard.process(number, current));
            };
            rayon::join(|| intake.fill(next), work).0
        };
        for (number, shard) in shards.iter_mut().enumerate() {
            intake.free(number, shard.take_done());
        }
        goes_on
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

    fn round_alone(&mut self, current: &mut Batch) {
        self.share_secrets();
        process(&mut self.shards, current);
        for (number, shard) in self.shards.iter_mut().enumerate() {
            self.intake.free(number, shard.take_done());
        }
    }

    /// Gives out what the shards and the reader found since the last time, in order.
    fn give(&mut self, receiver: &mut dyn Receiver) {
        for damage in self.intake.take_damages() {
            receiver.caveat(damage.into_caveat(&self.name));
        }
        let mut outputs: Vec<Output> = Vec::new();
        for shard in &mut self.shards {
            outputs.append(&mut shard.outputs);
        }
        // Outputs of one conversation come from one shard, in order; the sort is stable.
        outputs.sort_by_key(|output| (output.frame, output.stream));
        for output in outputs {
            match output.what {
                What::Exchange(exchange) => receiver.exchange(*exchange),
                What::Note(kind, detail) => receiver.caveat(Caveat {
                    kind,
                    source: self.name.clone(),
                    place: Place::Stream(output.stream),
                    detail: detail.to_owned(),
                }),
            }
        }
    }
}

fn process(shards: &mut [Shard], batch: &Batch) {
    for (number, shard) in shards.iter_mut().enumerate() {
        shard.process(number, batch);
    }
}

#[cfg(test)]
mod tests;
