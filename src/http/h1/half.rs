//! One direction of an HTTP/1.x connection: where messages start and end.
//!
//! Knows framing, and nothing of methods and statuses: these are asked of [`Messages`].

use super::super::framing::{Content, Length, Passed};
use super::head::find_end;
use super::start::Start;
use crate::time::Timestamp;

/// One direction's place between and within messages.
#[derive(Debug)]
pub(super) struct Half {
    state: State,
    limit: u32,
}

/// The start of a head that is not whole yet. Only then are bytes copied.
#[derive(Debug)]
struct Partial {
    bytes: Vec<u8>,
    /// When and in which packet it started.
    at: Timestamp,
    frame: u64,
}

#[derive(Debug)]
enum State {
    /// A message should start next.
    Between,
    /// In a head.
    Head(Box<Partial>),
    /// In the content of a message.
    Content(Content),
    /// The place was lost: the next start of a message is searched. A message may still be open.
    Lost,
}

/// The messages of one direction: whoever reads heads and counts content.
pub(super) trait Messages {
    /// Whether a message starts at `bytes`, in the place where one should.
    fn starts(&self, bytes: &[u8]) -> Start;
    /// Where in `bytes` a message certainly starts.
    fn find(&self, bytes: &[u8]) -> Option<usize>;
    /// Reads the head at the start of `bytes`.
    fn head(&mut self, bytes: &[u8], at: Timestamp, frame: u64) -> Head;
    /// Reads as much of a head as was seen; whether that was enough to open a message.
    fn partial_head(&mut self, bytes: &[u8], at: Timestamp, frame: u64, why: Broken);
    /// Content of the open message, without transfer coding.
    fn content(&mut self, bytes: &[u8]);
    /// More bytes of the open message were seen at this time.
    fn touch(&mut self, at: Timestamp);
    /// Whether a certain start of a message here shows that the open message has ended without being complete.
    fn may_restart(&self, content: &Content) -> bool;
    /// The open message, if there is one, is over.
    fn end(&mut self, end: End);
    /// Messages may have passed unseen.
    fn lost(&mut self);
    /// Whether the direction left HTTP/1.x.
    fn is_over(&self) -> bool;
}

/// What bytes gave where a head should be.
pub(super) enum Head {
    /// A head of so many bytes, and what follows it.
    Complete(usize, Length),
    /// The head goes on.
    Partial,
    /// No head.
    Bad,
}

/// How a message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// As its framing says.
    Complete,
    /// Before that, or with bytes missing.
    Cut,
}

/// Why only a part of a head was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// A gap, or the end of the connection.
    Gap,
    /// It is longer than the limit.
    Limit,
}

impl Half {
    /// At its first byte; heads longer than `limit` are given up.
    pub(super) fn new(limit: u32) -> Self {
        Self {
            state: State::Between,
            limit,
        }
    }

