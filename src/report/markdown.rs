//! Markdown (GitHub's flavour) for tickets and pull requests.
//!
//! Everything from the input stands in code spans or is escaped: it can mention nobody and link nowhere.

use super::group::{Group, Groups};
use super::{Sink, words};
use crate::finding::{Cause, Evidence, ExchangeRef, Finding, MessageKind, Severity, Summary};
use crate::report::text;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Groups that are written out at most.
const GROUPS: usize = 50;
/// Root causes that are written out.
const CAUSES: usize = 20;
/// Characters of the causes and groups: a ticket has room for 65 536, and the end wants some of it.
const ROOM: usize = 60_000;

/// The renderer.
pub struct Markdown<W> {
    out: W,
    groups: Groups,
}

impl<W: Write> Markdown<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            groups: Groups::default(),
        }
    }
}

/// A part of the report, written before it is known whether there is room for it.
#[derive(Default)]
struct Draft {
    out: Vec<u8>,
}

impl Draft {
    fn causes(&mut self, causes: &[Cause]) -> io::Result<()> {
        if causes.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "### Root causes\n")?;
        for (index, cause) in causes.iter().take(CAUSES).enumerate() {
            writeln!(
                self.out,
                "{}. **{}×** {} ({}, {} of {} failed)",
                index + 1,
                cause.failed,
                escape(&cause.text),
                code(&cause.scope),
                cause.failed,
                cause.total
            )?;
            if let Some(fix) = cause.fix.first() {
                writeln!(self.out, "   **Fix:** {}", escape(&fix.text))?;
            }
        }
        let left = causes.len().saturating_sub(CAUSES);
        if left > 0 {
            writeln!(self.out, "\n_{left} more causes are not listed here._")?;
        }
        writeln!(self.out)
    }

    fn group(&mut self, group: &Group) -> io::Result<()> {
        let finding = &group.first;
        let times = if group.count > 1 {
            format!(" ({}×)", group.count)
        } else {
            String::new()
        };
        let known = if finding.is_known { " — known" } else { "" };
        writeln!(
            self.out,
            "### {} `{}`{times}{known}\n\n{}\n",
            severity_title(finding.severity),
            finding.rule,
            code(&words::request(finding))
        )?;
        if !finding.cause.is_empty() {
            writeln!(self.out, "{}\n", escape(&finding.cause))?;
        }
        self.wire(finding)?;
        for (index, fix) in finding.fix.iter().enumerate() {
            let word = if index == 0 { "**Fix" } else { fix.joint() };
            let end = if index == 0 { ":**" } else { ":" };
            writeln!(self.out, "- {word}{end} {}", escape(&fix.text))?;
        }
        let also: Vec<String> = finding
            .also_wrong
            .iter()
            .map(|also| match &also.parameter {
                Some(parameter) => format!("`{}` ({})", also.rule, code(parameter)),
                None => format!("`{}`", also.rule),
            })
            .collect();
        if !also.is_empty() {
            writeln!(self.out, "- Also wrong: {}", also.join(", "))?;
        }
        if !finding.settles.is_empty() {
            writeln!(self.out, "- Settled by: {}", escape(&finding.settles))?;
        }
        self.names(group)
    }

    /// The messages as they were on the wire, with the remarks beside them.
    fn wire(&mut self, finding: &Finding) -> io::Result<()> {
        use MessageKind as M;
        let mut lines = vec![format!("page: {}", finding.origin)];
        let parts: [(&str, Option<ExchangeRef>, &[M]); 4] = [
            (
                "preflight",
                finding.preflight,
                &[M::PreflightRequest, M::PreflightResponse],
            ),
            ("redirect", None, &[M::RedirectResponse]),
            (
                "actual",
                finding.actual,
                &[M::ActualRequest, M::ActualResponse],
            ),
            ("recorded", None, &[M::Recorded]),
        ];
        for (name, exchange, kinds) in parts {
            let facts: Vec<&Evidence> = finding
                .evidence
                .iter()
                .filter(|fact| kinds.contains(&fact.message))
                .collect();
            if exchange.is_none() && facts.is_empty() {
                continue;
            }
            let place = exchange.map_or(String::new(), |exchange| {
                let status = exchange
                    .status
                    .map_or("no answer".to_owned(), |status| status.to_string());
                format!(" {} → {status}", exchange.locator)
            });
            lines.push(format!("{name}:{place}"));
            lines.extend(facts.into_iter().map(fact_line));
        }
        writeln!(self.out, "{}\n", fenced(&lines))
    }

    fn names(&mut self, group: &Group) -> io::Result<()> {
        let finding = &group.first;
        let codes: Vec<String> = [
            ("Chromium", finding.codes.chromium),
            ("Firefox", finding.codes.firefox),
            ("Safari", finding.codes.webkit),
        ]
        .into_iter()
        .filter_map(|(browser, name)| Some(format!("{browser} {}", code(name?))))
        .collect();
        if !codes.is_empty() {
            writeln!(self.out, "- Browsers: {}", codes.join(", "))?;
        }
        if let Some(filter) = text::wireshark(finding) {
            writeln!(self.out, "- Wireshark: {}", code(&filter))?;
        }
        let sources: Vec<String> = group
            .sources
            .iter()
            .take(5)
            .map(|(source, count)| format!("{} ({count})", code(source)))
            .collect();
        writeln!(
            self.out,
            "- Seen in {}, first {}\n",
            sources.join(", "),
            finding.time
        )
    }
}

