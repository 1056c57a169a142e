//! GitHub Actions' annotations: workflow commands that a runner turns into notes on the run.

use super::group::Groups;
use super::{Sink, words};
use crate::finding::{Cause, Finding, Severity, Summary};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Annotations of one level that GitHub shows for a step; it drops the rest.
const SHOWN: usize = 10;

/// The renderer. Equal findings are one annotation.
pub struct Github<W> {
    out: W,
    groups: Groups,
}

impl<W: Write> Github<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            groups: Groups::default(),
        }
    }
}

impl<W: Write> Sink for Github<W> {
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
        let mut written: BTreeMap<&str, usize> = BTreeMap::new();
        let mut left = beyond;
        for group in &groups {
            let finding = &group.first;
            let count = written.entry(command(finding)).or_default();
            *count += 1;
            if *count > SHOWN {
                left += 1;
                continue;
            }
            let times = if group.count > 1 {
                format!(" ({}×)", group.count)
            } else {
                String::new()
            };
            let known = if finding.is_known { ", known" } else { "" };
            writeln!(
                self.out,
                "::{} file={},title={}::{}",
                command(finding),
                property(&finding.source),
                property(&format!("{}{times}{known}", finding.rule)),
                data(&words::message(finding)),
            )?;
        }
        if left > 0 {
            writeln!(
                self.out,
                "{left} more kinds of findings have no annotation: GitHub shows {SHOWN} of a level"
            )?;
        }
        for failed in &summary.failed_inputs {
            writeln!(
                self.out,
                "::warning title=corsight::{}",
                data(&failed.error)
            )?;
        }
        writeln!(self.out, "{}", data(&words::verdict(summary)))?;
        self.out.flush()
    }
}

fn command(finding: &Finding) -> &'static str {
    match finding.severity {
        _ if finding.is_known => "notice",
        Severity::Blocked => "error",
        Severity::Depends | Severity::Risk => "warning",
        Severity::Note => "notice",
    }
}

/// Line ends would end the command, and a line of the input's own could start another.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::support;

    #[test]
    fn no_more_is_annotated_than_github_shows() {
        let mut out = Vec::new();
        let mut github = Github::new(&mut out);
        for number in 0..25 {
            let other = Finding {
                fingerprint: format!("{number:016x}"),
                ..support::method_not_allowed()
            };
            github.finding(&other).unwrap();
        }
        github.finish(&[], &Summary::default()).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.matches("::error ").count(), SHOWN);
        assert!(text.contains("\n15 more kinds of findings"), "{text}");
    }

    #[test]
    fn input_cannot_add_commands() {
        let mut hostile = support::method_not_allowed();
        hostile.cause = "x\n::error::forged".into();
        hostile.source = "a,b:c.har".into();
        let mut out = Vec::new();
        let mut github = Github::new(&mut out);
        github.finding(&hostile).unwrap();
        github.finding(&hostile).unwrap();
        github.finish(&[], &support::summary()).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.starts_with(
            "::error file=a%2Cb%3Ac.har,title=preflight-method-not-allowed (2×)::DELETE https://"
        ));
    }
}
