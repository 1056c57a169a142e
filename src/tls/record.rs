//! One direction's bytes → records (RFC 8446 §5.1), across losses. Knows nothing of keys.

use super::search::{Guess, Search};
use crate::time::Timestamp;

/// Bytes of a record header.
pub(crate) const HEAD_LEN: usize = 5;
/// Longest body: 2^14 and what TLS 1.2 allows to add (RFC 5246 §6.2.3).
const MAX_BODY: usize = (1 << 14) + 2048;

/// Bytes given to a search at a time. It copies what it is given and hands back what follows the record it finds, so that
/// many short records between garbage would cost their square.
const STRIDE: usize = 256;

/// Content types.
pub(crate) mod kind {
    pub(crate) const CHANGE_CIPHER_SPEC: u8 = 20;
    pub(crate) const HANDSHAKE: u8 = 22;
    pub(crate) const APPLICATION_DATA: u8 = 23;
    const HEARTBEAT: u8 = 24;

    pub(crate) fn is_known(kind: u8) -> bool {
        (CHANGE_CIPHER_SPEC..=HEARTBEAT).contains(&kind)
    }
}

/// The packet that brought a record's first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) at: Timestamp,
    pub(crate) frame: u64,
}

/// A record's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// Content type; from TLS 1.3 on the outer one.
    pub(crate) kind: u8,
    /// Version as on the wire; does not tell the connection's.
    pub(crate) version: [u8; 2],
    /// Length of the body.
    pub(crate) len: u16,
}

impl Head {
    /// `None` when these five bytes cannot be a record's header.
    pub(crate) fn parse(bytes: [u8; HEAD_LEN]) -> Option<Self> {
        let [kind, major, minor, l0, l1] = bytes;
        let len = u16::from_be_bytes([l0, l1]);
        let is_sound =
            kind::is_known(kind) && major == 3 && minor <= 4 && usize::from(len) <= MAX_BODY;
        is_sound.then_some(Self {
            kind,
            version: [major, minor],
            len,
        })
    }

    /// The header as on the wire.
    pub(crate) fn to_bytes(self) -> [u8; HEAD_LEN] {
        let [l0, l1] = self.len.to_be_bytes();
        let [major, minor] = self.version;
        [self.kind, major, minor, l0, l1]
    }
}

/// What the cutter makes of the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event<'a> {
    /// A whole record.
    Record {
        head: Head,
        mark: Mark,
        body: &'a [u8],
    },
    /// A record whose body has a hole.
    Damaged(Head),
    /// A record, if it opens, after lost bytes without known borders; `lost` is `None`: how many cannot be told.
    Guess {
        head: Head,
        mark: Mark,
        body: &'a [u8],
        lost: Option<u64>,
    },
}

/// What is thought of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    Fine,
    /// The record cannot be opened. If it was a guess, the search goes on as if it had not been made.
    NoRecord,
}

/// Cuts one direction.
#[derive(Debug, Default)]
pub(crate) struct Cutter {
    state: State,
    held: Vec<u8>,
    /// Header of the last record.
    last: Option<Head>,
}

#[derive(Debug, Default)]
enum State {
    /// In a header; `held` has its first bytes.
    #[default]
    Start,
    Head(Mark),
    Body(Body),
    /// Bytes were lost, and with them the borders.
    Searching(Search),
}

/// A body with `left` bytes to come.
#[derive(Debug, Clone, Copy)]
struct Body {
    head: Head,
    mark: Mark,
    left: usize,
    /// Bytes before are missing.
    is_holed: bool,
}