impl<W: Write> Sink for Markdown<W> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.groups.add(finding);
        Ok(())
    }

    fn joined(&mut self, finding: &Finding, sources: &BTreeMap<String, u64>) -> io::Result<()> {
        self.groups.join(finding, sources);
        Ok(())
    }

    fn finish(&mut self, causes: &[Cause], summary: &Summary) -> io::Result<()> {
        let (groups, beyond) = std::mem::take(&mut self.groups).finish(causes);
        writeln!(self.out, "## CORS: {}\n", escape(&words::verdict(summary)))?;
        let mut draft = Draft::default();
        draft.causes(causes)?;
        let mut used = characters(&draft.out);
        self.out.write_all(&draft.out)?;
        let mut shown = 0;
        for group in groups.iter().take(GROUPS) {
            let mut draft = Draft::default();
            draft.group(group)?;
            used += characters(&draft.out);
            if used > ROOM {
                break;
            }
            self.out.write_all(&draft.out)?;
            shown += 1;
        }
        let left = groups.len().saturating_sub(shown) as u64 + beyond;
        if left > 0 {
            writeln!(
                self.out,
                "_{left} more kinds of findings are not listed here._\n"
            )?;
        }
        let not_seen = words::not_seen(summary);
        if !not_seen.is_empty() {
            writeln!(self.out, "<details><summary>Not seen</summary>\n")?;
            for line in not_seen {
                writeln!(self.out, "- {}", escape(&line))?;
            }
            writeln!(self.out, "\n</details>\n")?;
        }
        self.out.flush()
    }
}

fn fact_line(fact: &Evidence) -> String {
    let value = fact.value.as_deref().unwrap_or("(missing)");
    let note = if fact.note.is_empty() {
        String::new()
    } else {
        format!("    ← {}", fact.note)
    };
    format!("  {}: {value}{note}", fact.field.trim_start_matches(':'))
}

fn severity_title(severity: Severity) -> &'static str {
    match severity {
        Severity::Blocked => "Blocked:",
        Severity::Depends => "May be blocked:",
        Severity::Risk => "Risk:",
        Severity::Note => "Note:",
    }
}

/// A code block whose fence is longer than any run of backticks in it.
fn fenced(lines: &[String]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| text::printable(line)).collect();
    let text = lines.join("\n");
    let fence = "`".repeat(longest_run(&text).max(2) + 1);
    format!("{fence}\n{text}\n{fence}")
}

