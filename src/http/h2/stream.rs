//! One stream: a request and its answer as they come in, until they make an [`Exchange`].

use super::cutter::Mark;
use super::head::Section;
use crate::caveat::{CaveatKind, CaveatSet};
use crate::http::{
    Conversation, Exchange, Interest, Locator, Request, Response, Transport, Version,
};
use crate::time::Timestamp;

/// Bytes of an error page that are kept.
const BODY_HEAD: usize = 256;

/// A stream that carries one exchange.
#[derive(Debug)]
pub(crate) struct Stream {
    id: u64,
    version: Version,
    request: Option<(Request, Mark)>,
    is_request_over: bool,
    answer: Answer,
    body_head: Vec<u8>,
    /// When the last byte of the answer was seen.
    ended: Timestamp,
    caveats: CaveatSet,
}

/// How far the answer has come.
#[derive(Debug)]
enum Answer {
    /// Nothing but interim answers so far.
    Awaited,
    /// Its section was seen but not its status.
    Unreadable { is_over: bool },
    Read {
        response: Box<Response>,
        frame: u64,
        is_over: bool,
        /// The content is shown in reports; its first bytes are kept.
        is_shown: bool,
    },
}

impl Stream {
    /// Stream `id`, of which nothing was seen yet.
    pub(crate) fn new(id: u64, version: Version) -> Self {
        Self {
            id,
            version,
            request: None,
            is_request_over: false,
            answer: Answer::Awaited,
            body_head: Vec::new(),
            ended: Timestamp::default(),
            caveats: CaveatSet::EMPTY,
        }
    }

    /// Takes the request. `is_over`: no content follows.
    pub(crate) fn set_request(&mut self, section: Section, mark: Mark, secure: bool) {
        self.caveats.extend(section.caveats);
        self.request = Some((section.into_request(secure, self.version), mark));
    }

    /// Takes a request that was sent in another way (h2c upgrade).
    pub(crate) fn adopt_request(&mut self, request: Request, mark: Mark, caveats: CaveatSet) {
        self.caveats.extend(caveats);
        self.request = Some((request, mark));
        self.is_request_over = true;
    }

    /// Takes a section from the server: an interim answer, the answer, or trailers.
    pub(crate) fn take_section(&mut self, section: Section, mark: Mark) {
        self.ended = mark.at;
        if !matches!(self.answer, Answer::Awaited) {
            return;
        }
        match section.status() {
            Some(100..=199) => {}
            Some(status) => {
                self.caveats.extend(section.caveats);
                let fields = section.into_fields();
                let is_shown = status >= 400
                    && fields
                        .all("content-encoding")
                        .all(|coding| coding.eq_ignore_ascii_case("identity"));
                self.answer = Answer::Read {
                    response: Box::new(Response {
                        status,
                        version: self.version,
                        fields,
                        body_size: 0,
                        body_head: Box::default(),
                        started: mark.at,
                    }),
                    frame: mark.frame,
                    is_over: false,
                    is_shown,
                };
            }
            None if section.caveats.is_empty() => self.mark(CaveatKind::Undecodable),
            None => {
                self.caveats.extend(section.caveats);
                self.answer = Answer::Unreadable { is_over: false };
            }
        }
    }

    /// Counts content of the request.
    pub(crate) fn count_request(&mut self, len: u64) {
        if let Some((request, _)) = &mut self.request {
            request.body_size = request.body_size.saturating_add(len);
        }
    }

    /// Counts content of the answer: `bytes`, then `missing` that were not captured.
    pub(crate) fn count_response(&mut self, bytes: &[u8], missing: u64, at: Timestamp) {
        self.ended = self.ended.max(at);
        if let Answer::Read {
            response, is_shown, ..
        } = &mut self.answer
        {
            response.body_size = response
                .body_size
                .saturating_add(bytes.len() as u64)
                .saturating_add(missing);
            if *is_shown {
                let room = BODY_HEAD.saturating_sub(self.body_head.len());
                self.body_head
                    .extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
                *is_shown = missing == 0 && self.body_head.len() < BODY_HEAD;
            }
        }
        if missing > 0 {
            self.mark(CaveatKind::IncompleteBody);
        }
    }

