//! Shared by the readers' tests: an input out of memory and a receiver that keeps everything.

use super::Options;
use super::job::{Counts, Job, Receiver, Stop};
use crate::caveat::Caveat;
use crate::http::{Exchange, Interest, SourceId};
use crate::input::{Format, Opened, Position, Source, SourcePlace};
use crate::limits::Limits;
use std::io::{self, Read};
use std::sync::Arc;

/// Keeps what it is given.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Taken {
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) caveats: Vec<Caveat>,
}

impl Receiver for Taken {
    fn exchange(&mut self, exchange: Arc<Exchange>) {
        self.exchanges.push(Arc::unwrap_or_clone(exchange));
    }

    fn caveat(&mut self, caveat: Caveat) {
        self.caveats.push(caveat);
    }

    fn pause(&mut self, _position: u64) -> io::Result<()> {
        Ok(())
    }
}

/// An open input that gives out what `reader` does.
pub(crate) fn opened(name: &str, format: Format, reader: impl Read + Send + 'static) -> Opened {
    Opened {
        name: name.to_owned(),
        format,
        reader: Box::new(reader),
        size: None,
        position: Position::default(),
    }
}

/// A reader of this room.
type Run = fn(Opened, &Job<'_>, &mut dyn Receiver) -> Result<Counts, Stop>;

/// Runs a reader over `opened` within `limits`, everything wanted or only what bears on CORS.
pub(crate) fn run(
    run: Run,
    opened: Opened,
    interest: Interest,
    limits: &Limits,
    receiver: &mut dyn Receiver,
) -> Result<Counts, Stop> {
    let source = Source {
        name: opened.name.clone(),
        place: SourcePlace::Stdin,
    };
    let options = Options {
        limits: limits.clone(),
        ..Options::default()
    };
    let job = Job {
        source: &source,
        id: SourceId(7),
        options: &options,
        interest,
        keys: &Default::default(),
    };
    run(opened, &job, receiver)
}
