//! Cuts one direction of one stream into frames (RFC 9114 §7).
//!
//! Content is counted, not kept. A loss inside a payload costs that payload; one that may hide a frame's head ends the
//! stream, since nothing tells where the next frame begins.

use super::varint;
use crate::http::h2::Mark;
use crate::net::Chunk;
use crate::time::Timestamp;

/// Frame types (RFC 9114 §7.2).
pub(super) mod kind {
    pub(crate) const DATA: u64 = 0x00;
    pub(crate) const HEADERS: u64 = 0x01;
    pub(crate) const SETTINGS: u64 = 0x04;
    pub(crate) const PUSH_PROMISE: u64 = 0x05;
    /// Not a frame but the first bytes of a WebTransport stream, which holds no HTTP.
    pub(crate) const WEBTRANSPORT: u64 = 0x41;
}

/// What was found on a stream.
#[derive(Debug)]
pub(super) enum Event<'a> {
    /// A HEADERS, PUSH_PROMISE or SETTINGS frame.
    Frame {
        kind: u64,
        /// The payload, up to the cut.
        payload: &'a [u8],
        cut: Option<Cut>,
        /// Where the frame began.
        mark: Mark,
    },
    /// Content.
    Data { bytes: &'a [u8], at: Timestamp },
    /// Content that is not there to be looked at.
    Unkept {
        len: u64,
        at: Timestamp,
        is_missing: bool,
    },
    /// The rest of the stream cannot be read.
    Lost,
}

/// Why a payload is not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    Gap,
    Limit,
}

/// The walk through one direction of a stream.
#[derive(Debug)]
pub(super) struct Cutter {
    state: State,
    last: Mark,
    largest: usize,
}

#[derive(Debug)]
enum State {
    /// Type and length, as far as they were seen.
    Head {
        bytes: [u8; 16],
        len: usize,
        mark: Mark,
    },
    /// A payload that is of interest as a whole.
    Kept {
        kind: u64,
        left: u64,
        bytes: Vec<u8>,
        cut: Option<Cut>,
        mark: Mark,
    },
    /// Content, or a payload of no interest.
    Counted { left: u64, is_data: bool },
    /// Nothing can be read any more.
    Over,
}

const NO_HEAD: State = State::Head {
    bytes: [0; 16],
    len: 0,
    mark: Mark {
        at: Timestamp(0),
        frame: 0,
    },
};

impl Cutter {
    /// A walk that stands before a frame. Payloads above `largest` are cut.
    pub(super) fn new(largest: usize) -> Self {
        Self {
            state: NO_HEAD,
            last: Mark {
                at: Timestamp(0),
                frame: 0,
            },
            largest,
        }
    }

    /// Whether the stream stands between two frames.
    pub(super) fn is_between_frames(&self) -> bool {
        matches!(self.state, State::Head { len: 0, .. })
    }

    /// How many of the next bytes are only counted.
    pub(super) fn indifferent(&self) -> u64 {
        match self.state {
            State::Counted { left, .. } => left,
            State::Over => u64::MAX,
            _ => 0,
        }
    }