    /// Counts content of the answer that was captured but not kept, because it came out of order.
    pub(crate) fn count_unkept(&mut self, len: u64, at: Timestamp) {
        self.ended = self.ended.max(at);
        if let Answer::Read { response, .. } = &mut self.answer {
            response.body_size = response.body_size.saturating_add(len);
        }
    }

    /// Whether the next bytes of the answer's content are to be kept.
    pub(crate) fn keeps_content(&self) -> bool {
        matches!(&self.answer, Answer::Read { is_shown: true, .. })
    }

    /// The client has sent everything.
    pub(crate) fn end_request(&mut self) {
        self.is_request_over = true;
    }

    /// The server has sent everything.
    pub(crate) fn end_response(&mut self) {
        if let Answer::Read { is_over, .. } | Answer::Unreadable { is_over } = &mut self.answer {
            *is_over = true;
        }
    }

    /// Notes damage.
    pub(crate) fn mark(&mut self, kind: CaveatKind) {
        self.caveats.insert(kind);
    }

    /// Whether the request was seen.
    pub(crate) fn has_request(&self) -> bool {
        self.request.is_some()
    }

    /// Whether a final answer has begun.
    pub(crate) fn has_answer(&self) -> bool {
        !matches!(self.answer, Answer::Awaited)
    }

    /// Whether the answer is complete.
    pub(crate) fn is_answered(&self) -> bool {
        matches!(
            self.answer,
            Answer::Read { is_over: true, .. } | Answer::Unreadable { is_over: true }
        )
    }

    /// Whether both messages are complete, or the stream has become a tunnel (CONNECT), which has no end.
    pub(crate) fn is_complete(&self) -> bool {
        self.is_answered() && (self.is_request_over || self.request.is_none()) || self.is_tunnel()
    }

    fn is_tunnel(&self) -> bool {
        let is_connect =
            matches!(&self.request, Some((request, _)) if &*request.method == "CONNECT");
        is_connect && matches!(&self.answer, Answer::Read { response, .. } if response.status < 300)
    }

    /// The exchange, if `interest` wants it.
    pub(crate) fn into_exchange(
        mut self,
        conversation: &Conversation,
        interest: Interest,
    ) -> Option<Exchange> {
        let is_cut = !self.is_answered() && !self.is_tunnel();
        let (response, response_frame) = match self.answer {
            Answer::Read {
                mut response,
                frame,
                ..
            } => {
                if is_cut {
                    self.caveats.insert(CaveatKind::IncompleteBody);
                }
                response.body_head = String::from_utf8_lossy(&self.body_head).into();
                (Some(*response), Some(frame))
            }
            Answer::Unreadable { .. } | Answer::Awaited => (None, None),
        };
        let is_wanted = interest == Interest::All
            || self.request.as_ref().is_some_and(|(request, _)| {
                interest.wants_request(&request.method, &request.fields)
            })
            || response
                .as_ref()
                .is_some_and(|response| interest.wants_response(response.status, &response.fields));
        if !is_wanted {
            return None;
        }
        let (request, mark) = self.request.unzip();
        let started = match (mark, &response) {
            (Some(mark), _) => mark.at,
            (None, Some(response)) => response.started,
            (None, None) => return None,
        };
        Some(Exchange {
            source: conversation.source,
            locator: Locator::Pcap {
                transport: Transport::of(self.version),
                stream: conversation.stream,
                h2_stream: u32::try_from(self.id).ok(),
                request_frame: mark.map(|mark| mark.frame),
                response_frame,
            },
            started,
            duration: response.is_some().then(|| self.ended.since(started)),
            client: Some(conversation.client),
            server: Some(conversation.server),
            request,
            response,
            observed: None,
            caveats: self.caveats,
        })
    }
}
