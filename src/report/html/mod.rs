//! HTML: one file that needs nothing else, for a browser, a meeting, an attachment.
//!
//! Summary, causes and the timeline are in the page itself; the table of findings and their details are built by
//! `page.js` from JSON in the page. The Content-Security-Policy allows that script and that style by their hashes and
//! nothing else, and the script writes text only: input cannot become markup.

mod timeline;
mod waterfall;

use super::group::{Group, Groups};
use super::{Sink, text, words};
use crate::finding::{Cause, ExchangeRef, Finding, Severity, Summary};
use crate::redact::base64;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Write};
use timeline::Timeline;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Groups in the page: what a browser opens without a pause.
const GROUPS: usize = 20_000;

/// The renderer.
pub struct Html<W> {
    out: W,
    groups: Groups,
    timeline: Timeline,
}

impl<W: Write> Html<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            groups: Groups::default(),
            timeline: Timeline::default(),
        }
    }

    fn head(&mut self, summary: &Summary) -> io::Result<()> {
        let policy = format!(
            "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
            hash(STYLE),
            hash(SCRIPT)
        );
        write!(
            self.out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>CORS: {}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
            escape(&words::verdict(summary))
        )
    }

    fn top(&mut self, causes: &[Cause], summary: &Summary) -> io::Result<()> {
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
        writeln!(self.out, "</ul>")?;
        self.waiting(summary)?;
        writeln!(self.out, "</header>\n<main>")?;
        self.causes(causes)?;
        self.timeline(causes)
    }

    /// What preflights cost the users.
    fn waiting(&mut self, summary: &Summary) -> io::Result<()> {
        let time = &summary.preflight_time;
        let (Some(middle), Some(slow)) = (time.percentile(50), time.percentile(95)) else {
            return Ok(());
        };
        writeln!(
            self.out,
            "<p class=\"faint\">{} spent waiting for {}: half of them took up to {}, 95 of 100 up to {}</p>",
            text::span(time.total()),
            words::plural(time.count(), "preflight", "preflights"),
            text::span(middle),
            text::span(slow)
        )
    }

    fn causes(&mut self, causes: &[Cause]) -> io::Result<()> {
        if causes.is_empty() {
            return Ok(());
        }
        let most = causes
            .iter()
            .map(|cause| cause.failed)
            .max()
            .unwrap_or(1)
            .max(1);
        writeln!(
            self.out,
            "<section aria-labelledby=\"causes\">\n<h2 id=\"causes\">Root causes</h2>\n<ol class=\"causes\">"
        )?;
        for cause in causes {
            let when = match cause.first == cause.last {
                true => format!("at {}", cause.first),
                false => format!("from {} to {}", cause.first, cause.last),
            };
            writeln!(
                self.out,
                "<li><p><b>{}×</b> {}</p><p class=\"faint\">{}: {} of {} failed, {when}</p><meter min=\"0\" max=\"{most}\" value=\"{}\">{}</meter>",
                words::number(cause.failed),
                escape(&cause.text),
                escape(&cause.scope),
                cause.failed,
                cause.total,
                cause.failed,
                cause.failed
            )?;
            for fix in &cause.fix {
                writeln!(self.out, "<p class=\"fix\">{}</p>", escape(&fix.text))?;
            }
            writeln!(self.out, "</li>")?;
        }
        writeln!(self.out, "</ol>\n</section>")
    }

    fn timeline(&mut self, causes: &[Cause]) -> io::Result<()> {
        let svg = self.timeline.svg(causes);
        let Some((first, last)) = self.timeline.ends().filter(|_| !svg.is_empty()) else {
            return Ok(());
        };
        writeln!(
            self.out,
            "<section aria-labelledby=\"time\">\n<h2 id=\"time\">Over time</h2>\n{svg}\n<p class=\"ends\"><span>{first}</span><span>{last}</span></p>\n</section>"
        )
    }

    fn bottom(&mut self, summary: &Summary, left_out: u64) -> io::Result<()> {
        let mut not_seen = words::not_seen(summary);
        if left_out > 0 {
            not_seen.push(format!(
                "{left_out} more findings found no room in this page"
            ));
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
            "</main>\n<script>{SCRIPT}</script>\n</body>\n</html>"
        )
    }
}

