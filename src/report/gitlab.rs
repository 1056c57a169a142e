//! GitLab's code quality report: a JSON array of issues.

use super::group::Groups;
use super::{Sink, words};
use crate::finding::{Cause, Finding, Severity, Summary};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The renderer. GitLab wants each fingerprint once, so equal findings are one issue.
pub struct Gitlab<W> {
    out: W,
    groups: Groups,
}

impl<W: Write> Gitlab<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            groups: Groups::default(),
        }
    }
}

impl<W: Write> Sink for Gitlab<W> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.groups.add(finding);
        Ok(())
    }

    fn joined(&mut self, finding: &Finding, sources: &BTreeMap<String, u64>) -> io::Result<()> {
        self.groups.join(finding, sources);
        Ok(())
    }

    fn finish(&mut self, causes: &[Cause], _: &Summary) -> io::Result<()> {
        let (groups, beyond) = std::mem::take(&mut self.groups).finish(causes);
        let mut issues: Vec<_> = groups
            .iter()
            .map(|group| {
                let finding = &group.first;
                json!({
                    "description": words::message(finding),
                    "check_name": finding.rule,
                    "fingerprint": format!("{}-{}", finding.fingerprint, finding.severity.name()),
                    "severity": severity(finding.severity),
                    "location": {"path": finding.source, "lines": {"begin": 1}},
                })
            })
            .collect();
        if let Some(last) = groups.last().filter(|_| beyond > 0) {
            issues.push(json!({
                "description": format!("{beyond} more findings found no room in this report"),
                "check_name": "corsight",
                "fingerprint": "corsight-more",
                "severity": severity(Severity::Note),
                "location": {"path": last.first.source, "lines": {"begin": 1}},
            }));
        }
        serde_json::to_writer_pretty(&mut self.out, &issues)?;
        self.out.write_all(b"\n")?;
        self.out.flush()
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Blocked => "critical",
        Severity::Depends => "major",
        Severity::Risk => "minor",
        Severity::Note => "info",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::support;

    #[test]
    fn equal_findings_are_one_issue_and_none_is_an_empty_array() {
        let written = |findings: &[Finding]| -> serde_json::Value {
            let mut out = Vec::new();
            let mut gitlab = Gitlab::new(&mut out);
            for finding in findings {
                gitlab.finding(finding).unwrap();
            }
            gitlab.finish(&[], &Summary::default()).unwrap();
            serde_json::from_slice(&out).unwrap()
        };
        let twice = [support::method_not_allowed(), support::method_not_allowed()];
        let issues = written(&twice);
        assert_eq!(issues.as_array().unwrap().len(), 1);
        assert_eq!(issues[0]["severity"], "critical");
        assert_eq!(issues[0]["location"]["lines"]["begin"], 1);
        assert_eq!(written(&[]), json!([]));
    }
}