/// A code span (CommonMark §6.1).
fn code(text: &str) -> String {
    let text = text::printable(text);
    if text.is_empty() {
        return "(empty)".to_owned();
    }
    let ticks = "`".repeat(longest_run(&text) + 1);
    let space = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{ticks}{space}{text}{space}{ticks}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Characters of UTF-8 text, as tickets count them.
fn characters(text: &[u8]) -> usize {
    text.iter().filter(|byte| (**byte as i8) >= -0x40).count()
}

/// Prose: marks of the language lose their meaning, `@name` and `#1` too, and addresses become code, or they would
/// become links.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for word in text::printable(text).split_inclusive(' ') {
        let core = word.trim_start_matches(['(', '"', '\'']);
        let core = core.trim_end_matches(['.', ',', ';', ':', ')', '!', '?', '"', '\'', ' ']);
        let is_address = core.contains("://") || core.contains("www.");
        match word.split_once(core).filter(|_| is_address) {
            Some((before, after)) => {
                escape_marks(&mut escaped, before);
                escaped.push_str(&code(core));
                escape_marks(&mut escaped, after);
            }
            None => escape_marks(&mut escaped, word),
        }
    }
    escaped
}

fn escape_marks(escaped: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '@' => escaped.push_str("&#64;"),
            '#' => escaped.push_str("&#35;"),
            '\\' | '*' | '_' | '`' | '[' | ']' | '|' | '~' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::support;

    #[test]
    fn a_ticket() {
        let mut out = Vec::new();
        let mut markdown = Markdown::new(&mut out);
        markdown.finding(&support::method_not_allowed()).unwrap();
        markdown
            .finish(&[support::cause()], &support::summary())
            .unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r#"
    ## CORS: 2 blocked in 41 cross-origin requests

    ### Root causes

    1. **27×** 5xx answers carry no CORS fields: the real fault is the 502 from upstream. (`https://api.example.com /orders`, 27 of 41 failed)
       **Fix:** repair the upstream; add the fields to error answers with \`always\`

    ### Blocked: `preflight-method-not-allowed`

    `DELETE https://api.example.com/users/7`

    The preflight's answer allows GET and POST only.

    ```
    page: https://app.example.com
    preflight: entry 14 → 204
      access-control-request-method: DELETE
      access-control-allow-methods: GET, POST    ← DELETE is not listed
    actual: entry 15 → no answer
    ```

    - **Fix:** answer OPTIONS /users/\* with  access-control-allow-methods: GET, POST, DELETE
    - Also wrong: `preflight-header-not-allowed` (`content-type`)
    - Browsers: Chromium `MethodDisallowedByPreflightResponse`, Firefox `CORSMethodNotFound`
    - Seen in `a.har` (1), first 2026-11-20T14:02:11.500Z

    <details><summary>Not seen</summary>

    - x.png: is a PNG image; expected a HAR file, a pcap or a pcapng capture
    - no-keys, 1 time, first b.pcap, tcp.stream 3: TLS to login.example.com
    - 7× packet without TCP

    </details>
    "#);
    }

    #[test]
    fn a_large_report_still_fits_a_ticket() {
        let mut out = Vec::new();
        let mut markdown = Markdown::new(&mut out);
        for number in 0..200 {
            let long = Finding {
                fingerprint: format!("{number:016x}"),
                url: format!("https://api.example.com/{}", "ä".repeat(1500)),
                ..support::method_not_allowed()
            };
            markdown.finding(&long).unwrap();
        }
        let causes = vec![support::cause(); 300];
        markdown.finish(&causes, &support::summary()).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.chars().count() < 65_536, "{}", text.chars().count());
        assert!(text.contains("280 more causes") && text.contains("more kinds of findings"));
    }

    #[test]
    fn input_can_neither_mention_nor_link() {
        assert_eq!(
            escape("@all [x](y) #1 <b>"),
            "&#64;all \\[x\\](y) &#35;1 &lt;b>"
        );
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(
            escape("call (https://evil.example/a_b), then www.evil.example."),
            "call (`https://evil.example/a_b`), then `www.evil.example`."
        );
    }
}