    pub(super) fn push(&mut self, chunk: Chunk<'_>, each: &mut impl FnMut(Event<'_>)) {
        match chunk {
            Chunk::Data { bytes, at, frame } => self.data(bytes, Mark { at, frame }, each),
            Chunk::Gap { len } => self.skip(len, self.last.at, true, each),
        }
    }

    /// The next `len` bytes were captured but not kept; [`Self::indifferent`] said that they would not be needed.
    pub(super) fn unkept(&mut self, len: u64, at: Timestamp, each: &mut impl FnMut(Event<'_>)) {
        self.skip(len, at, false, each);
    }

    fn data(&mut self, mut rest: &[u8], mark: Mark, each: &mut impl FnMut(Event<'_>)) {
        self.last = mark;
        while !rest.is_empty() {
            match &mut self.state {
                State::Head {
                    bytes,
                    len,
                    mark: begin,
                } => {
                    if *len == 0 {
                        *begin = mark;
                    }
                    let begin = *begin;
                    match head(bytes, len, &mut rest) {
                        Some((kind, left)) => self.enter(kind, left, begin, &mut rest, each),
                        None => return,
                    }
                }
                State::Kept {
                    left, bytes, cut, ..
                } => {
                    let taken = take(&mut rest, left);
                    let room = self.largest.saturating_sub(bytes.len());
                    if cut.is_none() {
                        bytes.extend_from_slice(taken.get(..room).unwrap_or(taken));
                        *cut = (taken.len() > room).then_some(Cut::Limit);
                    }
                    if *left == 0 {
                        self.give_kept(each);
                    }
                }
                State::Counted { left, is_data } => {
                    let taken = take(&mut rest, left);
                    if *is_data {
                        each(Event::Data {
                            bytes: taken,
                            at: mark.at,
                        });
                    }
                    if *left == 0 {
                        self.state = NO_HEAD;
                    }
                }
                State::Over => return,
            }
        }
    }

    /// Enters the payload of a frame; one that is in `rest` as a whole is given without a copy.
    fn enter(
        &mut self,
        kind: u64,
        left: u64,
        mark: Mark,
        rest: &mut &[u8],
        each: &mut impl FnMut(Event<'_>),
    ) {
        let is_kept = matches!(kind, kind::HEADERS | kind::PUSH_PROMISE | kind::SETTINGS);
        let whole = usize::try_from(left)
            .ok()
            .filter(|len| *len <= self.largest)
            .and_then(|len| rest.split_at_checked(len));
        self.state = match whole {
            _ if kind == kind::WEBTRANSPORT => State::Over,
            Some((payload, after)) if is_kept => {
                *rest = after;
                each(Event::Frame {
                    kind,
                    payload,
                    cut: None,
                    mark,
                });
                NO_HEAD
            }
            _ if left == 0 => NO_HEAD,
            _ if is_kept => State::Kept {
                kind,
                left,
                bytes: Vec::new(),
                cut: None,
                mark,
            },
            _ => State::Counted {
                left,
                is_data: kind == kind::DATA,
            },
        };
    }

    fn skip(
        &mut self,
        mut len: u64,
        at: Timestamp,
        is_missing: bool,
        each: &mut impl FnMut(Event<'_>),
    ) {
        while len > 0 {
            match &mut self.state {
                State::Kept { left, cut, .. } => {
                    *cut = cut.or(Some(Cut::Gap));
                    let step = len.min(*left);
                    *left -= step;
                    len -= step;
                    if *left == 0 {
                        self.give_kept(each);
                    }
                }
                State::Counted { left, is_data } => {
                    let step = len.min(*left);
                    *left -= step;
                    len -= step;
                    if *is_data {
                        each(Event::Unkept {
                            len: step,
                            at,
                            is_missing,
                        });
                    }
                    if *left == 0 {
                        self.state = NO_HEAD;
                    }
                }
                State::Head { .. } => {
                    self.state = State::Over;
                    each(Event::Lost);
                }
                State::Over => return,
            }
        }
    }

    /// Nothing more comes: gives what there is of a payload under way.
    pub(super) fn finish(&mut self, each: &mut impl FnMut(Event<'_>)) {
        if let State::Kept { cut, .. } = &mut self.state {
            *cut = cut.or(Some(Cut::Gap));
            self.give_kept(each);
        }
        self.state = State::Over;
    }

    fn give_kept(&mut self, each: &mut impl FnMut(Event<'_>)) {
        let state = std::mem::replace(&mut self.state, NO_HEAD);
        if let State::Kept {
            kind,
            bytes,
            cut,
            mark,
            ..
        } = state
        {
            each(Event::Frame {
                kind,
                payload: &bytes,
                cut,
                mark,
            });
        }
    }
}

/// Type and length of the frame that begins with the `len` bytes seen before and goes on in `rest`.
fn head(seen: &mut [u8; 16], len: &mut usize, rest: &mut &[u8]) -> Option<(u64, u64)> {
    if *len == 0 {
        let mut input = *rest;
        if let (Some(kind), Some(left)) = (varint::read(&mut input), varint::read(&mut input)) {
            *rest = input;
            return Some((kind, left));
        }
    }
    while let Some((&byte, after)) = rest.split_first() {
        *seen.get_mut(*len)? = byte;
        *len += 1;
        *rest = after;
        let mut input = seen.get(..*len)?;
        if let (Some(kind), Some(left)) = (varint::read(&mut input), varint::read(&mut input)) {
            return Some((kind, left));
        }
    }
    None
}

/// Takes up to `left` bytes from `rest`.
fn take<'a>(rest: &mut &'a [u8], left: &mut u64) -> &'a [u8] {
    let len = usize::try_from(*left).unwrap_or(usize::MAX).min(rest.len());
    let (taken, after) = rest.split_at_checked(len).unwrap_or((rest, &[]));
    *rest = after;
    *left = left.saturating_sub(taken.len() as u64);
    taken
}
