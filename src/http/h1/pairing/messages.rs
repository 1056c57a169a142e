//! The two directions of a connection as [`Half`](super::super::half::Half) asks for them: reading heads, counting content.

use super::super::super::framing::Content;
use super::super::super::interest::{matters_in_answer, matters_in_request};
use super::super::half::{Broken, End, Head, Messages};
use super::super::head::{self, AnswerHead, Parsed, RequestHead};
use super::super::start::{self, Start};
use super::Pairing;
use crate::caveat::{CaveatKind, CaveatSet};
use crate::time::Timestamp;

/// Content kept of an error page.
const BODY_HEAD: usize = 256;

/// The direction of requests.
pub(in super::super) struct Requests<'p>(pub(in super::super) &'p mut Pairing);

impl Messages for Requests<'_> {
    fn starts(&self, bytes: &[u8]) -> Start {
        match start::request_start(bytes) {
            Start::No if start::is_simple_request(bytes) => Start::Yes,
            start => start,
        }
    }

    fn find(&self, bytes: &[u8]) -> Option<usize> {
        start::find_request(bytes)
    }

    fn head(&mut self, bytes: &[u8], at: Timestamp, frame: u64) -> Head {
        let pairing = &mut *self.0;
        let (most_fields, interest) = (pairing.most_fields as usize, pairing.interest);
        let read = |head: &RequestHead<'_, '_>| {
            let facts = head.fields.facts(matters_in_request);
            pairing.add_request(head, &facts, bytes, at, frame);
            facts.declared.of_request()
        };
        match head::request(bytes, most_fields, interest, read) {
            Parsed::Complete(length, size) => Head::Complete(size, length),
            Parsed::Partial => Head::Partial,
            Parsed::Bad => Head::Bad,
        }
    }

    fn partial_head(&mut self, bytes: &[u8], at: Timestamp, frame: u64, why: Broken) {
        let pairing = &mut *self.0;
        let most_fields = pairing.most_fields as usize;
        head::partial_request(bytes, most_fields, |head| {
            let facts = head.fields.facts(matters_in_request);
            pairing.add_request(head, &facts, bytes, at, frame);
            let caveats = partial_caveats(why);
            if let Some(request) = pairing.open_request() {
                request.caveats.extend(caveats);
            }
        });
    }

    fn content(&mut self, bytes: &[u8]) {
        if let Some(request) = self.0.open_request() {
            request.body_size += bytes.len() as u64;
            if bytes.is_empty() {
                request.caveats.insert(CaveatKind::IncompleteBody);
            }
        }
    }

    fn touch(&mut self, _: Timestamp) {}

    fn may_restart(&self, _: &Content) -> bool {
        match (self.0.open_number(), self.0.waiting.back()) {
            (Some(number), Some(request)) if request.number == number => {
                request.expects_continue && request.body_size == 0
            }
            // It was answered before its content was complete, and the client may have stopped sending.
            (Some(number), _) => self.0.answer.as_ref().is_none_or(|answer| {
                answer
                    .request
                    .as_ref()
                    .is_none_or(|request| request.number != number)
            }),
            (None, _) => false,
        }
    }

    fn end(&mut self, end: End) {
        if end == End::Cut
            && let Some(request) = self.0.open_request()
        {
            request.caveats.insert(CaveatKind::IncompleteBody);
        }
        self.0.is_request_open = false;
    }

    fn lost(&mut self) {
        self.0.is_damaged = true;
    }

    fn is_over(&self) -> bool {
        self.0.ending.is_some()
    }
}

/// The direction of answers.
pub(in super::super) struct Answers<'p>(pub(in super::super) &'p mut Pairing);

impl Messages for Answers<'_> {
    fn starts(&self, bytes: &[u8]) -> Start {
        start::loose_answer_start(bytes)
    }

    fn find(&self, bytes: &[u8]) -> Option<usize> {
        start::find_answer(bytes)
    }

    fn head(&mut self, bytes: &[u8], at: Timestamp, frame: u64) -> Head {
        let pairing = &mut *self.0;
        let (most_fields, interest) = (pairing.most_fields as usize, pairing.interest);
        let read = |head: &AnswerHead<'_, '_>| {
            let facts = head.fields.facts(|name, _| matters_in_answer(name));
            pairing.add_answer(head, &facts, at, frame)
        };
        match head::answer(bytes, most_fields, interest, read) {
            Parsed::Complete(length, size) => Head::Complete(size, length),
            Parsed::Partial => Head::Partial,
            Parsed::Bad => Head::Bad,
        }
    }

    fn partial_head(&mut self, bytes: &[u8], at: Timestamp, frame: u64, why: Broken) {
        let pairing = &mut *self.0;
        let most_fields = pairing.most_fields as usize;
        head::partial_answer(bytes, most_fields, |head| {
            let facts = head.fields.facts(|name, _| matters_in_answer(name));
            pairing.add_answer(head, &facts, at, frame);
            if let Some(answer) = &mut pairing.answer {
                answer.caveats.extend(partial_caveats(why));
            }
        });
    }

    fn content(&mut self, bytes: &[u8]) {
        let Some(answer) = &mut self.0.answer else {
            return;
        };
        answer.body_size += bytes.len() as u64;
        if bytes.is_empty() {
            answer.caveats.insert(CaveatKind::IncompleteBody);
        }
        if answer.wants_body && answer.body_head.len() < BODY_HEAD {
            let room = BODY_HEAD - answer.body_head.len();
            let head = bytes.get(..room).unwrap_or(bytes);
            answer.body_head.extend_from_slice(head);
        }
    }

    fn touch(&mut self, at: Timestamp) {
        if let Some(answer) = &mut self.0.answer {
            answer.last = answer.last.max(at);
        }
    }

    fn may_restart(&self, content: &Content) -> bool {
        let Some(answer) = &self.0.answer else {
            return false;
        };
        // Without its request it is not known whether an answer has content at all; and servers that close
        // connections do not answer on them again.
        let is_unsure = answer.request.is_none() && answer.body_size == 0;
        is_unsure || (*content == Content::UntilClose && !self.0.waiting.is_empty())
    }

    fn end(&mut self, end: End) {
        self.0.end_answer(end);
    }

    fn lost(&mut self) {
        self.0.is_damaged = true;
        self.0.lost_answers = true;
    }

    fn is_over(&self) -> bool {
        self.0.ending.is_some()
    }
}

fn partial_caveats(why: Broken) -> CaveatSet {
    let caveats = CaveatSet::EMPTY.with(CaveatKind::IncompleteFields);
    match why {
        Broken::Gap => caveats,
        Broken::Limit => caveats.with(CaveatKind::LimitReached),
    }
}
