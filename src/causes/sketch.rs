//! Distribution of durations in a fixed number of counters; quantiles are right to one part in eight.

use std::time::Duration;

/// Counts durations in buckets that grow by an eighth of a power of two, from 1 µs to about 19 hours.
#[derive(Debug, Clone, Default)]
pub(super) struct Sketch {
    buckets: Vec<u32>,
    count: u64,
    total: Duration,
}

impl Sketch {
    pub(super) fn add(&mut self, duration: Duration) {
        if self.buckets.is_empty() {
            self.buckets = vec![0; BUCKETS];
        }
        if let Some(bucket) = self.buckets.get_mut(bucket_of(duration)) {
            *bucket = bucket.saturating_add(1);
        }
        self.count = self.count.saturating_add(1);
        self.total = self.total.saturating_add(duration);
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// The sum of all durations, exact.
    pub(super) fn total(&self) -> Duration {
        self.total
    }

    /// The duration below which `percent` of all lie, rounded up to its bucket's end.
    pub(super) fn percentile(&self, percent: u64) -> Duration {
        let rank = self.count.saturating_mul(percent).div_ceil(100).max(1);
        let mut below = 0u64;
        for (index, bucket) in self.buckets.iter().enumerate() {
            below = below.saturating_add(u64::from(*bucket));
            if below >= rank {
                return end_of(index);
            }
        }
        Duration::ZERO
    }
}

const STEPS: u32 = 8;
const OCTAVES: u32 = 36;
const BUCKETS: usize = (STEPS * OCTAVES) as usize;

fn bucket_of(duration: Duration) -> usize {
    let micros = u64::try_from(duration.as_micros())
        .unwrap_or(u64::MAX)
        .max(1);
    let octave = micros.ilog2();
    // The three bits below the leading one.
    let step = match octave {
        0..3 => (micros << (3 - octave)) & 7,
        _ => (micros >> (octave - 3)) & 7,
    };
    let index = u64::from(octave * STEPS) + step;
    usize::try_from(index).map_or(BUCKETS - 1, |index| index.min(BUCKETS - 1))
}

fn end_of(index: usize) -> Duration {
    let index = u64::try_from(index).unwrap_or(0);
    let (octave, step) = (index / u64::from(STEPS), index % u64::from(STEPS));
    Duration::from_micros(((9 + step) << octave) / 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_right_to_an_eighth() {
        let mut sketch = Sketch::default();
        (1..=1000).for_each(|millis| sketch.add(Duration::from_millis(millis)));
        for percent in [50, 95] {
            let got = sketch.percentile(percent).as_secs_f64();
            let true_value = percent as f64 / 100.0;
            assert!((got / true_value - 1.0).abs() < 0.13, "{percent}: {got}");
        }
        assert_eq!(sketch.total(), Duration::from_millis(500_500));
    }

    #[test]
    fn extremes_stay_inside() {
        let mut sketch = Sketch::default();
        sketch.add(Duration::ZERO);
        sketch.add(Duration::MAX);
        assert_eq!(sketch.count(), 2);
        assert!(sketch.percentile(50) <= Duration::from_micros(2));
        assert!(sketch.percentile(95) > Duration::from_secs(60_000));
    }
}
