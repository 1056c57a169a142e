//! A set of stream numbers that grows mostly without holes: streams that are over.

use std::collections::BTreeMap;

/// Streams as ranges; a set without holes costs one range for each of the four types of streams.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    /// First → last, disjoint and not adjacent.
    ranges: BTreeMap<u64, u64>,
}

impl Ended {
    /// Adds `stream`. Above [`MOST`] ranges the two lowest are joined: the holes between very old ones are given up.
    pub(crate) fn insert(&mut self, stream: u64) {
        if self.contains(stream) {
            return;
        }
        let number = rank(stream);
        let (mut first, mut last) = (number, number);
        if let Some(below) = number.checked_sub(1)
            && let Some((&start, _)) = self
                .ranges
                .range(..=below)
                .next_back()
                .filter(|r| *r.1 == below)
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

    /// Whether `stream` was added.
    pub(crate) fn contains(&self, stream: u64) -> bool {
        let number = rank(stream);
        self.ranges
            .range(..=number)
            .next_back()
            .is_some_and(|(_, last)| *last >= number)
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
            let mut set = Ended::default();
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
        assert_eq!(set.ranges.len(), 3);
        assert!(set.contains(u64::MAX) && !set.contains(1));
    }
}
