//! A comparison of two runs, for a terminal: new faults in full, the others a line each.

use super::block::severity_word;
use super::page::{Ink, Page, elide, printable};
use crate::finding::Severity;
use crate::report::compare::Comparison;
use crate::report::known::KnownFinding;
use crate::report::words::plural;
use crate::report::{Look, Verbosity};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr as _;

/// Writes `comparison` to `out`.
///
/// # Errors
/// When it cannot be written.
pub fn comparison(out: impl Write, look: Look, comparison: &Comparison) -> io::Result<()> {
    let verbosity = look.verbosity;
    let mut page = Page::new(out, look);
    let counts = comparison.counts;
    let verdict = format!(
        "{} new, {} still there, {} no longer seen",
        counts.new, counts.still, counts.fixed
    );
    let ink = match (counts.new, counts.still) {
        (0, 0) => Ink::Right,
        (0, _) => Ink::Of(Severity::Depends),
        _ => Ink::Of(Severity::Blocked),
    };
    if verbosity == Verbosity::Quiet {
        page.wrapped(0, ink, &verdict)?;
        return page.flush();
    }
    for finding in &comparison.new {
        block(&mut page, finding)?;
    }
    let still: Vec<(&KnownFinding, String)> = comparison
        .still
        .iter()
        .map(|still| {
            let before = match still.severity_before == still.finding.severity {
                true => format!("{} → {}", still.count_before, still.finding.count),
                false => format!("was {}", severity_word(still.severity_before)),
            };
            (&still.finding, before)
        })
        .collect();
    lines(&mut page, "still there", &still)?;
    let fixed: Vec<(&KnownFinding, String)> = comparison
        .fixed
        .iter()
        .map(|finding| (finding, plural(finding.count, "time", "times")))
        .collect();
    lines(&mut page, "no longer seen", &fixed)?;
    page.wrapped(0, ink, &verdict)?;
    page.row("before", Ink::Plain, &comparison.before)?;
    page.row("after", Ink::Plain, &comparison.after)?;
    for note in &comparison.notes {
        page.row("but", Ink::Of(Severity::Depends), note)?;
    }
    page.flush()
}

fn block<W: Write>(page: &mut Page<W>, finding: &KnownFinding) -> io::Result<()> {
    let head = format!(
        "new {}[{}]",
        severity_word(finding.severity),
        printable(&finding.rule)
    );
    page.ink(Ink::Of(finding.severity), &head)?;
    page.spaces(2)?;
    request(page, finding, head.width() + 2)?;
    let origin = match finding.origin.as_str() {
        "" => "(origin not recorded)",
        origin => origin,
    };
    page.row("page", Ink::Plain, origin)?;
    if !finding.cause.is_empty() {
        page.row("why", Ink::Plain, &finding.cause)?;
    }
    if let Some(fix) = &finding.fix {
        page.row("fix", Ink::Right, fix)?;
    }
    let sources: Vec<String> = finding
        .sources
        .iter()
        .take(4)
        .map(|(name, count)| format!("{name} ({count})"))
        .collect();
    page.row("seen", Ink::Faint, &sources.join(", "))?;
    page.row("print", Ink::Faint, &finding.fingerprint)?;
    page.blank()
}

fn lines<W: Write>(
    page: &mut Page<W>,
    title: &str,
    findings: &[(&KnownFinding, String)],
) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    page.ink(Ink::Strong, title)?;
    page.blank()?;
    for (finding, remark) in findings {
        let head = format!(
            "  {}[{}]",
            severity_word(finding.severity),
            printable(&finding.rule)
        );
        page.ink(Ink::Of(finding.severity), &head)?;
        let remark = format!("  {remark}");
        page.ink(Ink::Faint, &remark)?;
        page.blank()?;
        page.spaces(4)?;
        request(page, finding, 4)?;
    }
    page.blank()
}

/// Method and URL in what is left of the line, or on the next one.
fn request<W: Write>(page: &mut Page<W>, finding: &KnownFinding, used: usize) -> io::Result<()> {
    let text = format!("{} {}", finding.method, finding.url);
    let text = printable(text.trim());
    let mut room = page.width().saturating_sub(used);
    if text.width() > room && used > 4 {
        page.blank()?;
        page.spaces(2)?;
        room = page.width() - 2;
    }
    page.ink(Ink::Strong, &elide(&text, room))?;
    page.blank()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Finding;
    use crate::redact::Redactor;
    use crate::report::known::Known;
    use crate::report::{Sink as _, support};

    #[test]
    fn what_is_new_is_shown_with_its_fix_and_the_rest_in_lines() {
        let known = |findings: &[Finding]| {
            let mut known = Known::default();
            for finding in findings {
                known.finding(finding).unwrap();
            }
            known.finish(&[], &support::summary()).unwrap();
            known
        };
        let before = known(&[support::origin_missing(), support::origin_mismatch()]);
        let after = known(&[support::method_not_allowed(), support::origin_mismatch()]);
        let redactor = Redactor::closed();
        let mut found = Comparison::new(&before, &after, Severity::Depends, &redactor);
        found.before = "monday.har".into();
        found.after = "tuesday.har".into();
        let mut out = Vec::new();
        comparison(&mut out, Look::default(), &found).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r"
        new error[preflight-method-not-allowed]  DELETE https://api.example.com/users/7
          page       https://app.example.com
          why        The preflight's answer allows GET and POST only.
          fix        answer OPTIONS /users/* with  access-control-allow-methods: GET,
                     POST, DELETE
          seen       a.har (1)
          print      00000000000000aa

        still there
          depends[allow-origin-mismatch]  1 → 1
            GET https://api.example.com/orders

        no longer seen
          error[allow-origin-missing]  1 time
            GET https://api.example.com/orders

        1 new, 1 still there, 1 no longer seen
          before     monday.har
          after      tuesday.har
        ");
    }
}
