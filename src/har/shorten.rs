//! Keeps a huge entry small while it is read: long strings, which are bodies, lose all but their start.

use super::index::{self, Indexed};

/// Copies JSON text and cuts strings, resumable at any byte.
#[derive(Debug)]
pub(super) struct Shortener {
    out: Vec<u8>,
    /// Longest string that is kept whole, in bytes.
    keep: usize,
    /// Longest result.
    limit: usize,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Outside,
    /// Inside a string of which so many bytes were kept.
    String {
        kept: usize,
    },
    /// Behind a backslash in a string.
    Escape {
        kept: usize,
    },
}

impl Shortener {
    pub(super) fn new(keep: usize, limit: usize) -> Self {
        Self {
            out: Vec::new(),
            keep,
            limit,
            state: State::Outside,
        }
    }

    pub(super) fn push(&mut self, text: Indexed<'_>) {
        let (whole, mut places) = (text.before_and_value, text.places);
        let mut at = text.start;
        while at < whole.len() && self.out.len() <= self.limit {
            if self.has_enough() {
                // What stands at the next place ends the string.
                let next = places.partition_point(|place| index::at(*place) < at);
                places = places.get(next..).unwrap_or_default();
                let end = places.first();
                at = end.map_or(whole.len(), |end| index::at(*end));
            }
            at += self.step(whole.get(at..).unwrap_or_default());
        }
    }

    /// Whether nothing more is wanted of the string at hand.
    fn has_enough(&self) -> bool {
        matches!(self.state, State::String { kept } if kept >= self.keep)
    }

    /// The shortened text; `None` when even that is longer than the limit.
    pub(super) fn finish(self) -> Option<Vec<u8>> {
        (self.out.len() <= self.limit).then_some(self.out)
    }

    fn step(&mut self, rest: &[u8]) -> usize {
        match self.state {
            State::Outside => {
                let quote = memchr::memchr(b'"', rest);
                let used = quote.map_or(rest.len(), |at| at + 1);
                self.copy(rest, used);
                if quote.is_some() {
                    self.state = State::String { kept: 0 };
                }
                used
            }
            State::String { kept } => {
                let mark = memchr::memchr2(b'"', b'\\', rest);
                let plain = mark.unwrap_or(rest.len());
                let room = self.keep.saturating_sub(kept).min(plain);
                self.copy(rest, room);
                // What was cut once stays cut.
                let kept = if room < plain {
                    self.keep
                } else {
                    kept + plain
                };
                match mark.and_then(|at| rest.get(at)) {
                    Some(b'"') => {
                        self.out.push(b'"');
                        self.state = State::Outside;
                        plain + 1
                    }
                    Some(_) => {
                        self.state = State::Escape { kept };
                        plain + 1
                    }
                    None => {
                        self.state = State::String { kept };
                        plain
                    }
                }
            }
            State::Escape { kept } => {
                if kept < self.keep {
                    self.out.push(b'\\');
                    self.copy(rest, 1);
                }
                self.state = State::String {
                    kept: kept.saturating_add(2),
                };
                1
            }
        }
    }

    fn copy(&mut self, text: &[u8], count: usize) {
        self.out
            .extend_from_slice(text.get(..count).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::har::index::Index;
    use proptest::prelude::*;

    fn shorten(text: &[u8], keep: usize, piece: usize) -> Vec<u8> {
        let mut shortener = Shortener::new(keep, 1 << 20);
        let index = Index::of(text);
        for start in (0..text.len()).step_by(piece) {
            shortener.push(index.part(text, start..text.len().min(start.saturating_add(piece))));
        }
        shortener.finish().unwrap()
    }

    #[test]
    fn long_strings_lose_their_end_and_short_ones_nothing() {
        let text = br#"{"text": "abcdefghij", "b": "a\"c", "c": [1, "abcd\\efg"]}"#;
        let short = shorten(text, 4, 7);
        assert_eq!(
            String::from_utf8(short).unwrap(),
            r#"{"text": "abcd", "b": "a\"c", "c": [1, "abcd"]}"#
        );
    }

    #[test]
    fn what_is_too_long_without_strings_is_given_up() {
        let mut shortener = Shortener::new(4, 100);
        let text = b"[1],".repeat(200);
        shortener.push(Index::of(&text).value(&text));
        assert_eq!(shortener.finish(), None);
    }

    proptest! {
        #[test]
        fn cutting_the_input_makes_no_difference(
            text in r#"\[("([^"\\]|\\[\\"n]){0,20}"|[a-z, :]{0,9}){0,9}"#, keep in 0usize..9, piece in 1usize..9,
        ) {
            let whole = shorten(text.as_bytes(), keep, 1000);
            prop_assert_eq!(&whole, &shorten(text.as_bytes(), keep, piece));
            prop_assert_eq!(shorten(text.as_bytes(), 1000, piece), text.as_bytes());
        }
    }
}
