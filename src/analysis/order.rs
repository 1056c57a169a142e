//! Findings in the order of time, though transactions that are complete are decided before older ones that are not.

use crate::limits::FINDINGS_HELD;
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// Things that wait until nothing older can come.
#[derive(Debug)]
pub(crate) struct InOrder<T> {
    /// Those of one time in the order in which they came.
    waiting: BTreeMap<(Timestamp, u64), T>,
    count: u64,
    /// What is older than this has been given.
    given: Timestamp,
}

impl<T> InOrder<T> {
    pub(crate) fn new() -> Self {
        Self {
            waiting: BTreeMap::new(),
            count: 0,
            given: Timestamp(i64::MIN),
        }
    }

    /// Takes what began at `at`. What is older than something that was given is late, and comes next.
    pub(crate) fn push(&mut self, at: Timestamp, thing: T) {
        let at = at.max(self.given);
        self.waiting.insert((at, self.count), thing);
        self.count += 1;
    }

    /// The next one, if nothing that began before `settled` is still to come, or if too many wait.
    pub(crate) fn poll(&mut self, settled: Timestamp) -> Option<T> {
        let ((at, _), _) = self.waiting.first_key_value()?;
        if *at >= settled && self.waiting.len() <= FINDINGS_HELD {
            return None;
        }
        self.given = *at;
        self.waiting.pop_first().map(|(_, thing)| thing)
    }

    /// Another input begins, with times of its own.
    pub(crate) fn restart(&mut self) {
        self.given = Timestamp(i64::MIN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polled(order: &mut InOrder<&'static str>, settled: i64) -> Vec<&'static str> {
        std::iter::from_fn(|| order.poll(Timestamp(settled))).collect()
    }

    #[test]
    fn what_is_decided_late_comes_where_it_belongs() {
        let mut order = InOrder::new();
        for (at, thing) in [(5, "e"), (3, "c"), (9, "i"), (3, "d")] {
            order.push(Timestamp(at), thing);
        }
        assert_eq!(polled(&mut order, 5), ["c", "d"]);
        order.push(Timestamp(1), "late");
        assert_eq!(polled(&mut order, 5), ["late"]);
        assert_eq!(polled(&mut order, i64::MAX), ["e", "i"]);
    }

    #[test]
    fn no_more_wait_than_there_is_room_for() {
        let mut order = InOrder::new();
        for at in 0..=FINDINGS_HELD as i64 {
            order.push(Timestamp(at), "");
        }
        assert_eq!(polled(&mut order, 0).len(), 1);
    }

    #[test]
    fn another_input_may_be_older() {
        let mut order = InOrder::new();
        order.push(Timestamp(9), "first");
        assert_eq!(polled(&mut order, i64::MAX), ["first"]);
        order.restart();
        order.push(Timestamp(2), "b");
        order.push(Timestamp(1), "a");
        assert_eq!(polled(&mut order, i64::MAX), ["a", "b"]);
    }
}
