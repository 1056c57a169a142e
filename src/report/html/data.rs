//! What the script knows of a finding: a short row for the table, and details that it reads when the row is opened.

use super::super::group::Group;
use super::super::text;
use super::pack::Pack;
use super::waterfall::{self, Bar};
use crate::caveat::CaveatSet;
use crate::finding::{
    AlsoWrong, Codes, Confidence, Enforcement, Evidence, ExchangeRef, Finding, Fix, MessageKind,
    Outcome, Severity,
};
use crate::http::route::write_template;
use crate::time::Timestamp;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::HashMap;
use std::io;

/// Texts that rows repeat, each once.
#[derive(Debug, Default)]
pub(super) struct Strings {
    list: Vec<String>,
    index: HashMap<String, usize>,
}

impl Strings {
    fn number(&mut self, text: &str) -> usize {
        if let Some(number) = self.index.get(text) {
            return *number;
        }
        let number = self.list.len();
        self.index.insert(text.to_owned(), number);
        self.list.push(text.to_owned());
        number
    }

    pub(super) fn into_pack(self) -> io::Result<Pack> {
        let mut pack = Pack::new("strings", usize::MAX);
        for text in &self.list {
            pack.push(text)?;
        }
        Ok(pack)
    }
}

/// A row of the table; `page.js` names its parts in the same order. Texts are numbers in [`Strings`].
#[derive(Serialize)]
pub(super) struct Row<'g>(
    &'g str,
    u8,
    usize,
    usize,
    usize,
    &'g str,
    usize,
    u64,
    i64,
    i64,
    usize,
    u8,
    usize,
    Vec<(usize, u64)>,
    Vec<Example<'g>>,
    usize,
    usize,
);

/// Input, place, time and URL of one more.
type Example<'g> = (usize, String, i64, &'g str);

/// The row of `group`.
pub(super) fn row<'g>(group: &'g Group, strings: &mut Strings) -> Row<'g> {
    let finding = &group.first;
    let (server, path) = split(&finding.url);
    let sources = group
        .sources
        .iter()
        .map(|(source, count)| (strings.number(source), *count))
        .collect();
    let examples = group
        .examples
        .iter()
        .map(|example| {
            let place = example.actual.or(example.preflight);
            let place = place.map_or(String::new(), |exchange| exchange.locator.to_string());
            let source = strings.number(&example.source);
            (source, place, ms(example.time), example.url.as_str())
        })
        .collect();
    Row(
        &finding.fingerprint,
        severity(finding.severity),
        strings.number(finding.rule),
        strings.number(&finding.method),
        strings.number(server),
        path,
        strings.number(&finding.origin),
        group.count,
        ms(finding.time),
        ms(group.last),
        group.cause.unwrap_or(0),
        u8::from(finding.is_known),
        strings.number(&about(finding)),
        sources,
        examples,
        group.number,
        strings.number(&endpoint(server, &finding.url)),
    )
}

/// Drops what a row does not need, once the details are written.
pub(super) fn lighten(group: &mut Group) {
    let finding = &mut group.first;
    let facts = finding.evidence.drain(..);
    // A row is found by these.
    finding.evidence = facts.filter(|fact| !fact.field.starts_with(':')).collect();
    for fact in &mut finding.evidence {
        fact.note = String::new();
    }
    finding.exchanges = Vec::new();
    finding.fix = Vec::new();
    finding.cause = String::new();
    finding.settles = String::new();
}

/// What else than its cells a row is found by: header lines, the browsers' codes.
fn about(finding: &Finding) -> String {
    let codes = [finding.codes.chromium, finding.codes.firefox];
    let mut words: Vec<&str> = codes.into_iter().flatten().collect();
    for fact in finding
        .evidence
        .iter()
        .filter(|f| !f.field.starts_with(':'))
    {
        words.push(&fact.field);
        words.extend(fact.value.as_deref());
    }
    words.join(" ")
}

