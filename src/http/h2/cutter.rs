//! One direction's bytes → frames. Knows lengths and losses, no fields and no streams.
//!
//! A frame that lies whole in one chunk is borrowed from it. DATA passes through piece by piece, whatever its length.
//! After a loss that leaves it unclear where the next frame begins, [`super::resync`] looks for a plausible place.

use super::frame::{HEAD_LEN, Head, kind};
use super::resync::{Found, Search, Start};
use crate::net::Direction;
use crate::time::Timestamp;

/// The packet that brought a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// When it was captured.
    pub(crate) at: Timestamp,
    /// Its 1-based number.
    pub(crate) frame: u64,
}

/// What the cutter makes of the bytes, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event<'a> {
    /// A frame of a type that matters, other than DATA. `mark` is that of its first byte.
    Frame {
        head: Head,
        mark: Mark,
        payload: &'a [u8],
    },
    /// Such a frame of which only `start` was captured or may be held.
    Damaged {
        head: Head,
        mark: Mark,
        start: &'a [u8],
        is_gap: bool,
    },
    /// A piece of a DATA frame's content: bytes, then bytes that were not captured. `mark` is that of the piece.
    Data {
        stream: u32,
        bytes: &'a [u8],
        missing: u64,
        ends_stream: bool,
        mark: Mark,
    },
    /// Any number of frames may be missing here.
    Lost(Loss),
}

/// Why frames may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// The capture lacks bytes.
    Gap,
    /// The bytes are no frames.
    Garbage,
    /// The capture starts in the middle.
    MidStream,
}

/// Cuts one direction.
#[derive(Debug)]
pub(crate) struct Cutter {
    mode: Mode,
    frames: Frames,
}

#[derive(Debug)]
enum Mode {
    /// Before the preface (client) or the first SETTINGS (server).
    Starting(Start),
    /// At a known place.
    Cutting,
    /// Between frames whose borders are unknown.
    Searching(Search),
}

impl Cutter {
    /// A cutter for the beginning of `direction`. Of one frame it holds up to `limit` bytes.
    pub(crate) fn new(direction: Direction, limit: usize) -> Self {
        Self {
            mode: Mode::Starting(Start::new(direction)),
            frames: Frames::new(limit),
        }
    }

    /// Bytes held of a frame that is not whole.
    pub(crate) fn held(&self) -> usize {
        self.frames.held.len()
    }

