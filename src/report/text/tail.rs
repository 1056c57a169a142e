//! What frames the findings: root causes before them; the verdict, what was read and what was not seen after them.

use super::page::{Ink, Page};
use crate::finding::{Cause, Severity, Summary};
use crate::report::Verbosity;
use crate::report::words::{self, bytes, number, plural};
use std::io::{self, Write};

/// Root causes that are written out unless more is asked for: the rest explain little.
const CAUSES: usize = 20;

/// Root causes, most explaining first.
pub(super) fn causes<W: Write>(
    page: &mut Page<W>,
    causes: &[Cause],
    explained: &[u64],
    summary: &Summary,
) -> io::Result<()> {
    if causes.is_empty() {
        return Ok(());
    }
    let blocked = words::failures(summary);
    let explained = explained.iter().sum::<u64>().min(blocked);
    let count = causes.len() as u64;
    let title = match explained {
        // Causes of notes, or of what is slow and not refused.
        0 => plural(count, "root cause", "root causes"),
        _ => format!(
            "{} {} of {}",
            plural(count, "cause explains", "causes explain"),
            number(explained),
            plural(blocked, "failed request", "failed requests"),
        ),
    };
    page.ink(Ink::Strong, &title)?;
    page.blank()?;
    let shown = match page.look.verbosity {
        Verbosity::Verbose => causes.len(),
        _ => CAUSES,
    };
    for (index, cause) in causes.iter().take(shown).enumerate() {
        let head = format!("{:>3}  {:>4}×  ", index + 1, cause.failed);
        page.ink(Ink::Of(Severity::Blocked), &head)?;
        let indent = head.chars().count();
        page.wrapped(indent, Ink::Strong, &cause.text)?;
        page.spaces(indent)?;
        let mut details = format!(
            "{}: {} of {} failed",
            cause.scope, cause.failed, cause.total
        );
        if cause.first != cause.last {
            details.push_str(&format!(", from {} to {}", cause.first, cause.last));
        }
        page.wrapped(indent, Ink::Faint, &details)?;
        for fix in cause
            .fix
            .iter()
            .take(if page.look.verbosity == Verbosity::Verbose {
                9
            } else {
                1
            })
        {
            page.spaces(indent)?;
            page.wrapped(indent, Ink::Right, &format!("fix: {}", fix.text))?;
        }
    }
    let left = causes.len().saturating_sub(shown) as u64;
    if left > 0 {
        let more = plural(left, "more cause", "more causes");
        page.line(&format!("     and {more}; -v shows all"))?;
    }
    page.blank()
}

/// One line: what came out.
pub(super) fn verdict<W: Write>(page: &mut Page<W>, summary: &Summary) -> io::Result<()> {
    page.wrapped(0, verdict_ink(summary), &words::verdict(summary))
}

fn verdict_ink(summary: &Summary) -> Ink {
    if words::count(summary, Severity::Blocked) > 0 {
        Ink::Of(Severity::Blocked)
    } else if words::failures(summary) > 0 {
        Ink::Of(Severity::Depends)
    } else if summary.cors_requests == 0 {
        Ink::Strong
    } else {
        Ink::Right
    }
}

/// Verdict, what was read, what was not seen.
pub(super) fn write<W: Write>(page: &mut Page<W>, summary: &Summary) -> io::Result<()> {
    verdict(page, summary)?;
    page.row("read", Ink::Plain, &read(summary))?;
    not_seen(page, summary)
}

fn read(summary: &Summary) -> String {
    let mut parts = vec![
        plural(summary.inputs, "input", "inputs"),
        bytes(summary.bytes),
    ];
    if summary.packets > 0 {
        parts.push(plural(summary.packets, "packet", "packets"));
        parts.push(plural(summary.connections, "connection", "connections"));
    }
    parts.push(plural(summary.exchanges, "exchange", "exchanges"));
    if summary.preflights > 0 {
        parts.push(format!(
            "{}, {} paired",
            plural(summary.preflights, "preflight", "preflights"),
            summary.pairs
        ));
    }
    parts.join(", ")
}

fn not_seen<W: Write>(page: &mut Page<W>, summary: &Summary) -> io::Result<()> {
    let mut label = "not seen";
    for failed in &summary.failed_inputs {
        page.row(std::mem::take(&mut label), Ink::Wrong, &failed.error)?;
    }
    for (kind, count) in &summary.caveats {
        let places: Vec<_> = summary
            .caveat_places
            .iter()
            .filter(|place| place.kind == *kind)
            .collect();
        let keep = if page.look.verbosity == Verbosity::Verbose {
            usize::MAX
        } else {
            1
        };
        let head = format!("{kind}, {}", plural(*count, "time", "times"));
        if places.is_empty() {
            page.row(std::mem::take(&mut label), Ink::Plain, &head)?;
        }
        for (index, place) in places.iter().take(keep).enumerate() {
            let detail = if place.detail.is_empty() {
                String::new()
            } else {
                format!(": {}", place.detail)
            };
            let where_ = format!("{}, {}{detail}", place.source, place.place);
            let text = match (index, *count) {
                (0, 1) => format!("{kind}: {where_}"),
                (0, _) => format!("{head}, first {where_}"),
                _ => format!("  {where_}"),
            };
            page.linking_files([&place.source].into_iter(), |page| {
                page.row(std::mem::take(&mut label), Ink::Plain, &text)
            })?;
        }
    }
    for (what, count) in &summary.skipped {
        page.row(
            std::mem::take(&mut label),
            Ink::Plain,
            &format!("{}× {what}", number(*count)),
        )?;
    }
    summary
        .hints
        .iter()
        .try_for_each(|hint| page.row("hint", Ink::Plain, hint))
}
