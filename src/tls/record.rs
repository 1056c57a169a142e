//! One direction's bytes → records (RFC 8446 §5.1), across losses. Knows nothing of keys.

use crate::time::Timestamp;

/// Bytes of a record header.
pub(crate) const HEAD_LEN: usize = 5;
/// Longest body: 2^14 and what TLS 1.2 allows to add (RFC 5246 §6.2.3).
const MAX_BODY: usize = (1 << 14) + 2048;

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
    /// Bytes without known borders; `None`: how many cannot be told.
    Lost(Option<u64>),
}

/// Cuts one direction.
#[derive(Debug, Default)]
pub(crate) struct Cutter {
    state: State,
    held: Vec<u8>,
}

#[derive(Debug, Default, Clone, Copy)]
enum State {
    /// In a header; `held` has its first bytes.
    #[default]
    Start,
    Head(Mark),
    /// In a body with `left` bytes to come; `is_holed`: some before are missing.
    Body {
        head: Head,
        mark: Mark,
        left: usize,
        is_holed: bool,
    },
    /// Looking for a header, after `lost` bytes. `held` may be its first bytes.
    Searching {
        lost: Option<u64>,
        mark: Option<Mark>,
    },
}

impl Cutter {
    /// Takes the next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8], mark: Mark, each: &mut impl FnMut(Event<'_>)) {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.state {
                State::Start => self.head(mark, mark, &mut rest),
                State::Head(first) => self.head(first, mark, &mut rest),
                State::Body {
                    head,
                    mark,
                    left,
                    is_holed,
                } => self.body(head, mark, left, is_holed, &mut rest, each),
                State::Searching { lost, mark: first } => {
                    self.search(lost, first, mark, &mut rest, each);
                }
            }
        }
    }

    /// Takes notice of missing bytes.
    pub(crate) fn gap(&mut self, len: u64, each: &mut impl FnMut(Event<'_>)) {
        let held = self.held.len() as u64;
        self.state = match self.state {
            State::Body {
                head, mark, left, ..
            } => match usize::try_from(len)
                .ok()
                .and_then(|len| left.checked_sub(len))
            {
                Some(0) => {
                    each(Event::Damaged(head));
                    State::Start
                }
                Some(left) => State::Body {
                    head,
                    mark,
                    left,
                    is_holed: true,
                },
                None => {
                    let seen = usize::from(head.len).saturating_sub(left) + HEAD_LEN;
                    searching(Some(seen as u64), len)
                }
            },
            State::Start | State::Head(_) => searching(Some(held), len),
            State::Searching { lost, .. } => {
                searching(lost.map(|lost| lost.saturating_add(held)), len)
            }
        };
        self.held.clear();
    }

    fn head(&mut self, first: Mark, now: Mark, rest: &mut &[u8]) {
        let wanted = HEAD_LEN.saturating_sub(self.held.len()).min(rest.len());
        let (bytes, later) = rest.split_at_checked(wanted).unwrap_or_default();
        self.held.extend_from_slice(bytes);
        *rest = later;
        let Some(&bytes) = self.held.first_chunk::<HEAD_LEN>() else {
            self.state = State::Head(first);
            return;
        };
        match Head::parse(bytes) {
            Some(head) => {
                self.held.clear();
                self.state = State::Body {
                    head,
                    mark: first,
                    left: usize::from(head.len),
                    is_holed: false,
                };
            }
            // Held bytes stay: a header may begin among them.
            None => {
                self.state = State::Searching {
                    lost: Some(0),
                    mark: Some(now),
                };
                self.shift();
            }
        }
    }

    fn body(
        &mut self,
        head: Head,
        mark: Mark,
        left: usize,
        is_holed: bool,
        rest: &mut &[u8],
        each: &mut impl FnMut(Event<'_>),
    ) {
        let (bytes, later) = rest
            .split_at_checked(left.min(rest.len()))
            .unwrap_or_default();
        *rest = later;
        let left = left.saturating_sub(bytes.len());
        self.state = State::Body {
            head,
            mark,
            left,
            is_holed,
        };
        if left > 0 {
            if !is_holed {
                self.held.extend_from_slice(bytes);
            }
            return;
        }
        self.state = State::Start;
        if is_holed {
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

    fn search(
        &mut self,
        lost: Option<u64>,
        first: Option<Mark>,
        now: Mark,
        rest: &mut &[u8],
        each: &mut impl FnMut(Event<'_>),
    ) {
        let Some((&byte, later)) = rest.split_first() else {
            return;
        };
        *rest = later;
        let first = if self.held.is_empty() {
            now
        } else {
            first.unwrap_or(now)
        };
        self.held.push(byte);
        self.state = State::Searching {
            lost,
            mark: Some(first),
        };
        let Some(&bytes) = self.held.first_chunk::<HEAD_LEN>() else {
            return;
        };
        match Head::parse(bytes).filter(|head| head.len > 0) {
            Some(head) => {
                each(Event::Lost(lost));
                self.held.clear();
                self.state = State::Body {
                    head,
                    mark: first,
                    left: usize::from(head.len),
                    is_holed: false,
                };
            }
            None => self.shift(),
        }
    }

    /// Gives up the first held byte.
    fn shift(&mut self) {
        if !self.held.is_empty() {
            self.held.remove(0);
        }
        if let State::Searching { lost, .. } = &mut self.state {
            *lost = lost.map(|lost| lost.saturating_add(1));
        }
    }
}

fn searching(before: Option<u64>, len: u64) -> State {
    State::Searching {
        // A gap of unknown length is given as the largest number.
        lost: before
            .filter(|_| len != u64::MAX)
            .map(|before| before.saturating_add(len)),
        mark: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(parts: &[Result<&[u8], u64>]) -> Vec<String> {
        let mut cutter = Cutter::default();
        let mut seen = Vec::new();
        let mut each = |event: Event<'_>| {
            seen.push(match event {
                Event::Record { body, mark, .. } => {
                    format!("{} in {}", String::from_utf8_lossy(body), mark.frame)
                }
                Event::Damaged(head) => format!("damaged {}", head.len),
                Event::Lost(len) => format!("lost {len:?}"),
            });
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
    fn garbage_is_skipped() {
        let seen = cut(&[Ok(b"\x17\x03\x03\0\x01ano record\x17\x03\x03\0\x01b")]);
        assert_eq!(seen, ["a in 1", "lost Some(9)", "b in 1"]);
    }
}
