//! How long something took, many times over: sum and quantiles in little memory, and sums of several runs are exact.

use serde::Serialize;
use serde::ser::{SerializeStruct as _, Serializer};
use std::collections::BTreeMap;
use std::time::Duration;

/// Times, counted by their first four binary digits: a quantile is right to an eighth.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latency {
    /// Microseconds, cut to four binary digits → how often.
    counts: BTreeMap<u64, u64>,
    total_us: u64,
}

impl Latency {
    /// One more time.
    pub fn add(&mut self, time: Duration) {
        let us = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        *self.counts.entry(cut(us)).or_default() += 1;
        self.total_us = self.total_us.saturating_add(us);
    }

    /// Times of `counts` as they stand in JSON, for reports that are read again.
    pub fn from_counts(counts: BTreeMap<u64, u64>, total_us: u64) -> Self {
        Self { counts, total_us }
    }

    /// The times of another run.
    pub fn join(&mut self, other: &Self) {
        for (us, count) in &other.counts {
            let own = self.counts.entry(*us).or_default();
            *own = own.saturating_add(*count);
        }
        self.total_us = self.total_us.saturating_add(other.total_us);
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.counts
            .values()
            .fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// The times, cut to four binary digits, ascending, with how often each occurred.
    pub fn counts(&self) -> impl Iterator<Item = (Duration, u64)> + '_ {
        let counts = self.counts.iter();
        counts.map(|(us, count)| (Duration::from_micros(*us), *count))
    }

    /// All of them together.
    pub fn total(&self) -> Duration {
        Duration::from_micros(self.total_us)
    }

    /// The time that `percent` of a hundred do not exceed; `None` where there is none.
    pub fn percentile(&self, percent: u64) -> Option<Duration> {
        let wanted = self.count().saturating_mul(percent).div_ceil(100).max(1);
        let mut seen = 0u64;
        for (us, count) in &self.counts {
            seen = seen.saturating_add(*count);
            if seen >= wanted {
                return Some(Duration::from_micros(*us));
            }
        }
        None
    }
}

fn cut(us: u64) -> u64 {
    let beyond = (u64::BITS - us.leading_zeros()).saturating_sub(4);
    (us >> beyond) << beyond
}

/// `count`, `total_ms`, `p50_ms`, `p95_ms`, and the counts that they are made of.
impl Serialize for Latency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ms = |time: Duration| (time.as_secs_f64() * 1e6).round() / 1e3;
        let mut out = serializer.serialize_struct("Latency", 5)?;
        out.serialize_field("count", &self.count())?;
        out.serialize_field("total_us", &self.total_us)?;
        out.serialize_field("p50_ms", &self.percentile(50).map(ms))?;
        out.serialize_field("p95_ms", &self.percentile(95).map(ms))?;
        out.serialize_field("counts_by_us", &self.counts)?;
        out.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_has_no_quantiles() {
        assert_eq!(Latency::default().percentile(50), None);
        assert_eq!(Latency::default().count(), 0);
    }

    #[test]
    fn quantiles_are_right_to_an_eighth_and_the_sum_is_exact() {
        let mut latency = Latency::default();
        for ms in 1..=100 {
            latency.add(Duration::from_millis(ms));
        }
        assert_eq!(latency.total(), Duration::from_millis(5050));
        let near = |percent, ms: f64| {
            let found = latency.percentile(percent).unwrap().as_secs_f64() * 1e3;
            (found / ms - 1.0).abs() <= 0.13
        };
        assert!(near(50, 50.0) && near(95, 95.0) && near(100, 100.0));
    }

    proptest! {
        #[test]
        fn any_time_is_counted_a_little_below_itself(us in any::<u64>()) {
            prop_assert!(cut(us) <= us);
            prop_assert!(us - cut(us) <= us / 8);
        }
    }
}
