//! Failures over time, as a chart: when it began is half of the diagnosis.

use crate::finding::{Cause, Severity};
use crate::time::Timestamp;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Bars of the chart; when more are needed each takes twice the time.
const BARS: usize = 240;
/// Pixels of the highest bar.
const HEIGHT: f64 = 80.0;
/// Where bars stand; above them is room for the marks' numbers.
const BOTTOM: f64 = 100.0;
/// Percent from which on a mark's number stands before its line.
const NEAR_THE_END: f64 = 97.0;
/// Percent between the numbers of two marks.
const MARKS_APART: f64 = 2.5;

/// The root cause of which the moment matters most.
const REGRESSION: &str = "regression";

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

    /// The chart as SVG, with a numbered mark where each cause began. Empty where there is nothing to compare.
    ///
    /// Across it is measured in percent, so that it fills the page at any width and its letters stay as they are.
    pub(super) fn svg(&self, causes: &[Cause]) -> String {
        let Some((first, _)) = self.bars.first_key_value() else {
            return String::new();
        };
        if self.bars.len() < 2 {
            return String::new();
        }
        let most = self.most();
        let wide = 100.0 / self.shown() as f64;
        let left = |number: i64| number.saturating_sub(*first) as f64 * wide;
        let mut svg =
            String::from("<svg class=\"timeline\" role=\"img\" aria-label=\"Findings over time\">");
        for (number, (failures, others)) in &self.bars {
            let height = |count: u64| HEIGHT * count as f64 / most as f64;
            let (red, grey) = (height(*failures), height(*others));
            let (x, bar) = (left(*number), wide * 0.8);
            let time = Timestamp(number.saturating_mul(self.span));
            let _ = write!(
                svg,
                "<g><title>{time}: {failures} failed, {others} other findings</title><rect class=\"others\" x=\"{x:.2}%\" y=\"{:.1}\" width=\"{bar:.2}%\" height=\"{grey:.1}\"/><rect class=\"failures\" x=\"{x:.2}%\" y=\"{:.1}\" width=\"{bar:.2}%\" height=\"{red:.1}\"/></g>",
                BOTTOM - red - grey,
                BOTTOM - red,
            );
        }
        let mut marked: Vec<f64> = Vec::new();
        for (index, cause) in causes.iter().enumerate() {
            // A cause may also be seen in requests that pass, before the first finding.
            let x = left(cause.first.0.div_euclid(self.span)).max(0.0);
            if cause.failed == 0 && cause.cause != REGRESSION {
                continue;
            }
            let has_room = !marked.iter().any(|other| (other - x).abs() < MARKS_APART);
            let number = index + 1;
            // From one moment on everything fails: the moment to compare with the list of deployments.
            let (class, what) = match cause.cause {
                REGRESSION => ("turned", "until then all passed"),
                _ => ("began", "began"),
            };
            let _ = write!(
                svg,
                "<g><title>cause {number}: {what} at {}</title><line class=\"{class}\" x1=\"{x:.2}%\" y1=\"16\" x2=\"{x:.2}%\" y2=\"{BOTTOM}\"/>",
                cause.first,
            );
            let side = match x < NEAR_THE_END {
                true => "dx=\"2\"",
                false => "dx=\"-2\" text-anchor=\"end\"",
            };
            if has_room {
                let _ = write!(
                    svg,
                    "<text class=\"mark {class}\" x=\"{x:.2}%\" y=\"12\" {side}>{number}</text>"
                );
                marked.push(x);
            }
            svg.push_str("</g>");
        }
        svg.push_str("</svg>");
        svg
    }

    /// What the highest bar stands for: `up to 9 in 0.8 s`.
    pub(super) fn scale(&self) -> String {
        let most = self.most();
        format!("up to {most} in {}", span(self.span))
    }

    fn most(&self) -> u64 {
        let counts = self.bars.values();
        let counts = counts.map(|(failures, others)| failures.saturating_add(*others));
        counts.max().unwrap_or(1)
    }

    /// The times at which the chart begins and ends.
    pub(super) fn ends(&self) -> Option<(Timestamp, Timestamp)> {
        let (first, _) = self.bars.first_key_value()?;
        let shown = i64::try_from(self.shown()).unwrap_or(i64::MAX);
        let at = |number: i64| Timestamp(number.saturating_mul(self.span));
        Some((at(*first), at(first.saturating_add(shown))))
    }
}

/// `0.2 s`, `51 s`, `14 min`, `7.3 h`.
fn span(nanoseconds: i64) -> String {
    match nanoseconds as f64 / 1e9 {
        seconds if seconds < 10.0 => format!("{seconds:.1} s"),
        seconds if seconds < 120.0 => format!("{seconds:.0} s"),
        seconds if seconds < 7200.0 => format!("{:.0} min", seconds / 60.0),
        seconds => format!("{:.1} h", seconds / 3600.0),
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
