//! The exchanges of one connection: what of requests and answers is kept, and when it is given out.

mod messages;
mod order;

pub(super) use messages::{Answers, Requests};

use super::super::framing::Length;
use super::super::queue::Queue;
use super::super::{
    Conversation, Exchange, Fields, Interest, Locator, Request, Response, Transport, target,
};
use super::Bounds;
use super::half::End;
use super::head::{self, AnswerHead, Parsed, RequestHead};
use super::section::Facts;
use crate::caveat::{CaveatKind, CaveatSet};
use crate::time::Timestamp;
use std::time::Duration;

/// The exchanges of one connection that are not complete yet, and those that are.
///
/// Invariant: requests in `waiting` are in the order they were sent and have no answer yet; answers in `early` are
/// complete, in order, and have no request yet; one of the two is empty, unless the connection is damaged.
#[derive(Debug)]
pub(super) struct Pairing {
    conversation: Conversation,
    interest: Interest,
    most_fields: u32,
    most_waiting: u32,
    waiting: Queue<Waiting>,
    /// Large, and there only while an answer is on its way.
    answer: Option<Box<Answer>>,
    early: Queue<Answer>,
    done: Queue<Exchange>,
    /// Packets of requests that are not given out: see [`Pairing::is_fragment`].
    fragments: Queue<u64>,
    requests: u64,
    /// The content of the last request is being passed over.
    is_request_open: bool,
    seen: u64,
    /// Caveats of the whole connection.
    caveats: CaveatSet,
    /// A gap, or a start in the middle: order alone does not decide any more.
    is_damaged: bool,
    /// Answers may have passed unseen since the last one.
    lost_answers: bool,
    /// The client sent requests without waiting for answers.
    pipelines: bool,
    /// The client has bytes of answers that were not seen yet, if they are ever.
    is_behind: bool,
    /// Of pipelined answers some may be lost: all that follow wait in `early` until the last one tells where they belong.
    is_aligning: bool,
    ending: Option<Ending>,
}

/// Why a connection speaks HTTP/1.x no more.
#[derive(Debug)]
pub(crate) enum Ending {
    /// CONNECT was granted (RFC 9110 §9.3.6): anything may follow.
    Tunnel,
    /// `Upgrade: h2c` was granted: HTTP/2 follows, and this exchange's answer comes on its stream 1.
    H2c(Box<Exchange>),
    /// Another protocol was granted by 101: WebSocket, usually.
    Upgraded,
}

/// A request without answer so far.
#[derive(Debug)]
struct Waiting {
    number: u64,
    frame: u64,
    at: Timestamp,
    method: Method,
    kept: Kept,
    /// Kept whatever the answer says.
    is_wanted: bool,
    upgrades_to_h2: bool,
    expects_continue: bool,
    body_size: u64,
    /// Length of its head.
    cost: usize,
    caveats: CaveatSet,
}

/// What of a method decides on framing (RFC 9112 §6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Connect,
    Head,
    Other,
}

/// A request's head, in the cheapest form that allows to build it later.
#[derive(Debug)]
enum Kept {
    Built(Box<Request>),
    /// The bytes as they came.
    Raw(Box<[u8]>),
}

/// An answer that is being received, or that waits for its request.
#[derive(Debug)]
struct Answer {
    request: Option<Waiting>,
    frame: u64,
    last: Timestamp,
    /// `None` when the exchange is of no interest.
    response: Option<Response>,
    body_size: u64,
    wants_body: bool,
    body_head: Vec<u8>,
    caveats: CaveatSet,
}

/// Bytes of heads that wait for answers on one connection, once there are more than a few.
const MOST_WAITING_BYTES: usize = 1 << 20;
const FEW_WAITING: usize = 4;
/// After this long without anything, all that was asked is answered.
const QUIET: Duration = Duration::from_secs(1);

