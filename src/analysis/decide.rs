//! The second stage of a run: exchanges → transactions, in groups that go to the next stage at once.

use super::job::Receiver;
use crate::caveat::Caveat;
use crate::cors::{Decided, Pairing};
use crate::http::Exchange;
use crate::time::Timestamp;
use std::io;
use std::sync::Arc;

/// Transactions, or caveats, that go on together: what fits into the caches with the exchanges they are made of.
const GROUP: usize = 256;

/// What goes from stage to stage, in the order of the input.
#[derive(Debug)]
pub(crate) struct Group<T> {
    /// What lowers confidence.
    pub(crate) caveats: Vec<Caveat>,
    /// The next transactions, in the order of their decision.
    pub(crate) transactions: Vec<T>,
    /// How far the input has been read, in bytes as they lie on disk.
    pub(crate) position: u64,
    /// Transactions that began before are decided, but for those that come late.
    pub(crate) settled: Timestamp,
}

impl<T> Group<T> {
    /// The same with what the next stage makes of the transactions.
    pub(crate) fn map<U>(self, each: impl FnMut(T) -> U) -> Group<U> {
        Group {
            caveats: self.caveats,
            transactions: self.transactions.into_iter().map(each).collect(),
            position: self.position,
            settled: self.settled,
        }
    }
}

/// Pairs the exchanges of one input (or of several that are one) and gives on what is decided.
pub(crate) struct Decider<'a> {
    pairing: Pairing,
    give: &'a mut dyn FnMut(Group<Decided>) -> bool,
    caveats: Vec<Caveat>,
    position: u64,
    settled: Timestamp,
    /// Nobody takes more: the output cannot be written.
    is_over: bool,
}

impl<'a> Decider<'a> {
    pub(crate) fn new(pairing: Pairing, give: &'a mut dyn FnMut(Group<Decided>) -> bool) -> Self {
        Self {
            pairing,
            give,
            caveats: Vec::new(),
            position: 0,
            settled: Timestamp(i64::MIN),
            is_over: false,
        }
    }

    /// The end of the input.
    pub(crate) fn finish(mut self) {
        self.pairing.finish();
        self.flush();
    }

    fn flush(&mut self) {
        while !self.is_over {
            let decided = std::iter::from_fn(|| self.pairing.poll());
            let transactions: Vec<_> = decided.take(GROUP).collect();
            let is_last = transactions.len() < GROUP;
            self.is_over = !(self.give)(Group {
                caveats: std::mem::take(&mut self.caveats),
                transactions,
                position: self.position,
                settled: match is_last {
                    true => self.pairing.settled(),
                    false => self.settled,
                },
            });
            if is_last {
                self.settled = self.pairing.settled();
                return;
            }
        }
    }

    /// Tells the reader to stop when nobody takes more; the consumer knows why.
    fn outcome(&self) -> io::Result<()> {
        match self.is_over {
            true => Err(io::ErrorKind::BrokenPipe.into()),
            false => Ok(()),
        }
    }
}

impl Receiver for Decider<'_> {
    fn exchange(&mut self, exchange: Arc<Exchange>) {
        self.pairing.push(exchange);
        // Before the next push would have to assemble it all at once.
        if self.pairing.has_decided() {
            self.flush();
        }
    }

    fn caveat(&mut self, caveat: Caveat) {
        self.caveats.push(caveat);
        if self.caveats.len() >= GROUP {
            self.flush();
        }
    }

    fn pause(&mut self, position: u64) -> io::Result<()> {
        self.position = position;
        self.flush();
        self.outcome()
    }

    fn reached(&mut self, now: Timestamp) -> io::Result<()> {
        self.pairing.reached(now);
        self.flush();
        self.outcome()
    }
}
