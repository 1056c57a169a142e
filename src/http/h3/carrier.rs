//! A stream that carries one exchange: its two directions, and the sections in them that wait for the field table.

use super::connection::End;
use super::core::Core;
use super::frame::{Cut, Cutter, Event, kind};
use super::varint;
use crate::caveat::CaveatKind;
use crate::http::Version;
use crate::http::h2::{Mark, Stream};
use crate::net::{Chunk, Direction};
use crate::time::Timestamp;
use std::collections::VecDeque;

#[derive(Debug)]
pub(super) struct Carrier {
    id: u64,
    pub(super) stream: Stream,
    request: Half,
    response: Half,
    /// Set for a push stream, whose request was promised elsewhere.
    push_id: Option<u64>,
}

/// One direction.
#[derive(Debug)]
struct Half {
    cutter: Cutter,
    inbox: Inbox,
    end: Option<(End, Timestamp)>,
}

/// What was cut out of one direction and could not be handed on yet.
#[derive(Debug)]
struct Inbox {
    id: u64,
    direction: Direction,
    waiting: VecDeque<Waiting>,
    /// Content that came behind the sections that wait.
    content: u64,
    is_lost: bool,
}

/// A section that refers to entries which have not come yet.
#[derive(Debug)]
struct Waiting {
    block: Vec<u8>,
    target: Target,
    cut: Option<Cut>,
    mark: Mark,
}

#[derive(Debug, Clone, Copy)]
enum Target {
    Message,
    Promise(u64),
}

impl Carrier {
    pub(super) fn new(id: u64, push_id: Option<u64>, core: &Core) -> Self {
        let half = |direction| Half {
            cutter: Cutter::new(core.limits.field_section),
            inbox: Inbox {
                id,
                direction,
                waiting: VecDeque::new(),
                content: 0,
                is_lost: false,
            },
            end: None,
        };
        Self {
            id,
            stream: Stream::new(id, Version::Http3),
            request: half(Direction::ToServer),
            response: half(Direction::ToClient),
            push_id,
        }
    }

    /// How many of the next bytes are only counted.
    pub(super) fn indifferent(&self, direction: Direction) -> u64 {
        match direction {
            Direction::ToServer => self.request.cutter.indifferent(),
            Direction::ToClient if self.stream.keeps_content() => 0,
            Direction::ToClient => self.response.cutter.indifferent(),
        }
    }

    pub(super) fn push(&mut self, direction: Direction, chunk: Chunk<'_>, core: &mut Core) {
        let (half, stream) = self.half(direction);
        let Half { cutter, inbox, .. } = half;
        cutter.push(chunk, &mut |event| inbox.take(event, stream, core));
    }

    pub(super) fn unkept(
        &mut self,
        direction: Direction,
        len: u64,
        at: Timestamp,
        core: &mut Core,
    ) {
        let (half, stream) = self.half(direction);
        let Half { cutter, inbox, .. } = half;
        cutter.unkept(len, at, &mut |event| inbox.take(event, stream, core));
    }

    /// Nothing more comes in `direction`.
    pub(super) fn end(&mut self, direction: Direction, end: End, at: Timestamp, core: &mut Core) {
        let (half, stream) = self.half(direction);
        let Half { cutter, inbox, .. } = half;
        let is_whole = cutter.is_between_frames() && end == End::Fin;
        cutter.finish(&mut |event| inbox.take(event, stream, core));
        if !is_whole && end == End::Fin {
            stream.mark(CaveatKind::IncompleteBody);
        }
        half.end = Some((if is_whole { End::Fin } else { End::Reset }, at));
        self.close(direction);
    }

    /// Decodes waiting sections; all of them when `is_forced`, unknown lines and all.
    pub(super) fn drain(&mut self, direction: Direction, is_forced: bool, core: &mut Core) {
        let (half, stream) = self.half(direction);
        half.inbox.drain(is_forced, stream, core);
        self.close(direction);
    }

    /// Takes the promised request of a push stream, if it has come.
    pub(super) fn claim_promise(&mut self, core: &mut Core) {
        if let Some(push_id) = self.push_id
            && !self.stream.has_request()
            && let Some((section, mark)) = core.take_promise(push_id)
        {
            self.stream.set_request(section, mark, core.is_secure);
            self.stream.end_request();
        }
    }

    /// Whether nothing more can come that belongs to the exchange.
    pub(super) fn is_complete(&self) -> bool {
        let is_request_over = self.request.is_over() || self.push_id.is_some();
        self.stream.is_complete() || is_request_over && self.response.is_over()
    }

    /// Whether the answer is complete and the request may just be late in the capture.
    pub(super) fn awaits_request(&self) -> bool {
        !self.stream.has_request() && self.request.end.is_none()
    }

