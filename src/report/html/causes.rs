//! The root causes as a list: how much of all failures each explains, where, since when, and what to change.

use super::super::words;
use super::escape;
use crate::finding::{Cause, Summary};
use crate::time::Timestamp;
use std::fmt::Write as _;

/// Causes that are seen at once; the others unfold.
const AT_ONCE: usize = 8;

/// The section; empty where no cause is known.
pub(super) fn section(causes: &[Cause], explained: &[u64], summary: &Summary) -> String {
    if causes.is_empty() {
        return String::new();
    }
    let failures = words::failures(summary);
    let mut html = String::from(
        "<section aria-labelledby=\"causes\">\n<h2 id=\"causes\">Root causes</h2>\n<ol class=\"causes\">\n",
    );
    for (index, cause) in causes.iter().enumerate() {
        if index == AT_ONCE {
            let _ = writeln!(
                html,
                "</ol>\n<details class=\"rest\"><summary>{}</summary>\n<ol class=\"causes\" start=\"{}\">",
                words::plural((causes.len() - AT_ONCE) as u64, "more cause", "more causes"),
                AT_ONCE + 1
            );
        }
        let own = explained.get(index).copied().unwrap_or(0);
        item(&mut html, index + 1, cause, own, failures);
    }
    html.push_str("</ol>\n");
    if causes.len() > AT_ONCE {
        html.push_str("</details>\n");
    }
    html.push_str("</section>\n");
    html
}

fn item(html: &mut String, number: usize, cause: &Cause, explained: u64, failures: u64) {
    let share = (explained as f64 * 100.0 / failures.max(1) as f64).min(100.0);
    let when = match cause.first == cause.last {
        true => format!("at {}", seconds(cause.first)),
        false => format!(
            "since {}, last {}",
            seconds(cause.first),
            seconds(cause.last)
        ),
    };
    let weight = match cause.failed {
        0 => "<span>no failure</span>".to_owned(),
        failed => format!(
            "<b>{}×</b> <span>{}</span>",
            words::number(failed),
            match explained {
                0 => "none blocked".to_owned(),
                _ => percent(share),
            }
        ),
    };
    let _ = writeln!(
        html,
        "<li id=\"cause-{number}\"><p class=\"weight\">{weight}</p>\n<svg class=\"share\" aria-hidden=\"true\"><rect width=\"{share:.1}%\" height=\"100%\"/></svg>\n<div><p>{}</p>",
        escape(&cause.text),
    );
    for (index, fix) in cause.fix.iter().enumerate() {
        let word = if index == 0 { "Fix" } else { fix.joint() };
        let text = fix.text.strip_prefix("or ").unwrap_or(&fix.text);
        let _ = writeln!(html, "<p class=\"fix\"><b>{word}</b> {}</p>", escape(text));
    }
    let _ = writeln!(
        html,
        "<p class=\"faint\">{}: {} of {} failed, {when} <button type=\"button\" class=\"link\" data-cause=\"{number}\" hidden>show its findings</button></p></div></li>",
        escape(&cause.scope),
        words::number(cause.failed),
        words::number(cause.total),
    );
}

/// `2026-11-20 12:41:45 UTC`.
fn seconds(time: Timestamp) -> String {
    let text = time.to_string();
    let whole = text.split(['.', 'Z']).next().unwrap_or_default();
    format!("{} UTC", whole.replace('T', " "))
}

fn percent(share: f64) -> String {
    match share {
        share if share >= 1.0 => format!("{share:.0} %"),
        _ => "< 1 %".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::support;

    #[test]
    fn the_first_causes_are_seen_and_the_others_unfold() {
        let few = section(&[support::cause()], &[27], &support::summary());
        assert!(few.contains("id=\"cause-1\"") && !few.contains("<details"));
        let many = section(&vec![support::cause(); 10], &[1; 10], &support::summary());
        assert!(many.contains("2 more causes") && many.contains("start=\"9\""));
    }

    #[test]
    fn a_share_is_never_shown_as_nothing() {
        assert_eq!(percent(0.2), "< 1 %");
        assert_eq!(percent(66.6), "67 %");
    }
}