impl Pairing {
    pub(super) fn new(conversation: Conversation, interest: Interest, bounds: Bounds) -> Self {
        Self {
            conversation,
            interest,
            most_fields: bounds.fields,
            most_waiting: bounds.pending_requests,
            waiting: Queue::EMPTY,
            answer: None,
            early: Queue::EMPTY,
            done: Queue::EMPTY,
            fragments: Queue::EMPTY,
            requests: 0,
            is_request_open: false,
            seen: 0,
            caveats: CaveatSet::EMPTY,
            is_damaged: false,
            lost_answers: false,
            pipelines: false,
            is_behind: false,
            is_aligning: false,
            ending: None,
        }
    }

    pub(super) fn note(&mut self, kind: CaveatKind) {
        self.caveats.insert(kind);
        self.is_damaged |= kind == CaveatKind::MidStreamStart;
    }

    /// Requests without answer were given up by the client, whatever follows.
    pub(super) fn give_up(&mut self) {
        if self.is_aligning {
            // Some of them are answered; which, is not known yet.
            return;
        }
        for request in self.waiting.iter_mut() {
            request.caveats.insert(CaveatKind::ClientClosed);
        }
    }

    /// Whether the client has bytes of answers that were not pushed.
    pub(super) fn set_behind(&mut self, is_behind: bool) {
        self.is_behind = is_behind;
    }

    pub(super) fn poll(&mut self) -> Option<Exchange> {
        self.done.pop_front()
    }

    /// The packet with the start of the next request of which fields and answer are missing.
    pub(super) fn poll_fragment(&mut self) -> Option<u64> {
        self.fragments.pop_front()
    }

    pub(super) fn take_ending(&mut self) -> Option<Ending> {
        self.ending.take()
    }

    pub(super) fn seen(&self) -> u64 {
        self.seen
    }

    pub(super) fn has_messages(&self) -> bool {
        self.requests > 0 || self.seen > 0 || self.answer.is_some()
    }

    pub(super) fn finish(&mut self) {
        self.end_answer(End::Cut);
        self.align();
        self.give_early(usize::MAX);
        while let Some(request) = self.waiting.pop_front() {
            self.give_unanswered(request, CaveatSet::EMPTY);
        }
    }

    fn add_request(
        &mut self,
        head: &RequestHead<'_, '_>,
        facts: &Facts<'_>,
        bytes: &[u8],
        at: Timestamp,
        frame: u64,
    ) {
        let is_quiet = |answer: &Answer| at.since(answer.last) >= QUIET;
        if self.is_aligning && self.answer.is_none() && self.early.back().is_some_and(is_quiet) {
            self.align();
        }
        // Not sent after the answer to the one before: both in one packet, or no answer has reached the client.
        let has_nothing = !self.is_behind && !self.lost_answers;
        let last = self.waiting.back();
        self.pipelines |= last.is_some_and(|last| last.frame == frame || has_nothing);
        let is_wanted =
            facts.matters || self.interest.wants_request(head.method, &Fields::default());
        let kept = if is_wanted {
            Kept::Built(Box::new(self.build_request(head, facts)))
        } else {
            Kept::Raw(bytes.get(..head.length).unwrap_or(bytes).into())
        };
        let mut caveats = CaveatSet::EMPTY;
        if facts.declared.is_ambiguous() {
            caveats.insert(CaveatKind::AmbiguousFraming);
        }
        self.requests += 1;
        self.is_request_open = true;
        let request = Waiting {
            number: self.requests,
            frame,
            at,
            method: match head.method {
                "HEAD" => Method::Head,
                "CONNECT" => Method::Connect,
                _ => Method::Other,
            },
            kept,
            is_wanted,
            upgrades_to_h2: facts.upgrades_to_h2,
            expects_continue: facts.expects_continue,
            body_size: 0,
            cost: head.length,
            caveats,
        };
        self.match_early(request);
        if self.has_too_many_waiting()
            && let Some(oldest) = self.waiting.pop_front()
        {
            self.give_unanswered(oldest, CaveatSet::EMPTY.with(CaveatKind::LimitReached));
        }
    }

