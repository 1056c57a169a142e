//! Failures over time, as a chart: when it began is half of the diagnosis.

use crate::finding::{Cause, Severity};
use crate::time::Timestamp;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Bars of the chart; when more are needed each takes twice the time.
const BARS: usize = 240;
const HEIGHT: f64 = 80.0;
const BAR: f64 = 4.0;

/// Counts findings in equal spans of time, whatever the span turns out to be.
#[derive(Debug)]
pub(super) struct Timeline {
    /// Nanoseconds of a bar.
    span: i64,
    /// Number of the bar → failures and others.
    bars: BTreeMap<i64, (u64, u64)>,
}

impl Default for Timeline {
    fn default() -> Self {
        Self {
            span: 100_000_000,
            bars: BTreeMap::new(),
        }
    }
}

impl Timeline {
    pub(super) fn add(&mut self, time: Timestamp, severity: Severity) {
        let bar = self.bars.entry(time.0.div_euclid(self.span)).or_default();
        if severity >= Severity::Depends {
            bar.0 += 1;
        } else {
            bar.1 += 1;
        }
        while self.length() > BARS {
            self.coarsen();
        }
    }

    /// Bars from the first to the last, empty ones included.
    fn length(&self) -> usize {
        let ends = self.bars.first_key_value().zip(self.bars.last_key_value());
        ends.map_or(0, |((first, _), (last, _))| {
            usize::try_from(last.saturating_sub(*first).saturating_add(1)).unwrap_or(usize::MAX)
        })
    }

    /// Bars that the chart has room for: few failures do not become broad ones.
    fn shown(&self) -> usize {
        self.length().max(BARS / 2)
    }

    fn coarsen(&mut self) {
        self.span = self.span.saturating_mul(2);
        let mut bars: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
        for (number, (failures, others)) in std::mem::take(&mut self.bars) {
            let bar = bars.entry(number.div_euclid(2)).or_default();
            bar.0 += failures;
            bar.1 += others;
        }
        self.bars = bars;
    }

    /// The chart as SVG, with a mark where each cause began. Empty where there is nothing to compare.
    pub(super) fn svg(&self, causes: &[Cause]) -> String {
        let Some((first, _)) = self.bars.first_key_value() else {
            return String::new();
        };
        if self.bars.len() < 2 {
            return String::new();
        }
        let most = self
            .bars
            .values()
            .map(|(failures, others)| failures + others)
            .max()
            .unwrap_or(1);
        let width = self.shown() as f64 * BAR;
        let mut svg = format!(
            "<svg class=\"timeline\" viewBox=\"0 0 {width} {}\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"Findings over time\">",
            HEIGHT + 4.0
        );
        let left = |number: i64| number.saturating_sub(*first) as f64 * BAR;
        for (number, (failures, others)) in &self.bars {
            let height = |count: u64| HEIGHT * count as f64 / most as f64;
            let (red, grey) = (height(*failures), height(*others));
            let x = left(*number);
            let time = Timestamp(number.saturating_mul(self.span));
            let _ = write!(
                svg,
                "<g><title>{time}: {failures} failed, {others} other findings</title><rect class=\"others\" x=\"{x}\" y=\"{:.1}\" width=\"3\" height=\"{grey:.1}\"/><rect class=\"failures\" x=\"{x}\" y=\"{:.1}\" width=\"3\" height=\"{red:.1}\"/></g>",
                HEIGHT - red - grey,
                HEIGHT - red,
            );
        }
        for (index, cause) in causes.iter().enumerate() {
            let x = left(cause.first.0.div_euclid(self.span));
            let _ = write!(
                svg,
                "<g><title>cause {} began at {}</title><line class=\"began\" x1=\"{x}\" y1=\"0\" x2=\"{x}\" y2=\"{}\" vector-effect=\"non-scaling-stroke\"/></g>",
                index + 1,
                cause.first,
                HEIGHT + 4.0
            );
        }
        svg.push_str("</svg>");
        svg
    }

    /// The times at which the chart begins and ends.
    pub(super) fn ends(&self) -> Option<(Timestamp, Timestamp)> {
        let (first, _) = self.bars.first_key_value()?;
        let shown = i64::try_from(self.shown()).unwrap_or(i64::MAX);
        let at = |number: i64| Timestamp(number.saturating_mul(self.span));
        Some((at(*first), at(first.saturating_add(shown))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_times_fit_and_none_is_lost(times in proptest::collection::vec(any::<i64>(), 0..50)) {
            let mut timeline = Timeline::default();
            for time in &times {
                timeline.add(Timestamp(*time), Severity::Blocked);
            }
            prop_assert!(timeline.length() <= BARS);
            let total: u64 = timeline.bars.values().map(|(failures, _)| failures).sum();
            prop_assert_eq!(total, times.len() as u64);
        }
    }
}
