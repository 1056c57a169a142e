//! The first half of the pipeline: one input → exchanges, whatever its format.

use super::Options;
use super::rotation::Stretch;
use crate::caveat::Caveat;
use crate::error::Error;
use crate::finding::Summary;
use crate::finding::summary::Traffic;
use crate::http::{Exchange, Interest, SourceId};
use crate::input::{self, Source};
use crate::time::Timestamp;
use crate::tls::KeyLog;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

/// What a reader is asked to read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Job<'a> {
    /// The input.
    pub(crate) source: &'a Source,
    /// Its number in the run.
    pub(crate) id: SourceId,
    /// What the run is asked to do.
    pub(crate) options: &'a Options,
    /// Which exchanges are wanted.
    pub(crate) interest: Interest,
    /// The TLS secrets that the user gave.
    pub(crate) keys: &'a Arc<KeyLog>,
}

/// Takes what a reader finds.
pub(crate) trait Receiver {
    /// The next exchange, in the order of the input.
    fn exchange(&mut self, exchange: Arc<Exchange>);

    /// Something that lowers confidence.
    fn caveat(&mut self, caveat: Caveat);

    /// The reader has given all that the bytes so far hold. `position` is how far the input has been read, in bytes as
    /// they lie on disk.
    ///
    /// # Errors
    /// When the output cannot be written: the reader stops.
    fn pause(&mut self, position: u64) -> io::Result<()>;

    /// A capture that is written while it is read has reached this time: what is settled can be told.
    ///
    /// # Errors
    /// When the output cannot be written: the reader stops.
    fn reached(&mut self, _now: Timestamp) -> io::Result<()> {
        Ok(())
    }
}

/// What a reader counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Inputs read.
    pub(crate) inputs: u64,
    /// Bytes read, after decompression.
    pub(crate) bytes: u64,
    /// Packets (captures).
    pub(crate) packets: u64,
    /// TCP conversations (captures).
    pub(crate) connections: u64,
    /// Exchanges rebuilt, wanted or not.
    pub(crate) exchanges: u64,
    /// What was passed over, by what it is.
    pub(crate) skipped: BTreeMap<String, u64>,
    /// What connections carried, by protocol (captures).
    pub(crate) protocols: BTreeMap<&'static str, Traffic>,
    /// Each capture's place among others.
    pub(crate) parts: Vec<Stretch>,
}

impl Counts {
    /// Counts payload of connections after it was clear that nothing in them matters.
    pub(crate) fn pass_over(&mut self, bytes: u64) {
        if bytes > 0 {
            let rest = self.protocols.entry("after the end of what matters");
            rest.or_default().bytes += bytes;
        }
    }

    /// Adds what a reader counted to the summary of the run; gives the captures' places back.
    pub(crate) fn add_to(self, summary: &mut Summary) -> Vec<Stretch> {
        summary.inputs += self.inputs;
        summary.bytes += self.bytes;
        summary.packets += self.packets;
        summary.connections += self.connections;
        summary.exchanges += self.exchanges;
        for (what, count) in &self.skipped {
            summary.skip(what, *count);
        }
        for (protocol, traffic) in self.protocols {
            let own = summary.protocols.entry(protocol.to_owned());
            own.or_default().add(traffic);
        }
        self.parts
    }
}

/// Why a reader stopped early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The input is at fault; the run goes on.
    Input(Error),
    /// The output cannot be written; the run ends.
    Output(io::Error),
}

/// The outcome of reading one input.
pub(crate) type Reading = Result<Counts, Stop>;

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Input(error)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Tells of damaged inputs, one line for each.
#[derive(Debug, Default)]
pub(crate) struct Damages {
    /// The input that was told of last.
    told: String,
}

impl Damages {
    /// Tells of the first loss in an input; what else is lost stands in the report.
    pub(crate) fn tell(&mut self, caveat: &Caveat, failed: &mut dyn FnMut(&Error)) {
        if let Some(error) = Error::of_damage(caveat)
            && self.told != error.input
        {
            failed(&error);
            self.told = error.input;
        }
    }
}

/// The TLS secrets of all key logs that the user named. One that cannot be read is told to `failed`.
pub(crate) fn keys(options: &Options, failed: &mut dyn FnMut(Error)) -> Arc<KeyLog> {
    let mut keys = KeyLog::default();
    for path in &options.key_logs {
        match input::read_key_log(path) {
            Ok(text) => keys.extend(&text),
            Err(error) => failed(error),
        }
    }
    Arc::new(keys)
}