    fn has_too_many_waiting(&self) -> bool {
        let cost = || -> usize { self.waiting.iter().map(|request| request.cost).sum() };
        self.waiting.len() > self.most_waiting as usize
            || (self.waiting.len() > FEW_WAITING && cost() > MOST_WAITING_BYTES)
    }

    fn add_answer(
        &mut self,
        head: &AnswerHead<'_, '_>,
        facts: &Facts<'_>,
        at: Timestamp,
        frame: u64,
    ) -> Length {
        let is_interim = (100..200).contains(&head.status) && head.status != 101;
        if is_interim {
            return Length::None;
        }
        self.end_answer(End::Cut);
        let request = self.take_request(frame);
        let method = request
            .as_ref()
            .map_or(Method::Other, |request| request.method);
        let is_wanted = request.as_ref().is_none_or(|request| request.is_wanted)
            || facts.matters
            || self
                .interest
                .wants_response(head.status, &Fields::default());
        let mut caveats = CaveatSet::EMPTY;
        if facts.declared.is_ambiguous() {
            caveats.insert(CaveatKind::AmbiguousFraming);
        }
        let response = is_wanted.then(|| Response {
            status: head.status,
            version: head.version,
            fields: head.fields.keep(self.interest),
            body_size: 0,
            body_head: Box::default(),
            started: at,
        });
        self.set_ending(head.status, method, request.as_ref());
        self.answer = Some(Box::new(Answer {
            request,
            frame,
            last: at,
            wants_body: is_wanted && head.status >= 400 && !facts.is_encoded,
            response,
            body_size: 0,
            body_head: Vec::new(),
            caveats,
        }));
        match (method, head.status) {
            (Method::Head, _) | (_, 101 | 204 | 304) => Length::None,
            (Method::Connect, 200..300) => Length::None,
            _ => facts.declared.of_answer(),
        }
    }

    fn set_ending(&mut self, status: u16, method: Method, request: Option<&Waiting>) {
        self.ending = match (status, method) {
            (200..300, Method::Connect) => Some(Ending::Tunnel),
            (101, _) if request.is_some_and(|request| request.upgrades_to_h2) => {
                // Filled in when the answer's head is over.
                Some(Ending::H2c(Box::new(self.empty_exchange())))
            }
            (101, _) => Some(Ending::Upgraded),
            _ => return,
        };
    }

    fn end_answer(&mut self, end: End) {
        let Some(mut answer) = self.answer.take() else {
            return;
        };
        if end == End::Cut {
            answer.caveats.insert(CaveatKind::IncompleteBody);
        }
        if let Some(Ending::H2c(_)) = self.ending {
            let mut exchange = self.exchange(answer.request, None, answer.caveats);
            exchange.response = None;
            self.ending = Some(Ending::H2c(Box::new(exchange)));
            return;
        }
        if answer.request.is_some() {
            self.give(*answer);
        } else {
            self.add_early(*answer);
        }
    }

    fn give(&mut self, mut answer: Answer) {
        self.seen += 1;
        let Some(mut response) = answer.response.take() else {
            return;
        };
        response.body_size = answer.body_size;
        response.body_head = String::from_utf8_lossy(&answer.body_head).into();
        let answered = Answered {
            response,
            frame: answer.frame,
            last: answer.last,
        };
        if self.is_of_no_interest(answer.request.as_ref(), &answered.response) {
            return;
        }
        let exchange = self.exchange(answer.request, Some(answered), answer.caveats);
        self.done.push_back(exchange);
    }

    /// An answer that was kept because its request was not known yet, and now bears on nothing.
    fn is_of_no_interest(&self, request: Option<&Waiting>, response: &Response) -> bool {
        !request.is_some_and(|request| request.is_wanted)
            && !self
                .interest
                .wants_response(response.status, &response.fields)
    }

    fn give_unanswered(&mut self, request: Waiting, caveats: CaveatSet) {
        if self.is_fragment(&request) {
            self.fragments.push_back(request.frame);
            return;
        }
        self.seen += 1;
        if !request.is_wanted {
            return;
        }
        let exchange = self.exchange(Some(request), None, caveats);
        self.done.push_back(exchange);
    }

