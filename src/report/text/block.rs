//! One block for a group of equal findings; one line for notes.

use super::page::{INDENT, Ink, Page, elide, printable};
use super::{change, evidence, wire};
use crate::finding::{
    Cause, Confidence, Enforcement, ExchangeRef, Finding, MessageKind, Outcome, Phase, Severity,
};
use crate::http::Locator;
use crate::report::group::Group;
use crate::report::words::number;
use crate::report::{Links, Verbosity, links};
use crate::rules;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;
use unicode_width::UnicodeWidthStr as _;

/// Writes the block of `group`.
pub(super) fn write<W: Write>(
    page: &mut Page<W>,
    group: &Group,
    causes: &[Cause],
) -> io::Result<()> {
    let finding = &group.first;
    title(page, finding)?;
    repetition(page, group)?;
    page_row(page, finding)?;
    exchanges(page, finding)?;
    prose(page, group, causes)?;
    changes(page, finding)?;
    provenance(page, group)?;
    page.blank()
}

/// Notes, a line for each rule and host.
pub(super) fn notes<W: Write>(page: &mut Page<W>, notes: &[&Group]) -> io::Result<()> {
    for group in notes {
        let finding = &group.first;
        let title = format!("note[{}]", finding.rule);
        page.ink(Ink::Of(Severity::Note), &title)?;
        let count = if group.count > 1 {
            format!("  {}×", group.count)
        } else {
            String::new()
        };
        page.ink(Ink::Plain, &count)?;
        let used = title.width() + count.width() + 2;
        let request = format!("{} {}", finding.method, finding.url);
        let room = page.width().saturating_sub(used);
        if room >= 30 {
            page.ink(Ink::Plain, "  ")?;
            page.ink(Ink::Plain, &elide(&printable(&request), room))?;
        } else {
            page.blank()?;
            page.spaces(4)?;
            page.ink(Ink::Plain, &elide(&printable(&request), page.width() - 4))?;
        }
        page.blank()?;
        page.spaces(4)?;
        page.wrapped(4, Ink::Faint, &finding.cause)?;
    }
    if !notes.is_empty() {
        page.blank()?;
    }
    Ok(())
}

/// Findings that the user's baseline holds, a line each.
pub(super) fn known<W: Write>(page: &mut Page<W>, known: &[&Group]) -> io::Result<()> {
    if known.is_empty() {
        return Ok(());
    }
    page.ink(Ink::Strong, "known, accepted by the baseline")?;
    page.blank()?;
    for group in known {
        let finding = &group.first;
        let text = format!(
            "  {:>4}×  {}[{}]  {} {}",
            group.count,
            severity_word(finding.severity),
            finding.rule,
            finding.method,
            finding.url
        );
        let text = printable(&text);
        page.ink(Ink::Faint, &elide(&text, page.width()))?;
        page.blank()?;
    }
    page.blank()
}

/// Says what is not written out, by rule.
pub(super) fn more<W: Write>(page: &mut Page<W>, left: &[&Group]) -> io::Result<()> {
    if left.is_empty() {
        return Ok(());
    }
    let mut rules: BTreeMap<&str, u64> = BTreeMap::new();
    for group in left {
        *rules.entry(group.first.rule).or_default() += group.count;
    }
    let title = format!(
        "{} more kinds of findings; -v shows all, --rule and --host narrow",
        number(left.len() as u64)
    );
    page.line(&title)?;
    for (rule, count) in rules {
        page.line(&format!("  {:>7}×  {rule}", number(count)))?;
    }
    page.blank()
}

/// The word before the rule's name.
pub(super) fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Blocked => "error",
        Severity::Depends => "depends",
        Severity::Risk => "risk",
        Severity::Note => "note",
    }
}

