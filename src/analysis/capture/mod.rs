//! Captures in parallel: rounds in which one thread reads and slices the next block while the others put the flows of
//! the current one together.
//!
//! No channel and no lock: a round ends when both are done. What comes out is ordered by the packet that completed it
//! and does not depend on the number of threads or on how much a read returned.

mod batch;
mod intake;
mod shard;

use crate::analysis::Options;
use crate::caveat::{Caveat, Place};
use crate::error::Error;
use crate::http::{Exchange, Interest, SourceId};
use batch::{Batch, SHARDS};
use intake::Intake;
use rayon::prelude::*;
use shard::{Output, Shard, What};
use std::collections::BTreeMap;
use std::io::Read;

/// What a capture held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaptureCounts {
    /// Bytes read.
    pub bytes: u64,
    /// Packets.
    pub packets: u64,
    /// TCP conversations.
    pub connections: u64,
    /// Exchanges, kept or not.
    pub exchanges: u64,
    /// What was not looked into, by name.
    pub skipped: BTreeMap<String, u64>,
}

/// Where the results of a capture go.
pub struct Sinks<'s> {
    /// Takes every exchange, in order.
    pub each: &'s mut dyn FnMut(Exchange),
    /// Takes what lowers confidence.
    pub note: &'s mut dyn FnMut(Caveat),
    /// Is told how many bytes of the input were read so far.
    pub progress: &'s (dyn Fn(u64) + Sync),
}

/// An analysis of one capture, or of several whose flows run on from one to the next.
pub struct Capture {
    intake: Intake,
    shards: Vec<Shard>,
    /// The name of the input being read, for caveats.
    name: String,
}

/// Rounds with fewer segments than this are not worth waking another thread.
const WORTH_THREADS: usize = 1024;

/// Reads one capture and gives out every exchange in it.
///
/// # Errors
/// When the input cannot be read, or is no capture.
pub fn run(
    input: Box<dyn Read + Send>,
    name: &str,
    source: SourceId,
    options: &Options,
    interest: Interest,
    sinks: &mut Sinks<'_>,
) -> Result<CaptureCounts, Error> {
    let mut capture = Capture::new(options, interest);
    capture.read(input, name, source, sinks)?;
    Ok(capture.finish(sinks))
}

impl Capture {
    /// An analysis that has seen nothing.
    pub fn new(options: &Options, interest: Interest) -> Self {
        let shard = |_| Shard::new(interest, &options.limits);
        Self {
            intake: Intake::new(options),
            shards: (0..SHARDS).map(shard).collect(),
            name: String::new(),
        }
    }

    /// Reads one input to its end. Connections stay open: they may go on in the next.
    ///
    /// # Errors
    /// When the input cannot be read, or is no capture.
    pub fn read(
        &mut self,
        input: Box<dyn Read + Send>,
        name: &str,
        source: SourceId,
        sinks: &mut Sinks<'_>,
    ) -> Result<(), Error> {
        name.clone_into(&mut self.name);
        self.intake.open(input, source);
        let mut current = Batch::default();
        let mut next = Batch::default();
        let mut goes_on = self.intake.fill(&mut current);
        while goes_on {
            goes_on = self.round(&mut current, &mut next, sinks);
            std::mem::swap(&mut current, &mut next);
        }
        self.intake.close(&mut current);
        self.give(&mut current, sinks);
        match self.intake.failure() {
            Some(kind) => Err(Error::new(name, kind)),
            None => Ok(()),
        }
    }

    /// Ends all connections and gives out what is left of them.
    pub fn finish(mut self, sinks: &mut Sinks<'_>) -> CaptureCounts {
        if self.shards.iter().map(Shard::places).sum::<usize>() < WORTH_THREADS {
            self.shards.iter_mut().for_each(Shard::finish);
        } else {
            self.shards.par_iter_mut().for_each(Shard::finish);
        }
        self.give(&mut Batch::default(), sinks);
        let mut counts = self.intake.counts();
        for shard in &self.shards {
            shard.count(&mut counts);
        }
        counts
    }

    /// The TLS key logs that the captures carried so far.
    pub fn secrets(&self) -> &[u8] {
        self.intake.secrets()
    }

    /// Works on `current`, gives out what was found, and fills `next`; whether there was anything to fill it with.
    fn round(&mut self, current: &mut Batch, next: &mut Batch, sinks: &mut Sinks<'_>) -> bool {
        if current.events() < WORTH_THREADS || rayon::current_num_threads() == 1 {
            // A live capture comes in small pieces: its findings must not wait for the next packet.
            process(&mut self.shards, current);
            self.settle(current, sinks);
            return self.intake.fill(next);
        }
        let Self { intake, shards, .. } = self;
        let batch = &*current;
        let work = || {
            let shards = shards.par_iter_mut().enumerate();
            shards.for_each(|(number, shard)| shard.process(number, batch));
        };
        let (goes_on, ()) = rayon::join(|| intake.fill(next), work);
        self.settle(current, sinks);
        goes_on
    }

    /// Ends the work on a batch.
    fn settle(&mut self, batch: &mut Batch, sinks: &mut Sinks<'_>) {
        for (number, shard) in self.shards.iter_mut().enumerate() {
            self.intake.free(number, shard.take_done());
        }
        self.give(batch, sinks);
    }

    /// Gives out what was found in `batch`, in the order of packets.
    fn give(&mut self, batch: &mut Batch, sinks: &mut Sinks<'_>) {
        (sinks.progress)(self.intake.bytes());
        let mut outputs: Vec<Output> = Vec::new();
        for shard in &mut self.shards {
            outputs.append(&mut shard.outputs);
        }
        outputs.extend(batch.damages.drain(..).map(|(frame, damage)| Output {
            frame,
            stream: u32::MAX,
            what: What::Damage(damage),
        }));
        // Outputs of one conversation come from one shard, in order; the sort is stable.
        outputs.sort_by_key(|output| (output.frame, output.stream));
        for output in outputs {
            let caveat = |kind, place, detail| Caveat {
                kind,
                source: self.name.clone(),
                place,
                detail,
            };
            match output.what {
                What::Exchange(exchange) => (sinks.each)(*exchange),
                What::Note(kind, detail) => {
                    let place = Place::Stream(output.stream);
                    (sinks.note)(caveat(kind, place, detail.to_owned()));
                }
                What::Damage(damage) => {
                    let place = Place::Offset(damage.offset);
                    (sinks.note)(caveat(damage.kind, place, damage.detail));
                }
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