impl<W: Write> Sink for Html<W> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.timeline.add(finding.time, finding.severity);
        self.groups.add(finding);
        Ok(())
    }

    fn joined(&mut self, finding: &Finding, sources: &BTreeMap<String, u64>) -> io::Result<()> {
        self.groups.join(finding, sources);
        Ok(())
    }

    fn finish(&mut self, causes: &[Cause], summary: &Summary) -> io::Result<()> {
        let (groups, beyond) = std::mem::take(&mut self.groups).finish(causes);
        let shown = groups.get(..groups.len().min(GROUPS)).unwrap_or_default();
        let left_out: u64 = groups.iter().skip(GROUPS).map(|group| group.count).sum();
        self.head(summary)?;
        self.top(causes, summary)?;
        if !shown.is_empty() {
            self.out.write_all(FINDINGS.as_bytes())?;
            self.out
                .write_all(b"<script type=\"application/json\" id=\"data\">[")?;
            for (index, group) in shown.iter().enumerate() {
                if index > 0 {
                    self.out.write_all(b",\n")?;
                }
                self.out.write_all(embedded(&data(group)).as_bytes())?;
            }
            self.out.write_all(b"]</script>\n</section>\n")?;
        }
        self.bottom(summary, left_out + beyond)?;
        self.out.flush()
    }
}

/// The places that the script fills.
const FINDINGS: &str = r#"<section aria-labelledby="matrix-title" hidden>
<h2 id="matrix-title">Origins and endpoints</h2>
<div class="scroll"><table id="matrix"></table></div>
</section>
<section aria-labelledby="findings">
<h2 id="findings">Findings</h2>
<form id="filters" role="search">
<label>Filter <input id="query" type="search" placeholder="host, rule, origin, header …" autocomplete="off"></label>
<span id="severities" role="group" aria-label="Severities"></span>
<span id="shown" role="status"></span>
</form>
<div class="scroll"><table id="table">
<thead><tr><th scope="col">Count</th><th scope="col">Rule</th><th scope="col">Request</th><th scope="col">Page</th><th scope="col">First seen</th></tr></thead>
<tbody></tbody>
</table></div>
<p><button id="more" type="button" hidden>Show more</button></p>
<noscript><p>The table of findings needs JavaScript; it runs from this file alone and loads nothing.</p></noscript>
"#;

/// What the script knows of a group.
fn data(group: &Group) -> Value {
    let finding = &group.first;
    let exchange = |exchange: Option<ExchangeRef>| {
        exchange.map(|exchange| {
            json!({
                "place": exchange.locator.to_string(),
                "status": exchange.status,
                "ms": exchange.duration.map(|duration| (duration.as_secs_f64() * 1e4).round() / 10.0),
            })
        })
    };
    let evidence: Vec<Value> = finding
        .evidence
        .iter()
        .map(|fact| {
            json!({
                "message": fact.message,
                "field": fact.field,
                "value": fact.value,
                "note": fact.note,
                "marks": fact.span.and_then(|span| pieces(fact.value.as_deref()?, span)),
            })
        })
        .collect();
    json!({
        "id": finding.fingerprint,
        "rule": finding.rule,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "outcome": finding.outcome,
        "enforcement": finding.enforcement,
        "phase": finding.phase,
        "origin": finding.origin,
        "method": finding.method,
        "url": finding.url,
        "initiator": finding.initiator,
        "credentials": finding.credentials,
        "count": group.count,
        "sources": group.sources,
        "first": finding.time,
        "last": group.last,
        "cause": group.cause,
        "why": finding.cause,
        "settles": finding.settles,
        "preflight": exchange(finding.preflight),
        "actual": exchange(finding.actual),
        "evidence": evidence,
        "also": finding.also_wrong,
        "codes": finding.codes,
        "known": finding.is_known,
        "platform": finding.platform,
        "fix": finding.fix.iter().map(|fix| &fix.text).collect::<Vec<_>>(),
        "caveats": finding.caveats,
        "exchanges": waterfall::data(finding),
        "wireshark": text::wireshark(finding),
        "examples": group.examples.iter().map(|example| {
            let place = example.actual.or(example.preflight);
            let place = place.map_or(String::new(), |exchange| format!(", {}", exchange.locator));
            format!("{}{place}, {}, {}", example.source, example.time, example.url)
        }).collect::<Vec<_>>(),
    })
}

/// A value before, in and after its faulty part; byte ranges mean nothing to a script.
fn pieces(value: &str, (start, end): (usize, usize)) -> Option<[&str; 3]> {
    Some([
        value.get(..start)?,
        value.get(start..end)?,
        value.get(end..)?,
    ])
}

/// JSON that can stand in a `<script>` element: no `<` begins a tag in it.
fn embedded(value: &Value) -> String {
    value
        .to_string()
        .replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

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
        let (_, data) = page.split_once("id=\"data\">").unwrap();
        let (data, _) = data.split_once("</script>").unwrap();
        let data: Value = serde_json::from_str(data).unwrap();
        assert_eq!(data.as_array().unwrap().len(), 2);
        assert_eq!(
            data[0]["evidence"][1]["marks"],
            json!(["", "GET, POST", ""])
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
        assert!(!page.contains("id=\"data\"") && page.contains("</html>"));
    }
}
