//! HTML: one file that needs nothing else, for a browser, a meeting, an attachment.
//!
//! Summary, causes and the timeline are in the page itself; the table of findings and their details are built by
//! `page.js` from JSON in the page. The Content-Security-Policy allows that script and that style by their hashes and
//! nothing else, and the script writes text only: input cannot become markup.

mod causes;
mod data;
mod latency;
mod pack;
mod timeline;
mod waterfall;

use super::group::{self, Groups};
use super::{Sink, text, words};
use crate::finding::{Cause, Finding, Severity, Summary};
use crate::limits::{HTML_DETAILS, HTML_GROUPS};
use crate::redact::base64;
use data::Strings;
use pack::Pack;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Write};
use timeline::Timeline;

const STYLE: &str = include_str!("page.css");
/// Shows one finding.
const DETAILS: &str = include_str!("details.js");
/// Everything else; runs last.
const SCRIPT: &str = include_str!("page.js");

/// The renderer.
pub struct Html<W> {
    out: W,
    groups: Groups,
    /// Of each group, in the order of their first appearance.
    details: Pack,
    timeline: Timeline,
}

impl<W: Write> Html<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            groups: Groups::with_room(HTML_GROUPS),
            details: Pack::new("details", HTML_DETAILS),
            timeline: Timeline::default(),
        }
    }

    fn head(&mut self, summary: &Summary) -> io::Result<()> {
        let policy = format!(
            "default-src 'none'; style-src '{}'; script-src '{}' '{}'; base-uri 'none'; form-action 'none'",
            hash(STYLE),
            hash(DETAILS),
            hash(SCRIPT)
        );
        write!(
            self.out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>CORS: {}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
            escape(&words::verdict(summary))
        )
    }

    fn top(&mut self, causes: &[Cause], explained: &[u64], summary: &Summary) -> io::Result<()> {
        writeln!(
            self.out,
            "<header>\n<p class=\"brand\">corsight</p>\n<h1>{}</h1>\n<ul class=\"cards\">",
            escape(&words::verdict(summary))
        )?;
        let found = |severity| words::count(summary, severity);
        let cards = [
            ("blocked", "blocked", "blocked", found(Severity::Blocked)),
            (
                "depends",
                "may be blocked",
                "may be blocked",
                found(Severity::Depends),
            ),
            ("risk", "risk", "risks", found(Severity::Risk)),
            ("note", "note", "notes", found(Severity::Note)),
            (
                "",
                "cross-origin request",
                "cross-origin requests",
                summary.cors_requests,
            ),
            ("", "exchange", "exchanges", summary.exchanges),
            ("", "input", "inputs", summary.inputs),
        ];
        for (class, one, many, count) in cards {
            let label = if count == 1 { one } else { many };
            writeln!(
                self.out,
                "<li class=\"{class}\"><b>{}</b> {label}</li>",
                words::number(count)
            )?;
        }
        writeln!(self.out, "</ul>\n</header>\n<main>")?;
        let causes_section = causes::section(causes, explained, summary);
        self.out.write_all(causes_section.as_bytes())?;
        self.timeline(causes)?;
        let preflights = latency::section(&summary.preflight_time, &summary.preflight_endpoints);
        self.out.write_all(preflights.as_bytes())
    }

    fn timeline(&mut self, causes: &[Cause]) -> io::Result<()> {
        let svg = self.timeline.svg(causes);
        let Some((first, last)) = self.timeline.ends().filter(|_| !svg.is_empty()) else {
            return Ok(());
        };
        writeln!(
            self.out,
            "<section aria-labelledby=\"time\">\n<h2 id=\"time\">Over time</h2>\n{svg}\n<p class=\"ends\"><span>{first}</span><span>{last}</span></p>\n<p class=\"faint\"><span class=\"key failures\"></span> failures <span class=\"key others\"></span> risks and notes; a dashed line: the cause of that number began; a solid one: until then all passed; {}</p>\n</section>",
            self.timeline.scale()
        )
    }

    fn bottom(&mut self, summary: &Summary, left_out: u64) -> io::Result<()> {
        let mut not_seen = words::not_seen(summary);
        if left_out > 0 {
            let more = words::plural(left_out, "more finding", "more findings");
            not_seen.push(format!("{more} found no room in this page"));
        }
        if self.details.left_out() > 0 {
            let bare = words::plural(self.details.left_out(), "row has", "rows have");
            not_seen.push(format!("{bare} no details: this page would be too large"));
        }
        if !not_seen.is_empty() {
            writeln!(
                self.out,
                "<section aria-labelledby=\"unseen\">\n<h2 id=\"unseen\">Not seen</h2>\n<ul>"
            )?;
            for line in not_seen {
                writeln!(self.out, "<li>{}</li>", escape(&line))?;
            }
            writeln!(self.out, "</ul>\n</section>")?;
        }
        writeln!(
            self.out,
            "</main>\n<script>{DETAILS}</script>\n<script>{SCRIPT}</script>\n</body>\n</html>"
        )
    }
}

