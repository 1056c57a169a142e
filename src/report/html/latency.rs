//! What preflights cost the users: how many took how long.

use super::super::{text, words};
use super::escape;
use crate::finding::Latency;
use crate::finding::summary::{OTHER_ENDPOINTS, PreflightCost};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// Where the bars of the chart end, in milliseconds; the last has no end.
const STEPS: [u64; 8] = [5, 10, 25, 50, 100, 250, 500, 1000];

/// The section; empty where there was no preflight.
pub(super) fn section(time: &Latency, endpoints: &BTreeMap<String, PreflightCost>) -> String {
    let (Some(middle), Some(slow)) = (time.percentile(50), time.percentile(95)) else {
        return String::new();
    };
    let mut html = format!(
        "<section aria-labelledby=\"cost\">\n<h2 id=\"cost\">What preflights cost</h2>\n<p>{} spent waiting for {}: half of them took up to {}, 95 of 100 up to {}. </p>\n<table class=\"cost\"><thead><tr><th scope=\"col\">took</th><th scope=\"col\">preflights</th><td></td></tr></thead><tbody>\n",
        text::span(time.total()),
        words::plural(time.count(), "preflight", "preflights"),
        text::span(middle),
        text::span(slow)
    );
    let counts = counted(time);
    let most = counts.iter().copied().max().unwrap_or(1).max(1);
    let used = counts.iter().rposition(|count| *count > 0).unwrap_or(0);
    let unused = counts.iter().take_while(|count| **count == 0).count();
    let mut from = 0;
    for (step, count) in counts.iter().enumerate().take(used + 1) {
        if step < unused {
            from = STEPS.get(step).copied().unwrap_or(from);
            continue;
        }
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
    html.push_str("</tbody></table>\n");
    by_endpoint(&mut html, endpoints);
    html.push_str("</section>\n");
    html
}

/// Where the time went, and what of it browsers could keep.
fn by_endpoint(html: &mut String, endpoints: &BTreeMap<String, PreflightCost>) {
    let mut rows: Vec<_> = endpoints.iter().collect();
    rows.sort_by_key(|(name, cost)| {
        let is_rest = *name == OTHER_ENDPOINTS;
        (is_rest, Reverse(cost.total_us), name.as_str())
    });
    if rows.is_empty() {
        return;
    }
    html.push_str("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"What preflights cost by endpoint\"><table class=\"endpoints\"><thead><tr><th scope=\"col\">endpoint</th><th scope=\"col\">preflights</th><th scope=\"col\">waited</th><th scope=\"col\">on average</th><th scope=\"col\">repeated</th><th scope=\"col\">could be spared</th></tr></thead><tbody>\n");
    for (name, cost) in rows.iter().take(ROWS) {
        let _ = writeln!(
            html,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(name),
            words::number(cost.count),
            waited(cost.total_us),
            waited(cost.total_us.checked_div(cost.count).unwrap_or(0)),
            words::number(cost.repeated),
            match cost.repeated {
                0 => "–".to_owned(),
                _ => waited(cost.repeated_us),
            },
        );
    }
    html.push_str("</tbody></table></div>\n");
    let spared = rows
        .iter()
        .fold(0u64, |sum, (_, cost)| sum.saturating_add(cost.repeated));
    let saved = rows
        .iter()
        .fold(0u64, |sum, (_, cost)| sum.saturating_add(cost.repeated_us));
    let rest = match rows.len().saturating_sub(ROWS) {
        0 => String::new(),
        more => format!(
            "{} not in this table. ",
            words::plural(
                more as u64,
                "endpoint that cost less is",
                "endpoints that cost less are"
            )
        ),
    };
    let advice = match spared {
        0 => "No preflight was a repetition of an earlier one: no max-age would have spared any."
            .to_owned(),
        _ => format!(
            "With access-control-max-age: 7200, the most that Chromium keeps, {} and {} of waiting would not have been: the same client had asked the same within two hours.",
            words::plural(spared, "preflight", "preflights"),
            waited(saved)
        ),
    };
    let _ = writeln!(html, "<p class=\"faint\">{rest}{advice}</p>");
}

/// Endpoints in the table.
const ROWS: usize = 15;

fn waited(us: u64) -> String {
    text::span(Duration::from_micros(us))
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
        let none = BTreeMap::new();
        assert!(section(&time, &none).contains("over 1000 ms"));
        assert_eq!(section(&Latency::default(), &none), "");
    }

    #[test]
    fn endpoints_stand_in_the_order_of_their_cost_and_the_rest_last() {
        let mut time = Latency::default();
        time.add(Duration::from_millis(5));
        let cost = |total_us| PreflightCost {
            count: 10,
            total_us,
            repeated: 4,
            repeated_us: total_us / 2,
        };
        let endpoints = [
            ("https://a.test/x", 20_000),
            ("https://b.test/", 900_000),
            (OTHER_ENDPOINTS, 9_000_000),
        ];
        let endpoints = endpoints.map(|(name, us)| (name.to_owned(), cost(us)));
        let html = section(&time, &endpoints.into());
        let at = |name: &str| html.find(name).unwrap();
        assert!(at("b.test") < at("a.test") && at("a.test") < at(OTHER_ENDPOINTS));
        assert!(
            html.contains("12 preflights and 4.96 s of waiting would not have been"),
            "{html}"
        );
    }
}