fn title<W: Write>(page: &mut Page<W>, finding: &Finding) -> io::Result<()> {
    let head = format!("{}[{}]", severity_word(finding.severity), finding.rule);
    let standard = |_: &Links| {
        let page = rules::find(finding.rule).and_then(links::standard);
        page.map(|page| (finding.rule.to_owned(), page))
            .into_iter()
            .collect()
    };
    page.linking(standard, |page| page.ink(Ink::Of(finding.severity), &head))?;
    let request = format!("{} {}", finding.method, finding.url);
    let request = printable(request.trim());
    let room = page.width().saturating_sub(head.width() + 2);
    if request.width() <= room {
        page.spaces(2)?;
        page.ink(Ink::Strong, &request)?;
        return page.blank();
    }
    page.blank()?;
    page.spaces(2)?;
    match page.look.verbosity {
        Verbosity::Verbose => page.wrapped(2, Ink::Strong, &request),
        _ => {
            let room = page.width() - 2;
            page.ink(Ink::Strong, &elide(&request, room))?;
            page.blank()
        }
    }
}

/// `27× in a.har (20), b.har (7), 2026-11-20 14:02:11Z to 14:20:00Z`.
fn repetition<W: Write>(page: &mut Page<W>, group: &Group) -> io::Result<()> {
    if group.count == 1 {
        return Ok(());
    }
    let named = group
        .sources
        .iter()
        .take(4)
        .map(|(source, count)| match group.sources.len() {
            1 => source.clone(),
            _ => format!("{source} ({count})"),
        });
    let mut sources = named.collect::<Vec<_>>().join(", ");
    if group.sources.len() > 4 {
        sources.push_str(&format!(" and {} more inputs", group.sources.len() - 4));
    }
    let mut text = format!("{}× in {sources}", group.count);
    if group.first.time != group.last {
        text.push_str(&format!(", from {} to {}", group.first.time, group.last));
    }
    page.linking_files(group.sources.keys(), |page| {
        page.row("repeated", Ink::Plain, &text)
    })
}

fn page_row<W: Write>(page: &mut Page<W>, finding: &Finding) -> io::Result<()> {
    let origin = if finding.origin.is_empty() {
        "(origin not recorded)"
    } else {
        &finding.origin
    };
    let mut text = origin.to_owned();
    let credentials =
        (!finding.credentials.is_empty()).then(|| format!("credentials {}", finding.credentials));
    let details: Vec<&str> = finding
        .initiator
        .into_iter()
        .chain(credentials.as_deref())
        .collect();
    if !details.is_empty() {
        text.push_str("   ");
        text.push_str(&details.join(", "));
    }
    page.row("page", Ink::Plain, &text)
}

fn exchanges<W: Write>(page: &mut Page<W>, finding: &Finding) -> io::Result<()> {
    use MessageKind as M;
    let has = |kinds: &[M]| {
        finding
            .evidence
            .iter()
            .any(|fact| kinds.contains(&fact.message))
    };
    const PREFLIGHT: [M; 2] = [M::PreflightRequest, M::PreflightResponse];
    const ACTUAL: [M; 2] = [M::ActualRequest, M::ActualResponse];
    if let Some(preflight) = &finding.preflight {
        exchange_row(page, "preflight", preflight, "OPTIONS", "no answer")?;
    } else if has(&PREFLIGHT) {
        page.row("preflight", Ink::Faint, "not in the input")?;
    }
    evidence::write(page, finding, &PREFLIGHT)?;
    if has(&[M::RedirectResponse]) {
        page.row("redirect", Ink::Plain, "")?;
        evidence::write(page, finding, &[M::RedirectResponse])?;
    }
    match &finding.actual {
        Some(actual) => {
            let silence = if finding.phase == Phase::Preflight {
                "never sent"
            } else {
                "no answer"
            };
            exchange_row(page, "actual", actual, &finding.method, silence)?;
        }
        None if finding.phase == Phase::Preflight => page.row(
            "actual",
            Ink::Faint,
            match finding.outcome {
                Outcome::Confirmed | Outcome::Consistent => "never sent",
                Outcome::Contradicted | Outcome::Unseen => "not in the input",
            },
        )?,
        None if has(&ACTUAL) => page.row("actual", Ink::Faint, "not in the input")?,
        None => {}
    }
    evidence::write(page, finding, &ACTUAL)?;
    if has(&[M::Recorded]) {
        page.row("recorded", Ink::Plain, "")?;
        evidence::write(page, finding, &[M::Recorded])?;
    }
    Ok(())
}

