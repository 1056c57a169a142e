//! Small bounded counters: how often, from when to when, for which text.

use crate::cors::key;
use crate::time::Timestamp;

/// How often something happened, with its first and last time. The order of additions does not matter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) count: u64,
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
}

impl Span {
    pub(super) fn add(&mut self, at: Timestamp) {
        if self.count == 0 {
            (self.first, self.last) = (at, at);
        }
        self.count = self.count.saturating_add(1);
        self.first = self.first.min(at);
        self.last = self.last.max(at);
    }

    pub(super) fn merge(&mut self, other: Self) {
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = other;
            return;
        }
        self.count = self.count.saturating_add(other.count);
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }
}

/// Which side of a comparison a transaction is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Passed,
    Failed,
}

/// Passed and failed transactions for each of a few texts, sorted by text.
///
/// Holds `CAP` texts; what comes beyond is only counted.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally<const CAP: usize> {
    rows: Vec<Row>,
    /// A key of each row's text: every transaction asks, and texts lie far apart.
    keys: Vec<u64>,
    /// Additions of texts that found no room.
    pub(super) beyond: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) text: Box<str>,
    pub(super) passed: Span,
    pub(super) failed: Span,
}

impl Row {
    pub(super) fn count(&self) -> u64 {
        self.passed.count.saturating_add(self.failed.count)
    }
}

impl<const CAP: usize> Tally<CAP> {
    /// Nothing counted.
    pub(super) const EMPTY: Self = Self {
        rows: Vec::new(),
        keys: Vec::new(),
        beyond: 0,
    };

    pub(super) fn add(&mut self, text: &str, side: Side, at: Timestamp) {
        let key = key([text.as_bytes()]);
        let known = self.keys.iter().position(|own| *own == key);
        let Some(index) = known.or_else(|| self.insert(text, key)) else {
            self.beyond = self.beyond.saturating_add(1);
            return;
        };
        let Some(row) = self.rows.get_mut(index) else {
            return;
        };
        match side {
            Side::Passed => row.passed.add(at),
            Side::Failed => row.failed.add(at),
        }
    }

    /// Makes a row for a new text, if there is room.
    fn insert(&mut self, text: &str, key: u64) -> Option<usize> {
        if self.rows.len() >= CAP {
            return None;
        }
        let index = self.rows.partition_point(|row| *row.text < *text);
        let row = Row {
            text: text.into(),
            passed: Span::default(),
            failed: Span::default(),
        };
        self.rows.insert(index, row);
        self.keys.insert(index, key);
        Some(index)
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(super) fn get(&self, text: &str) -> Option<&Row> {
        let index = self
            .rows
            .binary_search_by(|row| (*row.text).cmp(text))
            .ok()?;
        self.rows.get(index)
    }
}

/// Answers by status, with and without a usable `Access-Control-Allow-Origin`.
#[derive(Debug, Clone, Default)]
pub(super) struct Statuses {
    rows: Vec<StatusRow>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct StatusRow {
    pub(super) status: u16,
    pub(super) with: u64,
    pub(super) without: u64,
}

impl StatusRow {
    pub(super) fn count(&self) -> u64 {
        self.with.saturating_add(self.without)
    }
}

impl Statuses {
    pub(super) fn add(&mut self, status: u16, with: bool) {
        let index = match self.rows.binary_search_by_key(&status, |row| row.status) {
            Ok(index) => index,
            Err(index) => {
                self.rows.insert(
                    index,
                    StatusRow {
                        status,
                        with: 0,
                        without: 0,
                    },
                );
                index
            }
        };
        if let Some(row) = self.rows.get_mut(index) {
            match with {
                true => row.with = row.with.saturating_add(1),
                false => row.without = row.without.saturating_add(1),
            }
        }
    }

    pub(super) fn rows(&self) -> &[StatusRow] {
        &self.rows
    }

    /// Sums over the statuses for which `wanted` holds.
    pub(super) fn sum(&self, wanted: impl Fn(u16) -> bool) -> StatusRow {
        let mut sum = StatusRow {
            status: 0,
            with: 0,
            without: 0,
        };
        for row in self.rows.iter().filter(|row| wanted(row.status)) {
            sum.status = row.status;
            sum.with = sum.with.saturating_add(row.with);
            sum.without = sum.without.saturating_add(row.without);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_does_not_depend_on_order() {
        let times = [Timestamp(5), Timestamp(1), Timestamp(9)];
        let mut one = Span::default();
        let mut other = Span::default();
        times.iter().for_each(|at| one.add(*at));
        times.iter().rev().for_each(|at| other.add(*at));
        assert_eq!(one, other);
        assert_eq!(
            (one.first, one.last, one.count),
            (Timestamp(1), Timestamp(9), 3)
        );
    }

    #[test]
    fn texts_beyond_the_cap_are_counted() {
        let mut tally = Tally::<8>::default();
        for number in 0..11 {
            tally.add(&number.to_string(), Side::Failed, Timestamp(0));
        }
        assert_eq!((tally.rows().len(), tally.beyond), (8, 3));
    }
}
