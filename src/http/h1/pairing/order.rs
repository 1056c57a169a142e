//! Which request an answer belongs to.
//!
//! On an undamaged connection answers come in the order of requests (RFC 9112 §9.3.2), and that decides. After a gap
//! requests or answers may have passed unseen; then an answer belongs to a request that was captured before it.

use super::{Answer, Pairing, Waiting};
use crate::caveat::{CaveatKind, CaveatSet};

/// Answers that wait for a request of which a segment may still be late.
const MOST_EARLY: usize = 16;
/// The same where it is not clear which request they answer.
const MOST_ALIGNING: usize = 256;

impl Pairing {
    /// Gives a request that was late in the capture to the answer that came before it, else lets it wait.
    pub(super) fn match_early(&mut self, request: Waiting) {
        let fits = |answer: &Answer, is_damaged: bool| !is_damaged || answer.frame > request.frame;
        while !self.is_aligning
            && let Some(answer) = self.early.pop_front()
        {
            if fits(&answer, self.is_damaged) {
                self.give(Answer {
                    request: Some(request),
                    ..answer
                });
                return;
            }
            self.give(answer);
        }
        match &mut self.answer {
            Some(answer)
                if answer.request.is_none()
                    && !self.is_aligning
                    && fits(answer, self.is_damaged) =>
            {
                answer.request = Some(request);
            }
            _ => self.waiting.push_back(request),
        }
    }

    /// The request that an answer in packet `frame` belongs to.
    pub(super) fn take_request(&mut self, frame: u64) -> Option<Waiting> {
        let request = self.request_of(frame);
        // Nothing is under way but this: what comes next starts anew.
        self.pipelines &= !self.waiting.is_empty();
        request
    }

    fn request_of(&mut self, frame: u64) -> Option<Waiting> {
        if !self.is_damaged {
            return self.waiting.pop_front();
        }
        let before = self
            .waiting
            .iter()
            .take_while(|request| request.frame < frame)
            .count();
        if self.lost_answers && self.pipelines && before > 1 {
            self.is_aligning = true;
        }
        if self.is_aligning {
            return None;
        }
        if self.lost_answers {
            for _ in 1..before {
                let request = self.waiting.pop_front()?;
                self.give_unanswered(request, CaveatSet::EMPTY.with(CaveatKind::Gap));
            }
        }
        self.lost_answers = false;
        (before > 0).then(|| self.waiting.pop_front())?
    }

    /// Keeps an answer whose request is not known yet, within bounds.
    pub(super) fn add_early(&mut self, answer: Answer) {
        self.early.push_back(answer);
        if !self.is_aligning {
            self.give_early_but(MOST_EARLY);
        } else if self.early.len() >= MOST_ALIGNING {
            self.align();
        }
    }

    /// Gives pipelined answers behind a loss to their requests: the last answer belongs to the last request, and what is
    /// left over in front was lost.
    pub(super) fn align(&mut self) {
        if !std::mem::take(&mut self.is_aligning) {
            return;
        }
        self.lost_answers = false;
        let gap = CaveatSet::EMPTY.with(CaveatKind::Gap);
        let is_certain = self.waiting.len() == self.early.len();
        while self.waiting.len() > self.early.len()
            && let Some(request) = self.waiting.pop_front()
        {
            self.give_unanswered(request, gap);
        }
        while self.early.len() > self.waiting.len() {
            self.give_early(1);
        }
        while let (Some(request), Some(mut answer)) =
            (self.waiting.pop_front(), self.early.pop_front())
        {
            if !is_certain {
                answer.caveats.extend(gap);
            }
            answer.request = Some(request);
            self.give(answer);
        }
    }

    fn give_early_but(&mut self, most: usize) {
        while self.early.len() > most {
            self.give_early(1);
        }
    }

    pub(super) fn give_early(&mut self, count: usize) {
        for _ in 0..count {
            let Some(answer) = self.early.pop_front() else {
                return;
            };
            self.give(answer);
        }
    }
}
