//! JUnit XML: a test suite for each input, a test case for each group of equal findings.
//!
//! What is or may be blocked fails; risks and notes pass with a message; what the baseline holds is skipped. An input without findings is one passed test.

use super::group::{Group, Groups};
use super::{Sink, words};
use crate::finding::{Cause, Finding, Severity, Summary};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The renderer.
pub struct Junit<W> {
    out: W,
    groups: Groups,
}

impl<W: Write> Junit<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            groups: Groups::default(),
        }
    }

    fn suite(&mut self, name: &str, groups: &[&Group]) -> io::Result<()> {
        let failures = groups.iter().filter(|group| fails(group)).count();
        writeln!(
            self.out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{}\">",
            escape(name),
            groups.len(),
            groups.iter().filter(|group| group.first.is_known).count()
        )?;
        for group in groups {
            self.case(group)?;
        }
        writeln!(self.out, "  </testsuite>")
    }

    fn case(&mut self, group: &Group) -> io::Result<()> {
        let finding = &group.first;
        let name = format!("{} {}", finding.rule, words::request(finding));
        write!(
            self.out,
            "    <testcase classname=\"{}\" name=\"{}\">",
            escape(finding.rule),
            escape(&name)
        )?;
        let mut text = words::message(finding);
        text.push_str(&format!(
            "\norigin {}, {}, fingerprint {}",
            finding.origin,
            words::plural(group.count, "time", "times"),
            finding.fingerprint
        ));
        if finding.is_known {
            writeln!(
                self.out,
                "\n      <skipped message=\"known: accepted by the baseline\"/>\n      <system-out>{}</system-out>\n    </testcase>",
                escape(&text)
            )
        } else if fails(group) {
            writeln!(
                self.out,
                "\n      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>",
                finding.severity.name(),
                escape(&finding.cause),
                escape(&text)
            )
        } else {
            writeln!(
                self.out,
                "\n      <system-out>{}</system-out>\n    </testcase>",
                escape(&text)
            )
        }
    }
}

impl<W: Write> Sink for Junit<W> {
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
        let mut suites: BTreeMap<&str, Vec<&Group>> = BTreeMap::new();
        for group in &groups {
            suites.entry(&group.first.source).or_default().push(group);
        }
        let failures = groups.iter().filter(|group| fails(group)).count();
        let passed = usize::from(groups.is_empty() && summary.failed_inputs.is_empty());
        writeln!(self.out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(
            self.out,
            "<testsuites name=\"corsight\" tests=\"{}\" failures=\"{failures}\" errors=\"{}\">",
            groups.len() + passed + usize::from(beyond > 0) + summary.failed_inputs.len(),
            summary.failed_inputs.len()
        )?;
        for (name, groups) in suites {
            self.suite(name, &groups)?;
        }
        if passed > 0 {
            writeln!(
                self.out,
                "  <testsuite name=\"corsight\" tests=\"1\" failures=\"0\" errors=\"0\">\n    <testcase classname=\"corsight\" name=\"{}\"/>\n  </testsuite>",
                escape(&words::verdict(summary))
            )?;
        }
        if beyond > 0 {
            writeln!(
                self.out,
                "  <testsuite name=\"corsight\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\">\n    <testcase classname=\"corsight\" name=\"{beyond} more findings\"><skipped message=\"no room in this report\"/></testcase>\n  </testsuite>"
            )?;
        }
        for failed in &summary.failed_inputs {
            let name = escape(&failed.source);
            writeln!(
                self.out,
                "  <testsuite name=\"{name}\" tests=\"1\" failures=\"0\" errors=\"1\">\n    <testcase classname=\"input\" name=\"{name}\"><error message=\"{}\"/></testcase>\n  </testsuite>",
                escape(&failed.error)
            )?;
        }
        writeln!(self.out, "</testsuites>")?;
        self.out.flush()
    }
}

fn fails(group: &Group) -> bool {
    group.first.severity >= Severity::Depends && !group.first.is_known
}

/// Text for elements and attributes. Characters that XML 1.0 cannot hold become U+FFFD.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::support;

    fn written(findings: &[Finding], summary: &Summary) -> String {
        let mut out = Vec::new();
        let mut junit = Junit::new(&mut out);
        for finding in findings {
            junit.finding(finding).unwrap();
        }
        junit.finish(&[], summary).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_input_is_a_suite_and_failures_are_counted() {
        let text = written(
            &[support::method_not_allowed(), support::origin_missing()],
            &support::summary(),
        );
        assert!(
            text.contains("<testsuites name=\"corsight\" tests=\"3\" failures=\"2\" errors=\"1\">")
        );
        assert!(text.contains("<testsuite name=\"b.pcap\" tests=\"1\" failures=\"1\""));
    }

    #[test]
    fn nothing_wrong_is_one_passed_test() {
        let text = written(
            &[],
            &Summary {
                cors_requests: 2,
                ..Summary::default()
            },
        );
        assert!(text.contains("name=\"2 cross-origin requests, all allowed\"/>"));
    }

    #[test]
    fn hostile_text_stays_text() {
        assert_eq!(
            escape("<a b=\"&\u{1}\">"),
            "&lt;a b=&quot;&amp;\u{fffd}&quot;&gt;"
        );
    }
}
