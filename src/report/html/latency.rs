//! What preflights cost the users: how many took how long.

use super::super::{text, words};
use crate::finding::Latency;
use std::fmt::Write as _;
use std::time::Duration;

/// Where the bars of the chart end, in milliseconds; the last has no end.
const STEPS: [u64; 8] = [5, 10, 25, 50, 100, 250, 500, 1000];

/// The section; empty where there was no preflight.
pub(super) fn section(time: &Latency) -> String {
    let (Some(middle), Some(slow)) = (time.percentile(50), time.percentile(95)) else {
        return String::new();
    };
    let mut html = format!(
        "<section aria-labelledby=\"cost\">\n<h2 id=\"cost\">What preflights cost</h2>\n<p>{} spent waiting for {}: half of them took up to {}, 95 of 100 up to {}. An access-control-max-age lets the browser ask less often.</p>\n<table class=\"cost\"><thead><tr><th scope=\"col\">took</th><th scope=\"col\">preflights</th><td></td></tr></thead><tbody>\n",
        text::span(time.total()),
        words::plural(time.count(), "preflight", "preflights"),
        text::span(middle),
        text::span(slow)
    );
    let counts = counted(time);
    let most = counts.iter().copied().max().unwrap_or(1).max(1);
    let used = counts.iter().rposition(|count| *count > 0).unwrap_or(0);
    let mut from = 0;
    for (step, count) in counts.iter().enumerate().take(used + 1) {
        let label = match STEPS.get(step) {
            Some(end) => format!("{from} to {end} ms"),
            None => format!("over {from} ms"),
        };
        let _ = writeln!(
            html,
            "<tr><th scope=\"row\">{label}</th><td class=\"number\">{}</td><td><svg class=\"share\" aria-hidden=\"true\"><rect width=\"{:.1}%\" height=\"100%\"/></svg></td></tr>",
            words::number(*count),
            *count as f64 * 100.0 / most as f64
        );
        from = STEPS.get(step).copied().unwrap_or(from);
    }
    html.push_str("</tbody></table>\n</section>\n");
    html
}

fn counted(time: &Latency) -> [u64; STEPS.len() + 1] {
    let mut counts = [0u64; STEPS.len() + 1];
    for (took, count) in time.counts() {
        let step = STEPS
            .iter()
            .position(|end| took < Duration::from_millis(*end))
            .unwrap_or(STEPS.len());
        if let Some(bar) = counts.get_mut(step) {
            *bar = bar.saturating_add(count);
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preflight_is_in_one_bar() {
        let mut time = Latency::default();
        for ms in [1, 4, 30, 5000] {
            time.add(Duration::from_millis(ms));
        }
        assert_eq!(counted(&time), [2, 0, 0, 1, 0, 0, 0, 0, 1]);
        assert!(section(&time).contains("over 1000 ms"));
        assert_eq!(section(&Latency::default()), "");
    }
}