/// The details of a finding.
#[derive(Serialize)]
pub(super) struct Details<'f> {
    confidence: Confidence,
    outcome: Outcome,
    enforcement: Enforcement,
    initiator: Option<&'static str>,
    credentials: &'f str,
    why: &'f str,
    settles: &'f str,
    preflight: Option<Half>,
    actual: Option<Half>,
    evidence: Vec<Fact<'f>>,
    also: &'f [AlsoWrong],
    codes: Codes,
    platform: Option<&'static str>,
    fix: Vec<Cow<'f, str>>,
    caveats: CaveatSet,
    exchanges: Vec<Bar<'f>>,
    wireshark: Option<String>,
}

#[derive(Serialize)]
struct Half {
    place: String,
    status: Option<u16>,
    ms: Option<f64>,
}

#[derive(Serialize)]
struct Fact<'f> {
    message: MessageKind,
    field: &'f str,
    value: Option<&'f str>,
    note: &'f str,
    marks: Option<[&'f str; 3]>,
}

/// The details of `finding`.
pub(super) fn details(finding: &Finding) -> Details<'_> {
    Details {
        confidence: finding.confidence,
        outcome: finding.outcome,
        enforcement: finding.enforcement,
        initiator: finding.initiator,
        credentials: &finding.credentials,
        why: &finding.cause,
        settles: &finding.settles,
        preflight: finding.preflight.map(half),
        actual: finding.actual.map(half),
        evidence: finding.evidence.iter().map(fact).collect(),
        also: &finding.also_wrong,
        codes: finding.codes,
        platform: finding.platform,
        fix: finding.fix.iter().map(fix_line).collect(),
        caveats: finding.caveats,
        exchanges: waterfall::data(finding),
        wireshark: text::wireshark(finding),
    }
}

fn half(exchange: ExchangeRef) -> Half {
    Half {
        place: exchange.locator.to_string(),
        status: exchange.status,
        ms: exchange.duration.map(waterfall::ms),
    }
}

fn fact(fact: &Evidence) -> Fact<'_> {
    let value = fact.value.as_deref();
    Fact {
        message: fact.message,
        field: &fact.field,
        value,
        note: &fact.note,
        marks: fact.span.and_then(|span| pieces(value?, span)),
    }
}

/// Server and route: equal for requests that do the same work.
fn endpoint(server: &str, url: &str) -> String {
    let mut route = String::new();
    write_template(url, &mut route);
    format!("{server}{route}")
}

/// The place of a severity in the script's list, worst first.
fn severity(severity: Severity) -> u8 {
    match severity {
        Severity::Blocked => 0,
        Severity::Depends => 1,
        Severity::Risk => 2,
        Severity::Note => 3,
    }
}

/// Scheme and host, and the rest.
fn split(url: &str) -> (&str, &str) {
    let host = url.find("://").map_or(0, |at| at + 3);
    let path = url
        .get(host..)
        .and_then(|rest| rest.find(['/', '?', '#']))
        .map_or(url.len(), |at| host + at);
    url.split_at_checked(path).unwrap_or((url, ""))
}

/// A value before, in and after its faulty part; byte ranges mean nothing to a script.
fn pieces(value: &str, (start, end): (usize, usize)) -> Option<[&str; 3]> {
    Some([
        value.get(..start)?,
        value.get(start..end)?,
        value.get(end..)?,
    ])
}

fn ms(time: Timestamp) -> i64 {
    time.0.div_euclid(1_000_000)
}

/// The text, with its joint where it is not an alternative.
fn fix_line(fix: &Fix) -> Cow<'_, str> {
    match fix.joint() {
        "and" => Cow::Owned(format!("and {}", fix.text)),
        _ => Cow::Borrowed(&fix.text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_split_behind_its_host() {
        assert_eq!(split("https://a.test:8/x?y"), ("https://a.test:8", "/x?y"));
        assert_eq!(split("https://a.test"), ("https://a.test", ""));
        assert_eq!(split(""), ("", ""));
        assert_eq!(split("x/y"), ("x", "/y"));
    }

    #[test]
    fn a_text_has_one_number() {
        let mut strings = Strings::default();
        assert_eq!(["a", "b", "a"].map(|text| strings.number(text)), [0, 1, 0]);
        assert_eq!(strings.list, ["a", "b"]);
    }
}
