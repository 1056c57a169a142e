//! Sets of numbers that grow mostly without holes: streams that are over, packets that were seen.

use std::collections::BTreeMap;

/// Streams that are over; a set without holes costs one range for each of the four types of streams.
#[derive(Debug, Default)]
pub(crate) struct Ended(RangeSet);

impl Ended {
    /// Adds `stream`.
    pub(crate) fn insert(&mut self, stream: u64) {
        self.0.insert(rank(stream));
    }

    /// Whether `stream` was added.
    pub(crate) fn contains(&self, stream: u64) -> bool {
        self.0.contains(rank(stream))
    }
}

/// Numbers as ranges.
#[derive(Debug, Default)]
pub(crate) struct RangeSet {
    /// First → last, disjoint and not adjacent.
    ranges: BTreeMap<u64, u64>,
}

impl RangeSet {
    /// Adds `number`. Above [`MOST`] ranges the two lowest are joined: the holes between very old numbers are given up.
    pub(crate) fn insert(&mut self, number: u64) {
        if let Some(mut newest) = self.ranges.last_entry()
            && newest.get().checked_add(1) == Some(number)
        {
            newest.insert(number);
            return;
        }
        if self.contains(number) {
            return;
        }
        let (mut first, mut last) = (number, number);
        if let Some(below) = number.checked_sub(1)
            && let Some((&start, &end)) = self.ranges.range(..=below).next_back()
            && end == below
        {
            first = start;
        }
        if let Some(above) = number.checked_add(1)
            && let Some(end) = self.ranges.remove(&above)
        {
            last = end;
        }
        self.ranges.insert(first, last);
        if self.ranges.len() > MOST
            && let Some((lowest, _)) = self.ranges.pop_first()
            && let Some((_, end)) = self.ranges.pop_first()
        {
            self.ranges.insert(lowest, end);
        }
    }

    /// Whether `number` was added.
    pub(crate) fn contains(&self, number: u64) -> bool {
        self.ranges
            .range(..=number)
            .next_back()
            .is_some_and(|(_, last)| *last >= number)
    }

    /// Whether a number is missing between the lowest and the highest.
    pub(crate) fn has_holes(&self) -> bool {
        self.ranges.len() > 1
    }

    /// The lowest number.
    pub(crate) fn lowest(&self) -> Option<u64> {
        self.ranges.first_key_value().map(|(first, _)| *first)
    }
}

/// A number by which streams of one type (RFC 9000 §2.1) follow each other without holes.
fn rank(stream: u64) -> u64 {
    (stream & 3) << 62 | stream >> 2
}

/// Most ranges that are kept apart.
const MOST: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn holds_exactly_what_was_added(numbers in proptest::collection::vec(0u64..100, 0..80)) {
            let mut set = RangeSet::default();
            for &number in &numbers {
                set.insert(number);
            }
            for number in 0..101 {
                prop_assert_eq!(set.contains(number), numbers.contains(&number));
            }
        }
    }

    #[test]
    fn neighbours_are_joined_and_the_extremes_held() {
        let mut set = Ended::default();
        for stream in [4, 12, 8, 0, 3, u64::MAX] {
            set.insert(stream);
        }
        assert_eq!(set.0.ranges.len(), 3);
        assert!(set.contains(u64::MAX) && !set.contains(1));
    }
}
