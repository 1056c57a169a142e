//! Facts, aligned: field names in one column, values in the next, what is wrong underlined.

use super::diff;
use super::page::{Ink, Page, elide, printable};
use crate::finding::{Evidence, Finding, MessageKind};
use crate::report::Verbosity;
use std::io::{self, Write};
use std::ops::Range;
use unicode_width::UnicodeWidthStr as _;

/// Where field names begin.
const NAMES: usize = 15;
/// A longer field name does not push the values further.
const LONGEST_NAME: usize = 36;

/// Writes the facts that stand in `messages`, in order.
pub(super) fn write<W: Write>(
    page: &mut Page<W>,
    finding: &Finding,
    messages: &[MessageKind],
) -> io::Result<()> {
    let facts: Vec<&Evidence> = finding
        .evidence
        .iter()
        .filter(|fact| messages.contains(&fact.message))
        .collect();
    let names = facts
        .iter()
        .map(|fact| label(fact).width())
        .filter(|width| *width <= LONGEST_NAME)
        .max()
        .unwrap_or(0)
        // On a narrow page values get the room.
        .min(page.width().saturating_sub(NAMES + 20));
    for fact in facts {
        write_fact(page, fact, names, requested_origin(finding))?;
    }
    Ok(())
}

fn write_fact<W: Write>(
    page: &mut Page<W>,
    fact: &Evidence,
    names: usize,
    origin: Option<&str>,
) -> io::Result<()> {
    page.spaces(NAMES)?;
    let ink = if fact.value.is_none() {
        Ink::Wrong
    } else {
        Ink::Plain
    };
    let label = label(fact);
    let label = elide(&label, page.width().saturating_sub(NAMES));
    page.ink(ink, &label)?;
    let after_label = NAMES + label.width();
    let beside = (NAMES + names + 1).max(after_label + 1);
    let value_width = fact.value.as_ref().map_or(0, |value| value.width());
    // A long value, or one with a long name, gets the line below for itself.
    let fits = beside + value_width <= page.width() && beside + 16 <= page.width();
    let column = if fits { beside } else { NAMES + 2 };
    if fits {
        page.spaces(column - after_label)?;
    } else {
        page.blank()?;
        page.spaces(column)?;
    }
    let room = page.width().saturating_sub(column).max(10);
    match &fact.value {
        None => {
            page.ink(Ink::Wrong, "(missing)")?;
            page.blank()?;
            match fact.note.is_empty() {
                true => Ok(()),
                false => mark(page, column, &[(0, "(missing)".len())], &fact.note),
            }
        }
        Some(value) => {
            let faulty = fact.span.map(|(start, end)| start..end);
            let parts = match &faulty {
                Some(part) if *part != (0..value.len()) => Vec::new(),
                _ => difference(fact, value, origin),
            };
            let spans = match parts.is_empty() {
                true => faulty.into_iter().collect(),
                false => parts,
            };
            write_value(page, column, room, value, spans, &fact.note)
        }
    }
}

fn write_value<W: Write>(
    page: &mut Page<W>,
    column: usize,
    room: usize,
    value: &str,
    mut spans: Vec<Range<usize>>,
    note: &str,
) -> io::Result<()> {
    let shown = printable(value);
    // Where the text had to be changed to be shown, byte ranges no longer fit.
    if shown.len() != value.len() {
        spans.clear();
    }
    if shown.width() > room {
        if page.look.verbosity == Verbosity::Verbose && spans.is_empty() {
            page.wrapped(column, Ink::Plain, &shown)?;
            return remark(page, column, note);
        }
        // Where not all is shown, the faulty parts are marked as one.
        let hull = spans.first().zip(spans.last());
        spans = hull.map(|(a, b)| a.start..b.end).into_iter().collect();
    }
    let window = match spans.as_slice() {
        [span] => {
            let (window, moved) = window(&shown, Some(span.clone()), room);
            spans = moved.into_iter().collect();
            window
        }
        _ => window(&shown, None, room).0,
    };
    spans.retain(|range| !range.is_empty() && window.get(range.clone()).is_some());
    if window.is_empty() {
        page.ink(Ink::Faint, "(empty)")?;
    }
    let part = |range: Range<usize>| window.get(range).unwrap_or_default();
    let mut done = 0;
    for span in &spans {
        page.ink(Ink::Plain, part(done..span.start))?;
        page.ink(Ink::Wrong, part(span.clone()))?;
        done = span.end;
    }
    page.ink(Ink::Plain, part(done..window.len()))?;
    if !spans.is_empty() {
        page.blank()?;
        let columns =
            |span: &Range<usize>| (part(0..span.start).width(), part(0..span.end).width());
        let marked: Vec<_> = spans.iter().map(columns).collect();
        return mark(page, column, &marked, note);
    }
    if !note.is_empty() && window.width() + 4 + note.width() <= room {
        page.ink(Ink::Faint, "  ← ")?;
        page.ink(Ink::Wrong, &printable(note))?;
        return page.blank();
    }
    page.blank()?;
    remark(page, column, note)
}

