//! HTTP/1.x and 0.9 on one connection: two directions of messages, paired in order (RFC 9112 §9.3.2).
//!
//! Content is passed over, never kept. Interim answers are passed over too. After a gap each direction looks for the
//! next start of a message by itself.

mod half;
mod head;
mod pairing;
mod places;
mod section;
mod start;

pub(crate) use pairing::Ending;
pub(crate) use start::{Start, answer_start, is_simple_request, request_start};

use super::{Conversation, Exchange, Interest};
use crate::caveat::CaveatKind;
use crate::limits::Limits;
use crate::net::Direction;
use crate::time::Timestamp;
use half::Half;
use pairing::{Answers, Pairing, Requests};

/// The limits that matter on one connection. There may be a million of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    field_section: u32,
    fields: u32,
    pending_requests: u32,
    field_table: u32,
}

impl Bounds {
    /// Out of the limits of the run.
    pub(crate) fn of(limits: &Limits) -> Self {
        let small = |limit: usize| u32::try_from(limit).unwrap_or(u32::MAX);
        Self {
            field_section: small(limits.field_section),
            fields: small(limits.fields),
            pending_requests: small(limits.pending_requests),
            field_table: small(limits.field_table),
        }
    }

    /// The same as limits, for a connection that turned out to be HTTP/2.
    pub(crate) fn limits(self) -> Limits {
        Limits {
            field_section: self.field_section as usize,
            fields: self.fields as usize,
            pending_requests: self.pending_requests as usize,
            field_table: self.field_table as usize,
            ..Limits::default()
        }
    }
}

/// One connection's HTTP/1.x messages.
#[derive(Debug)]
pub(crate) struct Connection {
    requests: Half,
    answers: Half,
    pairing: Pairing,
}

impl Connection {
    /// A connection on which nothing was seen yet.
    pub(crate) fn new(conversation: Conversation, interest: Interest, bounds: Bounds) -> Self {
        Self {
            requests: Half::new(bounds.field_section),
            answers: Half::new(bounds.field_section),
            pairing: Pairing::new(conversation, interest, bounds),
        }
    }

    /// Takes the next bytes of one direction; returns how many belong to HTTP/1.x. All do, until [`Self::ending`].
    #[inline]
    pub(crate) fn push(
        &mut self,
        direction: Direction,
        bytes: &[u8],
        at: Timestamp,
        frame: u64,
    ) -> usize {
        let pairing = &mut self.pairing;
        match direction {
            Direction::ToServer => self.requests.push(bytes, at, frame, &mut Requests(pairing)),
            Direction::ToClient => self.answers.push(bytes, at, frame, &mut Answers(pairing)),
        }
    }

    /// Bytes held of heads that are not whole.
    pub(crate) fn held(&self) -> usize {
        self.requests.held() + self.answers.held()
    }

    /// Bytes of one direction are missing.
    pub(crate) fn gap(&mut self, direction: Direction, len: u64) {
        let pairing = &mut self.pairing;
        match direction {
            Direction::ToServer => self.requests.gap(len, &mut Requests(pairing)),
            Direction::ToClient => self.answers.gap(len, &mut Answers(pairing)),
        }
    }

    /// The sender of one direction closed it, and all its bytes were seen.
    pub(crate) fn close(&mut self, direction: Direction) {
        let pairing = &mut self.pairing;
        match direction {
            Direction::ToServer => self.requests.close(&mut Requests(pairing)),
            Direction::ToClient => self.answers.close(&mut Answers(pairing)),
        }
    }

    /// The client left without waiting for the answers that are due.
    pub(crate) fn give_up(&mut self) {
        self.pairing.give_up();
    }

    /// Whether the client has bytes of answers that were not pushed.
    pub(crate) fn set_behind(&mut self, is_behind: bool) {
        self.pairing.set_behind(is_behind);
    }

    /// Nothing will follow: what is open is given out as far as it was seen.
    pub(crate) fn finish(&mut self) {
        self.requests.finish(&mut Requests(&mut self.pairing));
        self.answers.finish(&mut Answers(&mut self.pairing));
        self.pairing.finish();
    }

    /// Something that lowers confidence in all of the connection's exchanges.
    pub(crate) fn note(&mut self, kind: CaveatKind) {
        self.pairing.note(kind);
    }

    /// The next exchange that is complete.
    pub(crate) fn poll(&mut self) -> Option<Exchange> {
        self.pairing.poll()
    }

    /// The packet with the start of the next request that is no exchange: fields of it and its answer are missing.
    pub(crate) fn poll_fragment(&mut self) -> Option<u64> {
        self.pairing.poll_fragment()
    }

    /// Whether the connection left HTTP/1.x, and for what. Given out once.
    pub(crate) fn ending(&mut self) -> Option<Ending> {
        self.pairing.take_ending()
    }

    /// Exchanges seen, kept or not.
    pub(crate) fn seen(&self) -> u64 {
        self.pairing.seen()
    }

    /// Whether any message was understood.
    pub(crate) fn has_messages(&self) -> bool {
        self.pairing.has_messages()
    }
}