impl<W: Write> Sink for Html<W> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.timeline.add(finding.time, finding.severity);
        if let Some(group) = self.groups.add(finding) {
            data::lighten(group);
            self.details.push(&data::details(finding))?;
        }
        Ok(())
    }

    fn joined(&mut self, finding: &Finding, sources: &BTreeMap<String, u64>) -> io::Result<()> {
        self.groups.join(finding, sources);
        Ok(())
    }

    fn finish(&mut self, causes: &[Cause], summary: &Summary) -> io::Result<()> {
        let (groups, left_out) = std::mem::take(&mut self.groups).finish(causes);
        self.head(summary)?;
        let explained = group::explained(&groups, left_out, causes);
        self.top(causes, &explained, summary)?;
        if !groups.is_empty() {
            self.out.write_all(FINDINGS.as_bytes())?;
            let mut strings = Strings::default();
            let mut rows = Pack::new("rows", usize::MAX);
            for group in &groups {
                rows.push(&data::row(group, &mut strings))?;
            }
            strings.into_pack()?.write(&mut self.out)?;
            rows.write(&mut self.out)?;
            self.details.write(&mut self.out)?;
            self.out.write_all(b"</section>\n")?;
        }
        self.bottom(summary, left_out)?;
        self.out.flush()
    }
}

/// The places that the script fills.
const FINDINGS: &str = r#"<section hidden>
<h2 id="matrix-title">Endpoints and origins</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Failures by endpoint and origin"><table id="matrix"></table></div>
<p class="faint" id="matrix-rest"></p>
</section>
<section aria-labelledby="findings">
<h2 id="findings">Findings</h2>
<form id="filters" role="search">
<label>Filter <input id="query" type="search" placeholder="host, rule, origin, header …" autocomplete="off" aria-keyshortcuts="/"></label>
<span id="severities" role="group" aria-label="Severities"></span>
<span id="chips"></span>
<span id="shown" role="status">Reading …</span>
</form>
<table id="table" aria-labelledby="findings">
<thead><tr><th scope="col" data-sort="count">Count</th><th scope="col" data-sort="rule">Rule</th><th scope="col" data-sort="request">Request</th><th scope="col" data-sort="page">Page</th><th scope="col" data-sort="time">First seen (UTC)</th></tr></thead>
<tbody></tbody>
</table>
<nav id="pager" aria-label="Pages of the table" hidden><button type="button" data-page="first">« First</button> <button type="button" data-page="previous">‹ Previous</button> <span></span> <button type="button" data-page="next">Next ›</button> <button type="button" data-page="last">Last »</button></nav>
<noscript><p>The table of findings needs JavaScript; it runs from this file alone and loads nothing.</p></noscript>
"#;

fn hash(text: &str) -> String {
    format!(
        "sha256-{}",
        base64::encode(&Sha256::digest(text.as_bytes()))
    )
}

/// Text in elements and attributes.
fn escape(text: &str) -> String {
    text::printable(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::support;

    fn page(findings: &[Finding]) -> String {
        let mut out = Vec::new();
        let mut html = Html::new(&mut out);
        for finding in findings {
            html.finding(finding).unwrap();
        }
        html.finish(&[support::cause()], &support::summary())
            .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_page_holds_its_data_and_needs_nothing_else() {
        let page = page(&[support::method_not_allowed(), support::origin_missing()]);
        let block = |name: &str| -> Vec<serde_json::Value> {
            let (_, data) = page
                .split_once(&format!("class=\"{name}\" data-first=\"0\">"))
                .unwrap();
            let (data, _) = data.split_once("</script>").unwrap();
            serde_json::from_str(data).unwrap()
        };
        assert_eq!(block("rows").len(), 2);
        assert!(block("strings").contains(&"preflight-method-not-allowed".into()));
        let details = block("details");
        assert_eq!(
            details[0]["evidence"][1]["marks"],
            serde_json::json!(["", "GET, POST", ""])
        );
        for outside in ["src=", "href=\"http", "@import", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
    }

    #[test]
    fn input_cannot_become_markup() {
        let mut hostile = support::method_not_allowed();
        hostile.url = "https://a.example/</script><script>alert(1)</script>".into();
        hostile.cause = "<img onerror=x>".into();
        let mut cause = support::cause();
        cause.text = "<b>\"'&".into();
        let mut out = Vec::new();
        let mut html = Html::new(&mut out);
        html.finding(&hostile).unwrap();
        html.finish(&[cause], &support::summary()).unwrap();
        let page = String::from_utf8(out).unwrap();
        assert!(
            !page.contains("<script>alert") && !page.contains("<img") && !page.contains("<b>\"")
        );
    }

    #[test]
    fn nothing_found_is_a_page_without_table() {
        let page = page(&[]);
        assert!(!page.contains("class=\"rows\"") && page.contains("</html>"));
    }
}