/// `entry 14   OPTIONS → 204 in 38 ms`.
fn exchange_row<W: Write>(
    page: &mut Page<W>,
    label: &str,
    exchange: &ExchangeRef,
    method: &str,
    silence: &str,
) -> io::Result<()> {
    let mut text = format!("{}   ", exchange.locator);
    match exchange.status {
        None => text.push_str(silence),
        Some(status) => {
            text.push_str(&format!("{method} → {status}"));
            if let Some(duration) = exchange.duration {
                text.push_str(&format!(" in {}", span(duration)));
            }
        }
    }
    page.row(label, Ink::Plain, &text)
}

/// `38 ms`, `1.20 s`, `14 min`, `7.3 h`.
pub(in crate::report) fn span(duration: Duration) -> String {
    match duration.as_secs_f64() {
        seconds if seconds >= 7200.0 => format!("{:.1} h", seconds / 3600.0),
        seconds if seconds >= 120.0 => format!("{:.0} min", seconds / 60.0),
        seconds if seconds >= 1.0 => format!("{seconds:.2} s"),
        seconds if seconds >= 0.01 => format!("{:.0} ms", seconds * 1000.0),
        seconds => format!("{:.1} ms", seconds * 1000.0),
    }
}

fn prose<W: Write>(page: &mut Page<W>, group: &Group, causes: &[Cause]) -> io::Result<()> {
    let finding = &group.first;
    if !finding.cause.is_empty() {
        page.row("why", Ink::Plain, &finding.cause)?;
    }
    if let Some(number) = group.cause {
        let name = causes.get(number - 1).map_or("", |cause| cause.cause);
        page.row(
            "explained",
            Ink::Plain,
            &format!("by cause {number}: {name}"),
        )?;
    }
    let also: Vec<String> = finding
        .also_wrong
        .iter()
        .map(|also| match &also.parameter {
            Some(parameter) => format!("{} ({parameter})", also.rule),
            None => also.rule.to_owned(),
        })
        .collect();
    if !also.is_empty() {
        page.row("also", Ink::Plain, &also.join(", "))?;
    }
    let codes: Vec<String> = [
        ("Chromium", finding.codes.chromium),
        ("Firefox", finding.codes.firefox),
        ("Safari", finding.codes.webkit),
    ]
    .into_iter()
    .filter_map(|(browser, code)| Some(format!("{browser} {}", code?)))
    .collect();
    let mdn = |_: &Links| {
        let firefox = finding.codes.firefox;
        let leads = |code: &str| Some((code.to_owned(), links::firefox_page(code)?));
        firefox.and_then(leads).into_iter().collect()
    };
    page.linking(mdn, |page| browsers(page, &codes))
}

/// On one line if they fit, else a line each: the names are for copying into a search.
fn browsers<W: Write>(page: &mut Page<W>, codes: &[String]) -> io::Result<()> {
    let line = codes.join(" · ");
    if line.width() <= page.prose_width().saturating_sub(INDENT) {
        return match codes {
            [] => Ok(()),
            _ => page.row("browsers", Ink::Faint, &line),
        };
    }
    codes.iter().enumerate().try_for_each(|(index, code)| {
        page.row(if index == 0 { "browsers" } else { "" }, Ink::Faint, code)
    })
}

fn changes<W: Write>(page: &mut Page<W>, finding: &Finding) -> io::Result<()> {
    for (index, fix) in finding.fix.iter().enumerate() {
        let label = if index == 0 { "fix" } else { fix.joint() };
        change::write(page, label, &fix.text)?;
    }
    if let Some(platform) = finding.platform.filter(|_| !finding.fix.is_empty()) {
        let (head, command) = (
            format!("({platform} detected:"),
            format!("corsight explain {} --server {platform})", finding.rule),
        );
        // The command stays on one line: it is there to be copied.
        match head.width() + 1 + command.width() <= page.prose_width().saturating_sub(INDENT) {
            true => page.row("", Ink::Faint, &format!("{head} {command}"))?,
            false => {
                page.row("", Ink::Faint, &head)?;
                page.row("", Ink::Faint, &command)?;
            }
        }
    }
    if !finding.settles.is_empty() {
        page.row("settled by", Ink::Plain, &finding.settles)?;
    }
    Ok(())
}