/// `^^^^ note` under columns `marked` (from, to; relative to `column`).
fn mark<W: Write>(
    page: &mut Page<W>,
    column: usize,
    marked: &[(usize, usize)],
    note: &str,
) -> io::Result<()> {
    let mut done = 0;
    page.spaces(column)?;
    for (start, end) in marked {
        page.spaces(start.saturating_sub(done))?;
        page.ink(Ink::Wrong, &"^".repeat(end.saturating_sub(*start).max(1)))?;
        done = (*end).max(start + 1);
    }
    if note.is_empty() {
        return page.blank();
    }
    let after = column + done + 1;
    if after + note.width().min(24) <= page.width() {
        page.spaces(1)?;
        return page.wrapped(after, Ink::Wrong, note);
    }
    page.blank()?;
    remark(page, column, note)
}

/// A note on lines of its own; on a narrow page further to the left.
fn remark<W: Write>(page: &mut Page<W>, column: usize, note: &str) -> io::Result<()> {
    if note.is_empty() {
        return Ok(());
    }
    let column = column.min(page.width().saturating_sub(30)).max(NAMES);
    page.spaces(column)?;
    page.wrapped(column, Ink::Wrong, note)
}

/// `value` cut to `room` columns around `span`.
fn window(value: &str, span: Option<Range<usize>>, room: usize) -> (String, Option<Range<usize>>) {
    if value.width() <= room {
        return (value.to_owned(), span);
    }
    let Some(span) = span
        .clone()
        .filter(|span| span.end > room.saturating_sub(2))
    else {
        let kept = span.filter(|span| span.end <= room * 2 / 3);
        return (elide(value, room).into_owned(), kept);
    };
    // The span lies beyond the first line: start a little before it.
    let lead = room / 4;
    let mut start = span.start.saturating_sub(lead);
    while !value.is_char_boundary(start) {
        start += 1;
    }
    let tail = value.get(start..).unwrap_or_default();
    let cut = format!("…{}", elide_end(tail, room.saturating_sub(1)));
    let shift = |at: usize| (at - start) + '…'.len_utf8();
    let is_cut = cut.ends_with('…');
    let last = cut.len() - if is_cut { '…'.len_utf8() } else { 0 };
    let end = shift(span.end.max(start)).min(last);
    let moved = shift(span.start.max(start))..end;
    (cut, Some(moved))
}

fn elide_end(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(room.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// `access-control-allow-origin:`, or the words for what is no field.
fn label(fact: &Evidence) -> String {
    match fact.field.as_ref() {
        ":status" => "status".into(),
        ":method" => "method".into(),
        ":url" => "url".into(),
        other => format!("{}:", printable(other)),
    }
}

fn requested_origin(finding: &Finding) -> Option<&str> {
    let sent = finding.evidence.iter().find(|fact| fact.field == "origin");
    sent.and_then(|fact| fact.value.as_deref())
        .or(Some(finding.origin.as_str()).filter(|origin| !origin.is_empty()))
}

/// Where an allowed origin differs from the one that asked.
fn difference(fact: &Evidence, value: &str, origin: Option<&str>) -> Vec<Range<usize>> {
    let is_one_origin = fact.field == "access-control-allow-origin"
        && !fact.note.is_empty()
        && value.contains("://")
        && !value.contains([',', ' ']);
    match origin {
        Some(origin) if is_one_origin && origin != value => diff::differing(origin, value),
        _ => Vec::new(),
    }
}