    /// Takes the next bytes; returns how many were used, which is all unless [`Messages::is_over`].
    #[inline]
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        at: Timestamp,
        frame: u64,
        messages: &mut impl Messages,
    ) -> usize {
        // The usual case: content of known length that goes on.
        if let State::Content(Content::Remaining(remaining)) = &mut self.state
            && (bytes.len() as u64) < *remaining
            && !messages.may_restart(&Content::Remaining(*remaining))
        {
            *remaining -= bytes.len() as u64;
            messages.content(bytes);
            messages.touch(at);
            return bytes.len();
        }
        self.push_slowly(bytes, at, frame, messages)
    }

    fn push_slowly(
        &mut self,
        bytes: &[u8],
        at: Timestamp,
        frame: u64,
        messages: &mut impl Messages,
    ) -> usize {
        let mut used = 0;
        while let Some(rest) = bytes.get(used..).filter(|rest| !rest.is_empty()) {
            if messages.is_over() {
                return used;
            }
            used += match &mut self.state {
                State::Between => self.between(rest, at, frame, messages),
                State::Head(_) => self.head(rest, at, messages),
                State::Content(content) => {
                    messages.touch(at);
                    let restarts = used == 0 && messages.may_restart(content);
                    if restarts && messages.find(rest) == Some(0) {
                        messages.end(End::Cut);
                        self.state = State::Between;
                        continue;
                    }
                    match content.pass(rest, &mut |bytes| messages.content(bytes)) {
                        Passed::All => rest.len(),
                        Passed::End(length) => {
                            messages.end(End::Complete);
                            self.state = State::Between;
                            length
                        }
                        Passed::Damaged(length) => {
                            messages.lost();
                            self.state = State::Lost;
                            length
                        }
                    }
                }
                State::Lost => match messages.find(rest) {
                    Some(start) => {
                        if start > 0 {
                            messages.touch(at);
                        }
                        messages.end(End::Cut);
                        self.state = State::Between;
                        start
                    }
                    None => {
                        messages.touch(at);
                        rest.len()
                    }
                },
            };
        }
        used
    }

    /// Bytes held of a head that is not whole.
    #[inline]
    pub(super) fn held(&self) -> usize {
        match &self.state {
            State::Head(partial) => partial.bytes.len(),
            _ => 0,
        }
    }

    pub(super) fn gap(&mut self, len: u64, messages: &mut impl Messages) {
        match &mut self.state {
            State::Content(content) => match content.pass_gap(len) {
                Some(0) if content.is_over() => {
                    messages.end(End::Cut);
                    self.state = State::Between;
                }
                Some(0) => messages.content(&[]),
                Some(_) => {
                    messages.end(End::Cut);
                    self.lose(messages);
                }
                None => self.lose(messages),
            },
            State::Head(partial) => {
                partial.show(messages, Broken::Gap);
                self.lose(messages);
            }
            State::Between | State::Lost => self.lose(messages),
        }
    }

    pub(super) fn close(&mut self, messages: &mut impl Messages) {
        if matches!(self.state, State::Content(Content::UntilClose)) {
            messages.end(End::Complete);
            self.state = State::Between;
        }
    }

    pub(super) fn finish(&mut self, messages: &mut impl Messages) {
        if let State::Head(partial) = &self.state {
            partial.show(messages, Broken::Gap);
        }
        messages.end(End::Cut);
        self.state = State::Between;
    }

    fn lose(&mut self, messages: &mut impl Messages) {
        messages.lost();
        self.state = State::Lost;
    }

    fn between(
        &mut self,
        bytes: &[u8],
        at: Timestamp,
        frame: u64,
        messages: &mut impl Messages,
    ) -> usize {
        // Empty lines before a start line are passed over (RFC 9112 §2.2).
        let is_line_end = |byte: &&u8| matches!(**byte, b'\r' | b'\n');
        let empty = bytes.iter().take_while(is_line_end).count();
        let Some(bytes) = bytes.get(empty..).filter(|rest| !rest.is_empty()) else {
            return empty;
        };
        if messages.starts(bytes) == Start::No {
            self.state = State::Lost;
            return empty;
        }
        match messages.head(bytes, at, frame) {
            Head::Complete(length, content) => {
                self.begin(content, messages);
                empty + length
            }
            Head::Partial => {
                let bytes = bytes.to_vec();
                let used = empty + bytes.len();
                self.wait(Box::new(Partial { bytes, at, frame }), messages);
                used
            }
            Head::Bad => {
                self.state = State::Lost;
                // A start that is no head must not be found again.
                empty + 1
            }
        }
    }

    fn head(&mut self, bytes: &[u8], at: Timestamp, messages: &mut impl Messages) -> usize {
        let State::Head(mut partial) = std::mem::replace(&mut self.state, State::Lost) else {
            return bytes.len();
        };
        let before = partial.bytes.len();
        let room = (self.limit as usize + 1).saturating_sub(before);
        let taken = bytes.get(..room).unwrap_or(bytes);
        partial.bytes.extend_from_slice(taken);
        // The start line was not whole before: it may turn out to be something else.
        if messages.starts(&partial.bytes) == Start::No {
            return 0;
        }
        let Some(end) = find_end(&partial.bytes, before) else {
            self.wait(partial, messages);
            return taken.len();
        };
        partial.bytes.truncate(end);
        // A simple request may be shorter than what was searched.
        let length = match messages.head(&partial.bytes, partial.at, partial.frame) {
            Head::Complete(length, content) => {
                messages.touch(at);
                self.begin(content, messages);
                length
            }
            Head::Partial | Head::Bad => {
                partial.show(messages, Broken::Gap);
                end
            }
        };
        length.saturating_sub(before)
    }

    /// Waits for the rest of a head, unless it is too long already.
    fn wait(&mut self, partial: Box<Partial>, messages: &mut impl Messages) {
        self.state = match partial.bytes.len() > self.limit as usize {
            true => {
                partial.show(messages, Broken::Limit);
                State::Lost
            }
            false => State::Head(partial),
        };
    }

    fn begin(&mut self, length: Length, messages: &mut impl Messages) {
        self.state = match Content::new(length) {
            Some(content) => State::Content(content),
            None => {
                messages.end(End::Complete);
                State::Between
            }
        };
    }
}

impl Partial {
    fn show(&self, messages: &mut impl Messages, why: Broken) {
        messages.partial_head(&self.bytes, self.at, self.frame, why);
    }
}