fn provenance<W: Write>(page: &mut Page<W>, group: &Group) -> io::Result<()> {
    let finding = &group.first;
    if finding.is_known {
        page.row("known", Ink::Faint, "accepted by the baseline")?;
    }
    let mut sure: Vec<String> = Vec::new();
    if finding.enforcement == Enforcement::NonBrowser {
        sure.push("the client is no browser: nothing was enforced, a browser would refuse".into());
    } else if let Some(words) = outcome(finding) {
        sure.push(words.into());
    }
    match finding.confidence {
        Confidence::Definite => {}
        Confidence::Likely => sure.push("likely, not proven".into()),
        Confidence::Possible => sure.push("possible, on circumstantial evidence".into()),
    }
    // Proof stays proof, whatever else was missing.
    if !finding.caveats.is_empty() && finding.confidence < Confidence::Definite {
        let names: Vec<&str> = finding.caveats.iter().map(|kind| kind.name()).collect();
        sure.push(format!("weakened by {}", names.join(", ")));
    }
    if !sure.is_empty() {
        page.row("certainty", Ink::Faint, &sure.join("; "))?;
    }
    if group.sources.len() == 1 && group.count == 1 {
        let text = format!("{}, {}", finding.source, finding.time);
        page.linking_files([&finding.source].into_iter(), |page| {
            page.row("source", Ink::Faint, &text)
        })?;
    }
    if let Some(filter) = wireshark(finding) {
        page.row("wireshark", Ink::Plain, &filter)?;
    }
    if page.look.verbosity == Verbosity::Verbose {
        wire::write(page, finding)?;
        examples(page, group)?;
        page.row("print", Ink::Faint, &finding.fingerprint)?;
    }
    Ok(())
}

fn outcome(finding: &Finding) -> Option<&'static str> {
    Some(match finding.outcome {
        Outcome::Confirmed => "confirmed: the recorder saw the load fail",
        Outcome::Consistent => "agrees with what followed",
        Outcome::Contradicted => "contradicted by what followed",
        Outcome::Unseen if finding.severity == Severity::Blocked => {
            "what the browser did is not in the input"
        }
        Outcome::Unseen => return None,
    })
}

/// Wireshark's display filter for the conversations of a finding.
pub(in crate::report) fn wireshark(finding: &Finding) -> Option<String> {
    let mut filters: Vec<String> = [finding.preflight, finding.actual]
        .into_iter()
        .flatten()
        .filter_map(|exchange| match exchange.locator {
            Locator::Pcap {
                transport,
                stream,
                h2_stream,
                ..
            } => {
                let conversation = format!("{} eq {stream}", transport.stream_field());
                Some(match h2_stream {
                    None => conversation,
                    Some(id) => {
                        format!(
                            "({conversation} and {} eq {id})",
                            transport.http_stream_field()
                        )
                    }
                })
            }
            Locator::Har { .. } => None,
        })
        .collect();
    filters.dedup();
    (!filters.is_empty()).then(|| filters.join(" or "))
}

fn examples<W: Write>(page: &mut Page<W>, group: &Group) -> io::Result<()> {
    for (index, example) in group.examples.iter().enumerate() {
        let place = example
            .actual
            .or(example.preflight)
            .map_or(String::new(), |exchange| format!("{}   ", exchange.locator));
        page.label(if index == 0 { "others" } else { "" })?;
        let text = format!("{}, {place}{}", example.source, example.url);
        page.linking_files([&example.source].into_iter(), |page| {
            page.wrapped(INDENT, Ink::Faint, &text)
        })?;
    }
    let more = group.count.saturating_sub(1 + group.examples.len() as u64);
    if more > 0 {
        page.row("", Ink::Faint, &format!("and {more} more"))?;
    }
    Ok(())
}
