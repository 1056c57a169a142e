//! What one TCP connection carries: HTTP in clear, or TLS and, with keys, the HTTP in it.

use crate::caveat::CaveatKind;
use crate::http::connection::Kind;
use crate::http::{Connection, Exchange};
use crate::net::{Chunk, Direction};
use crate::tls::{KeyLog, Session, State};
use std::sync::Arc;

/// The reader of one connection's bytes.
pub(super) struct Stream {
    outer: Connection,
    secured: Option<Box<Secured>>,
}

/// TLS and what is in it.
struct Secured {
    session: Session,
    inner: Connection,
}

impl Stream {
    pub(super) fn new(outer: Connection) -> Self {
        Self {
            outer,
            secured: None,
        }
    }

    /// Takes the next chunk of one direction.
    #[inline]
    pub(super) fn push(&mut self, direction: Direction, chunk: Chunk<'_>, keys: &Arc<KeyLog>) {
        let chunk = self.outer.push(direction, chunk);
        while let Some((direction, bytes, at, frame)) = self.outer.poll_secured() {
            let bytes = bytes.as_slice();
            self.secure(keys)
                .push(direction, Chunk::Data { bytes, at, frame });
        }
        if let Some(chunk) = chunk {
            self.secure(keys).push(direction, chunk);
        }
    }

    fn secure(&mut self, keys: &Arc<KeyLog>) -> &mut Secured {
        self.secured
            .get_or_insert_with(|| Box::new(Secured::new(&self.outer, keys)))
    }

    /// The sender of one direction said that it is leaving; bytes of it may still be under way.
    pub(super) fn leave(&mut self, direction: Direction) {
        match &mut self.secured {
            None => self.outer.leave(direction),
            Some(secured) => secured.inner.leave(direction),
        }
    }

    /// Whether the receiver of one direction has bytes that were not pushed.
    #[inline]
    pub(super) fn set_behind(&mut self, direction: Direction, is_behind: bool) {
        match &mut self.secured {
            None => self.outer.set_behind(direction, is_behind),
            Some(secured) => secured.inner.set_behind(direction, is_behind),
        }
    }

    pub(super) fn close(&mut self, direction: Direction) {
        self.outer.close(direction);
        if let Some(secured) = &mut self.secured {
            secured.inner.close(direction);
        }
    }

    pub(super) fn finish(&mut self) {
        self.outer.finish();
        if let Some(secured) = &mut self.secured {
            secured.inner.finish();
        }
    }

    #[inline]
    pub(super) fn poll(&mut self) -> Option<Exchange> {
        self.outer
            .poll()
            .or_else(|| self.secured.as_mut()?.inner.poll())
    }

    /// The packet of the next request that is not given out.
    pub(super) fn poll_fragment(&mut self) -> Option<u64> {
        self.outer
            .poll_fragment()
            .or_else(|| self.secured.as_mut()?.inner.poll_fragment())
    }

    pub(super) fn note(&mut self, kind: CaveatKind) {
        self.outer.note(kind);
        if let Some(secured) = &mut self.secured {
            secured.inner.note(kind);
        }
    }

    /// Whether nothing that follows can matter any more.
    #[inline]
    pub(super) fn is_done(&self) -> bool {
        match &self.secured {
            None => self.outer.is_done(),
            Some(secured) => {
                matches!(secured.session.state(), State::Closed(_)) || secured.inner.is_done()
            }
        }
    }

    /// What the connection carried, as far as it was understood.
    pub(super) fn kind(&self) -> Kind {
        match (&self.secured, self.outer.kind()) {
            (Some(secured), Kind::Secured) if secured.session.state() == State::Open => {
                secured.inner.kind()
            }
            (_, kind) => kind,
        }
    }

    /// Bytes held of heads that are not whole.
    #[inline]
    pub(super) fn held(&self) -> usize {
        self.outer.held()
            + self
                .secured
                .as_ref()
                .map_or(0, |secured| secured.inner.held())
    }

    /// The name of what it carried.
    pub(super) fn protocol(&self) -> &'static str {
        match (&self.secured, self.outer.kind()) {
            (Some(secured), Kind::Secured) if secured.session.state() == State::Open => {
                match secured.inner.protocol() {
                    "HTTP/1" => "HTTP/1 in TLS",
                    "HTTP/2" => "HTTP/2 in TLS",
                    _ => "TLS with other content",
                }
            }
            (_, Kind::Secured) => "TLS that stayed closed",
            _ => self.outer.protocol(),
        }
    }

    /// Exchanges seen, kept or not.
    pub(super) fn seen(&self) -> u64 {
        self.outer.seen()
            + self
                .secured
                .as_ref()
                .map_or(0, |secured| secured.inner.seen())
    }

    /// For TLS that stayed closed: the server's name, if it was told, and why.
    pub(super) fn why_closed(&self) -> Option<(Option<&str>, String)> {
        let session = &self.secured.as_ref()?.session;
        let why = match session.state() {
            State::Open => return None,
            State::Opening => "its handshake was not seen to the end".to_owned(),
            State::Closed(reason) => reason.to_string(),
        };
        Some((session.server_name(), why))
    }
}

impl Secured {
    fn new(outer: &Connection, keys: &Arc<KeyLog>) -> Self {
        Self {
            session: Session::new(keys),
            inner: outer.secured(),
        }
    }

    fn push(&mut self, direction: Direction, chunk: Chunk<'_>) {
        self.session.push(direction, chunk);
        while let Some((direction, plain)) = self.session.poll() {
            self.inner.push(direction, plain.as_chunk());
        }
    }
}
