//! Where frames begin: at the start of a direction, and again after a loss.
//!
//! A place is taken when nine bytes there look like a frame header and so do the nine bytes behind that frame. Bytes are
//! held until that is settled, so that the answer does not depend on how they arrive.

use super::cutter::Mark;
use super::frame::{HEAD_LEN, Head, LARGEST_PLAUSIBLE, PREFACE};
use crate::net::Direction;

/// The first bytes of a direction, until it is clear what they are.
#[derive(Debug)]
pub(crate) struct Start {
    direction: Direction,
    held: Search,
}

/// What the first bytes are.
#[derive(Debug)]
pub(crate) enum Found {
    /// Not clear yet.
    NotYet,
    /// The beginning of a connection; these bytes are frames.
    Frames(Search),
    /// The middle of one.
    Nothing(Search),
}

impl Start {
    /// Nothing seen yet.
    pub(crate) fn new(direction: Direction) -> Self {
        Self {
            direction,
            held: Search::default(),
        }
    }

    /// Takes the next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8], mark: Mark) -> Found {
        self.held.push(bytes, mark);
        let seen = self.held.bytes.as_slice();
        let skip = match self.direction {
            Direction::ToServer => {
                let compared = seen.len().min(PREFACE.len());
                match PREFACE.get(..compared) {
                    Some(start) if seen.starts_with(start) && compared < PREFACE.len() => {
                        return Found::NotYet;
                    }
                    Some(start) if seen.starts_with(start) => Some(PREFACE.len()),
                    _ => None,
                }
            }
            Direction::ToClient => match Head::parse(seen) {
                None => return Found::NotYet,
                Some(head) => head.is_first_of_server().then_some(0),
            },
        };
        let mut held = std::mem::take(&mut self.held);
        match skip {
            Some(skip) => {
                held.move_to(skip);
                Found::Frames(held)
            }
            None => Found::Nothing(held),
        }
    }
}

/// Bytes in which a frame header is looked for.
#[derive(Debug, Default)]
pub(crate) struct Search {
    bytes: Vec<u8>,
    /// Where in `bytes` each packet's part begins.
    marks: Vec<(usize, Mark)>,
    /// Where to look next: no frame is found before.
    place: usize,
}

impl Search {
    /// Takes the next bytes. Holds at most two frames of the largest plausible length and one chunk.
    pub(crate) fn push(&mut self, bytes: &[u8], mark: Mark) {
        self.marks.push((self.bytes.len(), mark));
        self.bytes.extend_from_slice(bytes);
    }

    /// Moves to the first place where frames can be cut, if there is one. `is_end`: no more bytes will come.
    pub(crate) fn find(&mut self, is_end: bool) -> bool {
        while let Some(head) = self.bytes.get(self.place..).and_then(Head::parse) {
            if head.is_plausible() {
                let next = self
                    .place
                    .saturating_add(HEAD_LEN)
                    .saturating_add(head.len as usize);
                let follows = self.bytes.get(next..);
                match follows.and_then(Head::parse) {
                    Some(following) if following.is_plausible() => return true,
                    Some(_) => {}
                    None if !is_end => break,
                    // At the end a whole frame with nothing behind it has to do.
                    None if follows.is_some_and(<[u8]>::is_empty) => return true,
                    None => {}
                }
            }
            self.place = self.place.saturating_add(1);
        }
        // Moving bytes at every call would cost the square of the length.
        if self.place > LARGEST_PLAUSIBLE {
            self.drop_passed();
        }
        false
    }

    /// Where frames are looked for, counted from the first byte held.
    pub(crate) fn place(&self) -> usize {
        self.place
    }

    /// Moves on to `place`.
    pub(crate) fn move_to(&mut self, place: usize) {
        self.place = place.min(self.bytes.len());
    }

    /// The bytes from the place on, with the packets that brought them.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (&[u8], Mark)> {
        let first = self.first_mark();
        let marks = self.marks.get(first..).unwrap_or_default();
        let ends = marks
            .iter()
            .skip(1)
            .map(|(start, _)| *start)
            .chain([self.bytes.len()]);
        marks
            .iter()
            .zip(ends)
            .filter_map(|(&(start, mark), end)| {
                Some((self.bytes.get(start.max(self.place)..end)?, mark))
            })
            .filter(|(bytes, _)| !bytes.is_empty())
    }

    /// Which mark the place falls under.
    fn first_mark(&self) -> usize {
        self.marks
            .partition_point(|(start, _)| *start <= self.place)
            .saturating_sub(1)
    }

    fn drop_passed(&mut self) {
        self.marks.drain(..self.first_mark());
        for (start, _) in &mut self.marks {
            *start = start.saturating_sub(self.place);
        }
        self.bytes.drain(..self.place);
        self.place = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    const PING: [u8; 17] = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];

    fn mark(frame: u64) -> Mark {
        Mark {
            at: Timestamp(0),
            frame,
        }
    }

    #[test]
    fn frames_are_found_behind_the_rest_of_a_lost_one() {
        let mut search = Search::default();
        search.push(b"the end of a body", mark(1));
        search.push(&PING, mark(2));
        assert!(!search.find(false), "nothing behind the frame yet");
        search.push(&PING, mark(3));
        assert!(search.find(false));
        let parts: Vec<_> = search
            .parts()
            .map(|(bytes, mark)| (bytes.len(), mark.frame))
            .collect();
        assert_eq!(parts, [(17, 2), (17, 3)]);
    }

    #[test]
    fn at_the_end_one_whole_frame_is_enough() {
        let mut search = Search::default();
        search.push(b"body", mark(1));
        search.push(&PING, mark(2));
        assert!(search.find(true));
        assert_eq!(search.place(), 4);
    }

    #[test]
    fn a_long_search_does_not_hold_everything() {
        let mut search = Search::default();
        for frame in 0..1000 {
            search.push(&[0xff; 1000], mark(frame));
            assert!(!search.find(false));
        }
        assert!(search.bytes.len() < 3 * LARGEST_PLAUSIBLE);
        assert!(search.marks.len() < 200);
    }
}
