//! Two runs side by side, by fingerprint: what is new, what is still there, what is no longer seen.

use super::known::{Known, KnownFinding};
use crate::finding::Severity;
use crate::redact::Redactor;
use serde::Serialize;
use std::cmp::Reverse;
use std::io::{self, Write};

/// The outcome of a comparison. Within each list the worst and most frequent come first.
#[derive(Debug, Default, Serialize)]
pub struct Comparison {
    /// What BEFORE was, as the user named it.
    pub before: String,
    /// What AFTER was.
    pub after: String,
    /// How many different faults there are of each kind.
    pub counts: Counts,
    /// In AFTER only.
    pub new: Vec<KnownFinding>,
    /// In both; the values are those of AFTER.
    pub still: Vec<Still>,
    /// In BEFORE only.
    pub fixed: Vec<KnownFinding>,
    /// What weakens the comparison, a sentence each.
    pub notes: Vec<String>,
}

/// Lengths of the lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// New faults.
    pub new: usize,
    /// Faults that are still there.
    pub still: usize,
    /// Faults that are no longer seen.
    pub fixed: usize,
}

/// A fault that is in both.
#[derive(Debug, Serialize)]
pub struct Still {
    /// As AFTER has it.
    #[serde(flatten)]
    pub finding: KnownFinding,
    /// How bad it was in BEFORE.
    pub severity_before: Severity,
    /// How many findings there were in BEFORE.
    pub count_before: u64,
}

impl Comparison {
    /// Compares what is at least of `severity`. A fault that was less before is new.
    pub fn new(before: &Known, after: &Known, severity: Severity, redactor: &Redactor) -> Self {
        let mut comparison = Self::default();
        let counts = |finding: &&KnownFinding| finding.severity >= severity;
        let shown = |finding: &KnownFinding| finding.clean(redactor);
        for finding in worst_first(after.iter().filter(counts)) {
            match before.by_fingerprint(&finding.fingerprint).filter(counts) {
                Some(old) => comparison.still.push(Still {
                    finding: shown(finding),
                    severity_before: old.severity,
                    count_before: old.count,
                }),
                None => comparison.new.push(shown(finding)),
            }
        }
        for finding in worst_first(before.iter().filter(counts)) {
            if after
                .by_fingerprint(&finding.fingerprint)
                .is_none_or(|new| !counts(&new))
            {
                comparison.fixed.push(shown(finding));
            }
        }
        comparison.counts = Counts {
            new: comparison.new.len(),
            still: comparison.still.len(),
            fixed: comparison.fixed.len(),
        };
        if after.cors_requests() == 0 {
            comparison.notes.push(
                "the second input holds no cross-origin request at all: nothing there can be called fixed"
                    .to_owned(),
            );
        }
        let beyond = before.beyond().saturating_add(after.beyond());
        if beyond > 0 {
            comparison.notes.push(format!(
                "{beyond} findings were not compared: there are too many different ones"
            ));
        }
        comparison
    }

    /// Writes it as one JSON document.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_json(&self, mut out: impl Write) -> io::Result<()> {
        super::ndjson::line(&mut out, "diff", self)?;
        out.flush()
    }
}

fn worst_first<'a>(findings: impl Iterator<Item = &'a KnownFinding>) -> Vec<&'a KnownFinding> {
    let mut sorted: Vec<_> = findings.collect();
    // The sort is stable, and what is given is ordered by fingerprint.
    sorted.sort_by_key(|finding| Reverse((finding.severity, finding.count)));
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Finding;
    use crate::report::{Sink as _, support};

    fn known(findings: &[Finding]) -> Known {
        let mut known = Known::default();
        for finding in findings {
            known.finding(finding).unwrap();
        }
        known.finish(&[], &support::summary()).unwrap();
        known
    }

    fn compared(before: &[Finding], after: &[Finding]) -> Comparison {
        let redactor = Redactor::closed();
        Comparison::new(&known(before), &known(after), Severity::Depends, &redactor)
    }

    #[test]
    fn new_still_and_fixed_are_told_apart_by_fingerprint() {
        let (method, missing) = (support::method_not_allowed(), support::origin_missing());
        let other = support::origin_mismatch();
        let found = compared(&[method.clone(), missing.clone()], &[missing, other]);
        assert_eq!(
            found.counts,
            Counts {
                new: 1,
                still: 1,
                fixed: 1
            }
        );
        assert_eq!(found.fixed[0].rule, method.rule);
        assert!(found.notes.is_empty());
    }

    #[test]
    fn what_was_only_a_risk_before_is_new_when_it_fails() {
        let risk = Finding {
            severity: Severity::Risk,
            ..support::method_not_allowed()
        };
        let found = compared(
            std::slice::from_ref(&risk),
            &[support::method_not_allowed()],
        );
        assert_eq!(
            found.counts,
            Counts {
                new: 1,
                still: 0,
                fixed: 0
            }
        );
        let back = compared(&[support::method_not_allowed()], &[risk]);
        assert_eq!(
            back.counts,
            Counts {
                new: 0,
                still: 0,
                fixed: 1
            }
        );
    }

    #[test]
    fn an_empty_second_input_fixes_nothing() {
        let before = known(&[support::method_not_allowed()]);
        let redactor = Redactor::closed();
        let found = Comparison::new(&before, &Known::default(), Severity::Note, &redactor);
        assert!(found.notes[0].contains("no cross-origin request"));
    }
}