impl Cutter {
    /// Takes the next bytes.
    pub(crate) fn push(
        &mut self,
        bytes: &[u8],
        mark: Mark,
        each: &mut impl FnMut(Event<'_>) -> Reply,
    ) {
        let mut rest = bytes;
        while !rest.is_empty() {
            if let Some(held) = self.cut(&mut rest, mark, each) {
                // Shorter than what was given to the search, so this ends.
                self.push(&held, mark, each);
            }
        }
    }

    /// Cuts up to the end, or to the end of a search: then returns what the search held that is still to be cut, and
    /// stands before what `rest` is left with.
    fn cut(
        &mut self,
        rest: &mut &[u8],
        mark: Mark,
        each: &mut impl FnMut(Event<'_>) -> Reply,
    ) -> Option<Vec<u8>> {
        while !rest.is_empty() {
            match &mut self.state {
                State::Start => self.head(mark, rest),
                State::Head(first) => {
                    let first = *first;
                    self.head(first, rest);
                }
                State::Body(body) => {
                    let body = *body;
                    self.body(body, rest, each);
                }
                State::Searching(search) => {
                    let (stride, later) = rest.split_at_checked(STRIDE).unwrap_or((rest, &[]));
                    *rest = later;
                    if let Some((head, held)) = search.push(stride, mark, &mut guess(each)) {
                        self.last = Some(head);
                        self.state = State::Start;
                        return Some(held);
                    }
                }
            }
        }
        None
    }

    /// Takes notice of missing bytes.
    pub(crate) fn gap(&mut self, len: u64, each: &mut impl FnMut(Event<'_>) -> Reply) {
        // A gap of unknown length is given as the largest number.
        let lost = Some(len).filter(|len| *len != u64::MAX);
        let seen = match &mut self.state {
            State::Start | State::Head(_) => self.held.len(),
            State::Body(body) => {
                let seen = usize::from(body.head.len).saturating_sub(body.left) + HEAD_LEN;
                let left = usize::try_from(len)
                    .ok()
                    .and_then(|len| body.left.checked_sub(len));
                match left {
                    None => seen,
                    Some(0) => {
                        each(Event::Damaged(body.head));
                        self.state = State::Start;
                        return self.held.clear();
                    }
                    Some(left) => {
                        body.left = left;
                        body.is_holed = true;
                        return self.held.clear();
                    }
                }
            }
            State::Searching(search) => return search.gap(lost),
        };
        self.held.clear();
        let lost = lost.map(|lost| lost.saturating_add(seen as u64));
        self.state = State::Searching(Search::new(lost, self.last));
    }

    fn head(&mut self, first: Mark, rest: &mut &[u8]) {
        let wanted = HEAD_LEN.saturating_sub(self.held.len()).min(rest.len());
        let (bytes, later) = rest.split_at_checked(wanted).unwrap_or_default();
        self.held.extend_from_slice(bytes);
        *rest = later;
        let Some(&bytes) = self.held.first_chunk::<HEAD_LEN>() else {
            self.state = State::Head(first);
            return;
        };
        self.held.clear();
        self.state = match Head::parse(bytes) {
            Some(head) => {
                self.last = Some(head);
                State::Body(Body {
                    head,
                    mark: first,
                    left: usize::from(head.len),
                    is_holed: false,
                })
            }
            None => {
                let mut search = Search::new(Some(0), self.last);
                // Too short for a record; one may begin in it.
                search.push(&bytes, first, &mut |_| false);
                State::Searching(search)
            }
        };
    }

    fn body(
        &mut self,
        mut body: Body,
        rest: &mut &[u8],
        each: &mut impl FnMut(Event<'_>) -> Reply,
    ) {
        let (bytes, later) = rest
            .split_at_checked(body.left.min(rest.len()))
            .unwrap_or_default();
        *rest = later;
        body.left = body.left.saturating_sub(bytes.len());
        if body.left > 0 {
            if !body.is_holed {
                self.held.extend_from_slice(bytes);
            }
            self.state = State::Body(body);
            return;
        }
        self.state = State::Start;
        let Body { head, mark, .. } = body;
        if body.is_holed {
            each(Event::Damaged(head));
        } else if self.held.is_empty() {
            let body = bytes;
            each(Event::Record { head, mark, body });
        } else {
            self.held.extend_from_slice(bytes);
            let body = &self.held;
            each(Event::Record { head, mark, body });
        }
        self.held.clear();
    }
}

fn guess(each: &mut impl FnMut(Event<'_>) -> Reply) -> impl FnMut(Guess<'_>) -> bool {
    |guess| {
        let Guess {
            head,
            mark,
            body,
            lost,
        } = guess;
        each(Event::Guess {
            head,
            mark,
            body,
            lost,
        }) == Reply::Fine
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(parts: &[Result<&[u8], u64>]) -> Vec<String> {
        let mut cutter = Cutter::default();
        let mut seen = Vec::new();
        let mut each = |event: Event<'_>| {
            let text = |body| String::from_utf8_lossy(body).into_owned();
            match event {
                Event::Record { body, mark, .. } => {
                    seen.push(format!("{} in {}", text(body), mark.frame));
                }
                Event::Damaged(head) => seen.push(format!("damaged {}", head.len)),
                Event::Guess { body, .. } if body.starts_with(b"no") => return Reply::NoRecord,
                Event::Guess {
                    body, mark, lost, ..
                } => {
                    seen.push(format!("lost {lost:?}"));
                    seen.push(format!("{} in {}", text(body), mark.frame));
                }
            }
            Reply::Fine
        };
        for (frame, part) in (1..).zip(parts) {
            let mark = Mark {
                at: Timestamp(0),
                frame,
            };
            match part {
                Ok(bytes) => cutter.push(bytes, mark, &mut each),
                Err(len) => cutter.gap(*len, &mut each),
            }
        }
        seen
    }

    #[test]
    fn records_over_several_packets_and_several_in_one() {
        let seen = cut(&[
            Ok(b"\x17\x03\x03\0"),
            Ok(b"\x03ab"),
            Ok(b"c\x16\x03\x03\0\x01d"),
        ]);
        assert_eq!(seen, ["abc in 1", "d in 3"]);
    }

    #[test]
    fn a_hole_inside_a_record_costs_that_record_only() {
        let seen = cut(&[
            Ok(b"\x17\x03\x03\0\x05a"),
            Err(3),
            Ok(b"e\x17\x03\x03\0\x01d"),
        ]);
        assert_eq!(seen, ["damaged 5", "d in 3"]);
        let seen = cut(&[
            Ok(b"\x17\x03\x03\0\x05a"),
            Err(4),
            Ok(b"\x17\x03\x03\0\x01d"),
        ]);
        assert_eq!(seen, ["damaged 5", "d in 3"]);
    }

    #[test]
    fn after_a_larger_loss_the_next_record_is_found() {
        let seen = cut(&[
            Ok(b"\x17\x03\x03\0\x05a"),
            Err(100),
            Ok(b"rest of a body\x17\x03"),
            Ok(b"\x03\0\x01d"),
        ]);
        assert_eq!(seen, ["lost Some(120)", "d in 3"]);
    }

    #[test]
    fn places_that_look_like_a_header_are_followed_side_by_side() {
        let start: &[u8] = b"\x17\x03\x03\0\x05a";
        let damage = [Ok(start), Err(100)];
        let false_and_ended = b"\x17\x03\x03\0\x0cno\x17\x03\x03";
        let seen = cut(&[
            damage[0],
            damage[1],
            Ok(false_and_ended),
            Ok(b"\0\x01d\x17\x03\x03\0\x01e"),
        ]);
        assert_eq!(seen, ["lost Some(113)", "d in 3", "e in 4"]);
        let false_and_endless = b"\x17\x03\x03\x10\0xx";
        let seen = cut(&[
            damage[0],
            damage[1],
            Ok(false_and_endless),
            Ok(b"\x17\x03\x03\0\x01d"),
        ]);
        assert_eq!(seen, ["lost Some(113)", "d in 4"]);
    }

    #[test]
    fn further_losses_during_the_search_are_added() {
        let seen = cut(&[
            Ok(b"\x17\x03\x03\0\x05a"),
            Err(100),
            Ok(b"xx\x17\x03\x03\0\x0cno"),
            Err(10),
            Ok(b"x\x17\x03\x03\0\x01d"),
        ]);
        assert_eq!(seen, ["lost Some(126)", "d in 5"]);
    }

    #[test]
    fn a_record_after_a_loss_has_the_version_of_those_before() {
        let seen = cut(&[
            Ok(b"\x17\x03\x03\0\x05a"),
            Err(100),
            Ok(b"\x17\x03\x01\0\x01x\x17\x03\x03\0\x01d"),
        ]);
        assert_eq!(seen, ["lost Some(112)", "d in 3"]);
    }

    #[test]
    fn records_between_garbage_are_all_found_in_whatever_pieces_they_come() {
        let bytes = b"no\x17\x03\x03\0\x02ab".repeat(200);
        let count = |parts: &[Result<&[u8], u64>]| {
            let seen = cut(parts);
            seen.iter().filter(|line| line.starts_with("ab ")).count()
        };
        assert_eq!(count(&[Ok(&bytes)]), 200);
        let parts: Vec<_> = bytes.chunks(7).map(Ok).collect();
        assert_eq!(count(&parts), 200);
    }

    #[test]
    fn garbage_is_skipped() {
        let seen = cut(&[Ok(b"\x17\x03\x03\0\x01ano record\x17\x03\x03\0\x01b")]);
        assert_eq!(seen, ["a in 1", "lost Some(9)", "b in 1"]);
    }
}
