//! One direction of a session: what its records are protected with, and what waits for keys.

use super::compression::Inflater;
use super::handshake::Messages;
use super::record::{Head, Mark};
use super::traffic::{Epochs, Keyed, Losses};

/// Bytes of records that wait for the other direction's hello. Early data is the usual reason: 16 KiB.
const MAX_WAITING: usize = 256 << 10;
/// Records in a row that cannot be opened before the direction is given up.
const MAX_FAILURES: u32 = 64;

/// State of one direction.
#[derive(Default)]
pub(crate) struct Half {
    pub(crate) protection: Protection,
    pub(crate) inflater: Option<Inflater>,
    pub(crate) messages: Messages,
    pub(crate) losses: Losses,
    /// Application data was opened.
    pub(crate) has_opened: bool,
    failures: u32,
    waiting: Vec<Waiting>,
    waiting_bytes: usize,
}

/// What protects the records.
#[derive(Default)]
pub(crate) enum Protection {
    /// Nothing yet.
    #[default]
    Clear,
    /// TLS 1.2 and earlier, after ChangeCipherSpec.
    Legacy(Box<Keyed>),
    /// TLS 1.3, after ServerHello.
    Modern(Box<Epochs>),
    /// Keys that are unknown, or a lost key stream.
    Blocked,
}

/// A record that came before the keys.
pub(crate) struct Waiting {
    pub(crate) head: Head,
    pub(crate) mark: Mark,
    pub(crate) body: Vec<u8>,
}

impl Half {
    /// Keeps a record for later. `false`: there are too many.
    pub(crate) fn wait(&mut self, head: Head, mark: Mark, body: &[u8]) -> bool {
        self.waiting_bytes = self.waiting_bytes.saturating_add(body.len() + 64);
        if self.waiting_bytes > MAX_WAITING {
            return false;
        }
        self.waiting.push(Waiting {
            head,
            mark,
            body: body.to_vec(),
        });
        true
    }

    /// Whether records wait.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The records that wait.
    pub(crate) fn take_waiting(&mut self) -> Vec<Waiting> {
        self.waiting_bytes = 0;
        std::mem::take(&mut self.waiting)
    }

    /// Counts a record that was opened.
    pub(crate) fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// Counts a record that was not. `false`: the direction is to be given up.
    pub(crate) fn failed(&mut self) -> bool {
        self.failures = self.failures.saturating_add(1);
        self.failures < MAX_FAILURES
    }
}