    /// Whether a request without answer is too little to be an exchange: packets that hold the rest of its fields are
    /// missing, so that nothing certain can be said of it. Where the recorder cut packets short, as it was told to, what
    /// is left is what the user wants to see.
    fn is_fragment(&self, request: &Waiting) -> bool {
        request.caveats.contains(CaveatKind::IncompleteFields)
            && !request.caveats.contains(CaveatKind::LimitReached)
            && !self.caveats.contains(CaveatKind::CutPacket)
    }

    fn exchange(
        &mut self,
        request: Option<Waiting>,
        answered: Option<Answered>,
        caveats: CaveatSet,
    ) -> Exchange {
        let mut exchange = self.empty_exchange();
        exchange.caveats.extend(caveats);
        let (mut request_frame, mut response_frame) = (None, None);
        if let Some(answered) = answered {
            exchange.started = answered.response.started;
            exchange.duration = Some(answered.last.since(answered.response.started));
            exchange.response = Some(answered.response);
            response_frame = Some(answered.frame);
            if let Some(request) = &request {
                exchange.duration = Some(answered.last.since(request.at));
            }
        }
        if let Some(request) = request {
            exchange.started = request.at;
            exchange.caveats.extend(request.caveats);
            request_frame = Some(request.frame);
            exchange.request = match request.kept {
                Kept::Built(mut built) => {
                    built.body_size = request.body_size;
                    Some(*built)
                }
                Kept::Raw(bytes) => self.rebuild(&bytes, request.body_size),
            };
        }
        exchange.locator = Locator::Pcap {
            transport: Transport::Tcp,
            stream: self.conversation.stream,
            h2_stream: None,
            request_frame,
            response_frame,
        };
        exchange
    }

    fn empty_exchange(&self) -> Exchange {
        Exchange {
            source: self.conversation.source,
            locator: Locator::Pcap {
                transport: Transport::Tcp,
                stream: self.conversation.stream,
                h2_stream: None,
                request_frame: None,
                response_frame: None,
            },
            started: Timestamp::default(),
            duration: None,
            client: Some(self.conversation.client),
            server: Some(self.conversation.server),
            request: None,
            response: None,
            observed: None,
            caveats: self.caveats,
        }
    }

    fn build_request(&self, head: &RequestHead<'_, '_>, facts: &Facts<'_>) -> Request {
        let host = facts.host.map(String::from_utf8_lossy);
        let Conversation { server, secure, .. } = self.conversation;
        Request {
            method: head.method.into(),
            url: target::uri(head.method, head.target, host.as_deref(), server, secure),
            version: head.version,
            fields: head.fields.keep(self.interest),
            body_size: 0,
        }
    }

    fn rebuild(&self, raw: &[u8], body_size: u64) -> Option<Request> {
        let build =
            |head: &RequestHead<'_, '_>| self.build_request(head, &head.fields.facts(|_, _| false));
        let most_fields = self.most_fields as usize;
        let built = match head::request(raw, most_fields, self.interest, build) {
            Parsed::Complete(built, _) => Some(built),
            Parsed::Partial | Parsed::Bad => head::partial_request(raw, most_fields, build),
        };
        built.map(|built| Request { body_size, ..built })
    }

    /// Number of the request whose content is being passed over.
    fn open_number(&self) -> Option<u64> {
        self.is_request_open.then_some(self.requests)
    }

    /// The request whose content is being passed over, wherever it waits.
    fn open_request(&mut self) -> Option<&mut Waiting> {
        let number = self.open_number()?;
        let answered = self
            .answer
            .as_mut()
            .and_then(|answer| answer.request.as_mut());
        let waiting = self.waiting.back_mut();
        waiting
            .into_iter()
            .chain(answered)
            .find(|request| request.number == number)
    }
}

/// An answer on its way into an exchange.
struct Answered {
    response: Response,
    frame: u64,
    last: Timestamp,
}