    /// Takes the next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8], mark: Mark, each: &mut impl FnMut(Event<'_>)) {
        match &mut self.mode {
            Mode::Cutting => {
                if let Err(used) = self.frames.push(bytes, mark, each) {
                    self.lose(Loss::Garbage, each);
                    let mut search = Search::default();
                    search.push(bytes.get(used..).unwrap_or_default(), mark);
                    self.mode = Mode::Searching(search);
                    self.search(false, each);
                }
            }
            Mode::Searching(search) => {
                search.push(bytes, mark);
                self.search(false, each);
            }
            Mode::Starting(start) => match start.push(bytes, mark) {
                Found::NotYet => {}
                Found::Frames(held) => {
                    self.mode = Mode::Searching(held);
                    self.cut_held(each);
                    self.search(false, each);
                }
                Found::Nothing(held) => {
                    self.lose(Loss::MidStream, each);
                    self.mode = Mode::Searching(held);
                    self.search(false, each);
                }
            },
        }
    }

    /// Takes notice that `len` bytes are missing.
    pub(crate) fn gap(&mut self, len: u64, each: &mut impl FnMut(Event<'_>)) {
        self.search(true, each);
        if !matches!(self.mode, Mode::Cutting) || !self.frames.gap(len, each) {
            self.lose(Loss::Gap, each);
            self.mode = Mode::Searching(Search::default());
        }
    }

    /// Takes notice that nothing follows.
    pub(crate) fn finish(&mut self, each: &mut impl FnMut(Event<'_>)) {
        self.search(true, each);
        self.frames.cut_short(each);
    }

    fn lose(&mut self, why: Loss, each: &mut impl FnMut(Event<'_>)) {
        self.frames.reset();
        each(Event::Lost(why));
    }

    /// Looks for frames in what is held, and cuts them, until nothing more can be said.
    fn search(&mut self, is_end: bool, each: &mut impl FnMut(Event<'_>)) {
        while let Mode::Searching(search) = &mut self.mode {
            if !search.find(is_end) {
                return;
            }
            self.cut_held(each);
        }
    }

    /// Cuts what a search holds from its place on. Garbage in it moves the place on.
    fn cut_held(&mut self, each: &mut impl FnMut(Event<'_>)) {
        let Mode::Searching(search) = &mut self.mode else {
            return;
        };
        let mut place = search.place();
        let mut is_garbage = false;
        for (bytes, mark) in search.parts() {
            if let Err(used) = self.frames.push(bytes, mark, each) {
                place = place.saturating_add(used);
                is_garbage = true;
                break;
            }
            place = place.saturating_add(bytes.len());
        }
        if is_garbage {
            search.move_to(place);
            self.lose(Loss::Garbage, each);
        } else {
            self.mode = Mode::Cutting;
        }
    }
}

/// The frame under way.
#[derive(Debug)]
struct Frames {
    state: State,
    /// Start of a header or of a payload that is not yet whole.
    held: Vec<u8>,
    limit: usize,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// In a frame header; `held` has its first bytes. The mark is that of its first byte, once there is one.
    Head(Option<Mark>),
    /// In a payload with `left` bytes to come.
    Payload { head: Head, mark: Mark, left: u32 },
    /// In a DATA payload: `content` bytes, then `padding` bytes to come; `None` before the padding's length.
    Data {
        head: Head,
        mark: Mark,
        content: u32,
        padding: Option<u32>,
    },
}

impl Frames {
    fn new(limit: usize) -> Self {
        Self {
            state: State::Head(None),
            held: Vec::new(),
            limit,
        }
    }

    fn reset(&mut self) {
        self.state = State::Head(None);
        self.held.clear();
    }

    /// Cuts `bytes`. `Err`: a header makes no sense; so many bytes were used before or in it.
    fn push(
        &mut self,
        bytes: &[u8],
        mark: Mark,
        each: &mut impl FnMut(Event<'_>),
    ) -> Result<(), usize> {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.state {
                State::Head(first) => {
                    let first = first.unwrap_or(mark);
                    let Some(head) = self.take_head(&mut rest) else {
                        self.state = State::Head(Some(first));
                        return Ok(());
                    };
                    if !head.is_sound() {
                        return Err(bytes.len().saturating_sub(rest.len()));
                    }
                    self.begin(head, first, each);
                }
                State::Payload { head, mark, left } => {
                    self.payload(head, mark, left, &mut rest, each);
                }
                State::Data { .. } => self.data(&mut rest, mark, each),
            }
        }
        Ok(())
    }

    fn take_head(&mut self, rest: &mut &[u8]) -> Option<Head> {
        if self.held.is_empty()
            && let Some(head) = Head::parse(rest)
        {
            *rest = rest.get(HEAD_LEN..).unwrap_or_default();
            return Some(head);
        }
        let wanted = HEAD_LEN.saturating_sub(self.held.len()).min(rest.len());
        let (now, later) = rest.split_at_checked(wanted).unwrap_or_default();
        self.held.extend_from_slice(now);
        *rest = later;
        let head = Head::parse(&self.held)?;
        self.held.clear();
        Some(head)
    }

    fn begin(&mut self, head: Head, mark: Mark, each: &mut impl FnMut(Event<'_>)) {
        self.state = State::Head(None);
        if head.kind == kind::DATA {
            if head.len == 0 {
                each(Event::Data {
                    stream: head.stream,
                    bytes: &[],
                    missing: 0,
                    ends_stream: head.ends_stream(),
                    mark,
                });
            } else {
                self.state = State::Data {
                    head,
                    mark,
                    content: head.len,
                    padding: (!head.is_padded()).then_some(0),
                };
            }
        } else if head.len > 0 {
            let left = head.len;
            self.state = State::Payload { head, mark, left };
        } else if matters(head) {
            each(Event::Frame {
                head,
                mark,
                payload: &[],
            });
        }
    }

    fn payload(
        &mut self,
        head: Head,
        mark: Mark,
        left: u32,
        rest: &mut &[u8],
        each: &mut impl FnMut(Event<'_>),
    ) {
        let (now, later) = rest
            .split_at_checked((left as usize).min(rest.len()))
            .unwrap_or_default();
        *rest = later;
        let left = left.saturating_sub(u32::try_from(now.len()).unwrap_or(u32::MAX));
        self.state = if left > 0 {
            State::Payload { head, mark, left }
        } else {
            State::Head(None)
        };
        if !matters(head) {
            return;
        }
        if left == 0 && self.held.is_empty() && now.len() <= self.limit {
            each(Event::Frame {
                head,
                mark,
                payload: now,
            });
            return;
        }
        let room = self.limit.saturating_sub(self.held.len()).min(now.len());
        self.held
            .extend_from_slice(now.get(..room).unwrap_or_default());
        if left > 0 {
            return;
        }
        if self.held.len() == head.len as usize {
            each(Event::Frame {
                head,
                mark,
                payload: &self.held,
            });
        } else {
            each(Event::Damaged {
                head,
                mark,
                start: &self.held,
                is_gap: false,
            });
        }
        self.held.clear();
    }

    fn data(&mut self, rest: &mut &[u8], now: Mark, each: &mut impl FnMut(Event<'_>)) {
        let State::Data {
            head,
            mark,
            mut content,
            padding,
        } = self.state
        else {
            return;
        };
        let padding = match padding {
            Some(padding) => padding,
            None => {
                let Some((&padding, later)) = rest.split_first() else {
                    return;
                };
                *rest = later;
                // Padding longer than the payload is an error of the sender (§6.1); there is no content then.
                let padding = u32::from(padding).min(content.saturating_sub(1));
                content = content.saturating_sub(1).saturating_sub(padding);
                padding
            }
        };
        let (bytes, later) = rest
            .split_at_checked((content as usize).min(rest.len()))
            .unwrap_or_default();
        content = content.saturating_sub(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        let skipped = (padding as usize).min(later.len());
        let padding = if content == 0 {
            *rest = later.get(skipped..).unwrap_or_default();
            padding.saturating_sub(u32::try_from(skipped).unwrap_or(u32::MAX))
        } else {
            *rest = later;
            padding
        };
        let is_over = content == 0 && padding == 0;
        self.state = if is_over {
            State::Head(None)
        } else {
            State::Data {
                head,
                mark,
                content,
                padding: Some(padding),
            }
        };
        if !bytes.is_empty() || is_over {
            each(Event::Data {
                stream: head.stream,
                bytes,
                missing: 0,
                ends_stream: is_over && head.ends_stream(),
                mark: now,
            });
        }
    }

    /// Whether the place in the frames is still known after `len` missing bytes.
    fn gap(&mut self, len: u64, each: &mut impl FnMut(Event<'_>)) -> bool {
        let Ok(len) = u32::try_from(len) else {
            return false;
        };
        match self.state {
            State::Head(_) => false,
            State::Payload { head, mark, left } => {
                if matters(head) {
                    each(Event::Damaged {
                        head,
                        mark,
                        start: &self.held,
                        is_gap: true,
                    });
                    self.held.clear();
                }
                let Some(left) = left.checked_sub(len) else {
                    return false;
                };
                self.state = if left == 0 {
                    State::Head(None)
                } else {
                    // What is left of the frame is of no use.
                    State::Payload {
                        head: head.ignored(),
                        mark,
                        left,
                    }
                };
                true
            }
            State::Data {
                head,
                mark,
                content,
                padding,
            } => {
                let left = content.saturating_add(padding.unwrap_or(0));
                let missing = content.min(len);
                let is_over = left == len;
                if left >= len {
                    each(Event::Data {
                        stream: head.stream,
                        bytes: &[],
                        missing: u64::from(missing),
                        ends_stream: is_over && head.ends_stream(),
                        mark,
                    });
                }
                self.state = match left.checked_sub(len) {
                    None => return false,
                    Some(0) => State::Head(None),
                    Some(left) => {
                        let content = content.saturating_sub(missing);
                        State::Data {
                            head,
                            mark,
                            content,
                            padding: Some(left.saturating_sub(content)),
                        }
                    }
                };
                true
            }
        }
    }

    /// The bytes end inside a frame.
    fn cut_short(&mut self, each: &mut impl FnMut(Event<'_>)) {
        if let State::Payload { head, mark, .. } = self.state
            && matters(head)
        {
            each(Event::Damaged {
                head,
                mark,
                start: &self.held,
                is_gap: false,
            });
        }
        self.reset();
    }
}

/// Whether a frame's payload is wanted whole.
fn matters(head: Head) -> bool {
    matches!(
        head.kind,
        kind::HEADERS | kind::PUSH_PROMISE | kind::CONTINUATION | kind::RST_STREAM
    )
}
