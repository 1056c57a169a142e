//! A queue that is nearly always empty or holds one thing, and costs little then: connections that are kept open are many.

use std::collections::VecDeque;

/// First in, first out. Takes two words, and gives memory back as soon as it is not needed.
#[derive(Debug)]
pub(super) struct Queue<T>(State<T>);

#[derive(Debug)]
enum State<T> {
    Empty,
    One(Box<T>),
    /// Invariant: not empty.
    #[expect(clippy::box_collection, reason = "two words are the point")]
    Several(Box<VecDeque<T>>),
}

impl<T> Queue<T> {
    /// Nothing.
    pub(super) const EMPTY: Self = Self(State::Empty);

    /// Adds a thing at the end.
    pub(super) fn push_back(&mut self, thing: T) {
        self.0 = match std::mem::replace(&mut self.0, State::Empty) {
            State::Empty => State::One(Box::new(thing)),
            State::One(first) => State::Several(Box::new(VecDeque::from([*first, thing]))),
            State::Several(mut things) => {
                things.push_back(thing);
                State::Several(things)
            }
        };
    }

    /// Takes the first thing.
    #[inline]
    pub(super) fn pop_front(&mut self) -> Option<T> {
        match self.0 {
            State::Empty => None,
            _ => self.take_front(),
        }
    }

    fn take_front(&mut self) -> Option<T> {
        match std::mem::replace(&mut self.0, State::Empty) {
            State::Empty => None,
            State::One(thing) => Some(*thing),
            State::Several(mut things) => {
                let first = things.pop_front();
                if !things.is_empty() {
                    self.0 = State::Several(things);
                }
                first
            }
        }
    }

    /// How many things there are.
    #[inline]
    pub(super) fn len(&self) -> usize {
        match &self.0 {
            State::Empty => 0,
            State::One(_) => 1,
            State::Several(things) => things.len(),
        }
    }

    /// Whether there is nothing.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        matches!(self.0, State::Empty)
    }

    /// The last thing.
    pub(super) fn back(&self) -> Option<&T> {
        match &self.0 {
            State::Empty => None,
            State::One(thing) => Some(thing),
            State::Several(things) => things.back(),
        }
    }

    /// The last thing, to be changed.
    pub(super) fn back_mut(&mut self) -> Option<&mut T> {
        match &mut self.0 {
            State::Empty => None,
            State::One(thing) => Some(thing),
            State::Several(things) => things.back_mut(),
        }
    }

    /// All things in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        let (one, several) = match &self.0 {
            State::Empty => (None, None),
            State::One(thing) => (Some(&**thing), None),
            State::Several(things) => (None, Some(things.iter())),
        };
        one.into_iter().chain(several.into_iter().flatten())
    }

    /// All things in order, to be changed.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        let (one, several) = match &mut self.0 {
            State::Empty => (None, None),
            State::One(thing) => (Some(&mut **thing), None),
            State::Several(things) => (None, Some(things.iter_mut())),
        };
        one.into_iter().chain(several.into_iter().flatten())
    }
}

impl<T> Extend<T> for Queue<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, things: I) {
        things.into_iter().for_each(|thing| self.push_back(thing));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_first_comes_out_first_however_many_wait() {
        let mut queue = Queue::EMPTY;
        let (mut next_in, mut next_out) = (0, 0);
        for (pushes, pops) in [(1, 1), (2, 1), (3, 4), (1, 0), (0, 1), (5, 5)] {
            for _ in 0..pushes {
                queue.push_back(next_in);
                next_in += 1;
            }
            assert!(queue.iter().copied().eq(next_out..next_in));
            assert!(queue.iter_mut().map(|thing| *thing).eq(next_out..next_in));
            assert_eq!(queue.len(), (next_in - next_out) as usize);
            assert_eq!(queue.back().copied(), queue.iter().last().copied());
            assert_eq!(queue.back_mut().map(|last| *last), queue.back().copied());
            for _ in 0..pops {
                assert_eq!(queue.pop_front(), Some(next_out));
                next_out += 1;
            }
        }
        assert!(queue.is_empty());
        assert_eq!(queue.pop_front(), None);
    }
}