    /// Tells the stream that a direction is over, once no section waits.
    fn close(&mut self, direction: Direction) {
        let (half, stream) = self.half(direction);
        if !half.inbox.waiting.is_empty() {
            return;
        }
        match (direction, half.end) {
            (_, None) => {}
            (Direction::ToServer, Some(_)) => stream.end_request(),
            (Direction::ToClient, Some((end, at))) => {
                stream.count_unkept(0, at);
                if end == End::Fin && !half.inbox.is_lost {
                    stream.end_response();
                }
            }
        }
    }

    fn half(&mut self, direction: Direction) -> (&mut Half, &mut Stream) {
        match direction {
            Direction::ToServer => (&mut self.request, &mut self.stream),
            Direction::ToClient => (&mut self.response, &mut self.stream),
        }
    }
}

impl Half {
    fn is_over(&self) -> bool {
        self.end.is_some() && self.inbox.waiting.is_empty()
    }
}

impl Inbox {
    fn take(&mut self, event: Event<'_>, stream: &mut Stream, core: &mut Core) {
        match event {
            Event::Frame {
                kind,
                payload,
                cut,
                mark,
            } => self.frame(kind, payload, cut, mark, stream, core),
            Event::Data { bytes, at } if self.waiting.is_empty() => match self.direction {
                Direction::ToServer => stream.count_request(bytes.len() as u64),
                Direction::ToClient => stream.count_response(bytes, 0, at),
            },
            Event::Data { bytes, .. } => {
                self.content = self.content.saturating_add(bytes.len() as u64);
            }
            Event::Unkept {
                len,
                at,
                is_missing,
            } => {
                if is_missing {
                    stream.mark(CaveatKind::Gap);
                    stream.mark(CaveatKind::IncompleteBody);
                }
                if self.waiting.is_empty() {
                    self.count(len, at, stream);
                } else {
                    self.content = self.content.saturating_add(len);
                }
            }
            Event::Lost => self.lose(stream),
        }
    }

    fn count(&mut self, len: u64, at: Timestamp, stream: &mut Stream) {
        match self.direction {
            Direction::ToServer => stream.count_request(len),
            Direction::ToClient => stream.count_unkept(len, at),
        }
    }

    fn frame(
        &mut self,
        kind: u64,
        mut payload: &[u8],
        cut: Option<Cut>,
        mark: Mark,
        stream: &mut Stream,
        core: &mut Core,
    ) {
        let target = match (kind, self.direction) {
            (kind::HEADERS, _) => Target::Message,
            (kind::PUSH_PROMISE, Direction::ToClient) => match varint::read(&mut payload) {
                Some(push_id) => Target::Promise(push_id),
                None => return,
            },
            _ => return,
        };
        if self.waiting.is_empty() && core.is_ready(self.direction, payload) {
            return self.decode(payload, target, cut, mark, stream, core);
        }
        if core.waiting.saturating_add(payload.len()) > core.limits.reorder_bytes {
            stream.mark(CaveatKind::LimitReached);
            self.drain(true, stream, core);
            return self.decode(payload, target, cut, mark, stream, core);
        }
        core.waiting = core.waiting.saturating_add(payload.len());
        self.waiting.push_back(Waiting {
            block: payload.to_vec(),
            target,
            cut,
            mark,
        });
        core.side(self.direction).blocked.insert(self.id);
    }

    fn decode(
        &mut self,
        block: &[u8],
        target: Target,
        cut: Option<Cut>,
        mark: Mark,
        stream: &mut Stream,
        core: &mut Core,
    ) {
        let section = core.section(self.direction, block, cut);
        match (target, self.direction) {
            (Target::Promise(push_id), _) => core.promise(push_id, section, mark),
            (Target::Message, Direction::ToClient) => stream.take_section(section, mark),
            (Target::Message, Direction::ToServer) => {
                if section.has_request() && !stream.has_request() {
                    stream.set_request(section, mark, core.is_secure);
                }
            }
        }
    }

    fn drain(&mut self, is_forced: bool, stream: &mut Stream, core: &mut Core) {
        while let Some(first) = self.waiting.front() {
            if !is_forced && !core.is_ready(self.direction, &first.block) {
                core.side(self.direction).blocked.insert(self.id);
                return;
            }
            let Some(Waiting {
                block,
                target,
                cut,
                mark,
            }) = self.waiting.pop_front()
            else {
                return;
            };
            core.waiting = core.waiting.saturating_sub(block.len());
            self.decode(&block, target, cut, mark, stream, core);
            if self.waiting.is_empty() {
                let content = std::mem::take(&mut self.content);
                self.count(content, mark.at, stream);
            }
        }
    }

    /// The rest of this direction cannot be cut into frames.
    fn lose(&mut self, stream: &mut Stream) {
        self.is_lost = true;
        stream.mark(CaveatKind::Gap);
        let has_fields = match self.direction {
            Direction::ToServer => stream.has_request(),
            Direction::ToClient => stream.has_answer(),
        };
        stream.mark(if has_fields {
            CaveatKind::IncompleteBody
        } else {
            CaveatKind::IncompleteFields
        });
    }
}

impl Carrier {
    /// The stream's number.
    pub(super) fn id(&self) -> u64 {
        self.id
    }
}
