//! CSV (RFC 4180) for spreadsheets: one finding a row, written as decided.

use super::{Sink, words};
use crate::finding::{Cause, ExchangeRef, Finding, Summary};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The renderer.
pub struct Csv<W> {
    out: W,
    has_header: bool,
}

impl<W: Write> Csv<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            has_header: false,
        }
    }

    fn header(&mut self) -> io::Result<()> {
        if self.has_header {
            return Ok(());
        }
        self.has_header = true;
        self.row(&COLUMNS.map(Cow::Borrowed))
    }

    fn row(&mut self, cells: &[Cow<'_, str>]) -> io::Result<()> {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.out.write_all(b",")?;
            }
            self.out.write_all(quoted(cell).as_bytes())?;
        }
        self.out.write_all(b"\r\n")
    }
}

const COLUMNS: [&str; 26] = [
    "source",
    "time",
    "rule",
    "severity",
    "confidence",
    "outcome",
    "phase",
    "origin",
    "method",
    "url",
    "parameter",
    "preflight",
    "preflight_status",
    "actual",
    "actual_status",
    "chromium",
    "firefox",
    "webkit",
    "cause",
    "fix",
    "also_wrong",
    "caveats",
    "fingerprint",
    "platform",
    "known",
    "count",
];

impl<W: Write> Csv<W> {
    fn counted(&mut self, finding: &Finding, source: &str, count: u64) -> io::Result<()> {
        self.header()?;
        let place = |exchange: Option<ExchangeRef>| -> Cow<'_, str> {
            exchange.map_or(Cow::Borrowed(""), |exchange| {
                exchange.locator.to_string().into()
            })
        };
        let status = |exchange: Option<ExchangeRef>| -> Cow<'_, str> {
            exchange
                .and_then(|exchange| exchange.status)
                .map_or(Cow::Borrowed(""), |status| status.to_string().into())
        };
        let also: Vec<&str> = finding.also_wrong.iter().map(|also| also.rule).collect();
        let caveats: Vec<&str> = finding.caveats.iter().map(|kind| kind.name()).collect();
        self.row(&[
            source.into(),
            finding.time.to_string().into(),
            finding.rule.into(),
            finding.severity.name().into(),
            words::lower_name(&finding.confidence).into(),
            words::lower_name(&finding.outcome).into(),
            words::lower_name(&finding.phase).into(),
            finding.origin.as_str().into(),
            finding.method.as_str().into(),
            finding.url.as_str().into(),
            finding.parameter.as_deref().unwrap_or_default().into(),
            place(finding.preflight),
            status(finding.preflight),
            place(finding.actual),
            status(finding.actual),
            finding.codes.chromium.unwrap_or_default().into(),
            finding.codes.firefox.unwrap_or_default().into(),
            finding.codes.webkit.unwrap_or_default().into(),
            finding.cause.as_str().into(),
            finding
                .fix
                .first()
                .map_or("", |fix| fix.text.as_str())
                .into(),
            also.join(" ").into(),
            caveats.join(" ").into(),
            finding.fingerprint.as_str().into(),
            finding.platform.unwrap_or_default().into(),
            if finding.is_known { "true" } else { "" }.into(),
            count.to_string().into(),
        ])
    }
}

impl<W: Write> Sink for Csv<W> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.counted(finding, &finding.source, 1)
    }

    fn joined(&mut self, finding: &Finding, sources: &BTreeMap<String, u64>) -> io::Result<()> {
        sources
            .iter()
            .try_for_each(|(source, count)| self.counted(finding, source, *count))
    }

    fn finish(&mut self, _: &[Cause], _: &Summary) -> io::Result<()> {
        self.header()?;
        self.out.flush()
    }
}

/// A cell. What a spreadsheet would run as a formula gets an apostrophe before it: the values come from strangers.
fn quoted(cell: &str) -> Cow<'_, str> {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if !is_formula && !cell.contains([',', '"', '\r', '\n']) {
        return Cow::Borrowed(cell);
    }
    let guard = if is_formula { "'" } else { "" };
    Cow::Owned(format!("\"{guard}{}\"", cell.replace('"', "\"\"")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::support;

    #[test]
    fn a_finding_is_a_row_under_the_header() {
        let mut out = Vec::new();
        let mut csv = Csv::new(&mut out);
        csv.finding(&support::method_not_allowed()).unwrap();
        csv.finish(&[], &Summary::default()).unwrap();
        let text = String::from_utf8(out).unwrap();
        let mut lines = text.lines();
        assert!(
            lines
                .next()
                .unwrap()
                .starts_with("source,time,rule,severity")
        );
        assert!(lines.next().unwrap().starts_with(
            "a.har,2026-11-20T14:02:11.500Z,preflight-method-not-allowed,blocked,definite,confirmed,preflight,"
        ));
    }

    #[test]
    fn cells_are_quoted_and_formulas_disarmed() {
        assert_eq!(quoted("a\"b,c"), "\"a\"\"b,c\"");
        assert_eq!(quoted("=HYPERLINK(1)"), "\"'=HYPERLINK(1)\"");
        assert_eq!(quoted("plain"), "plain");
    }
}
