//! Stands between the analysis and the reports: lets wanted findings pass, counts them for the exit status, and adds to
//! the summary what the analysis could not know.

use super::filter::{Filter, RuleFilter};
use super::plan::CheckPlan;
use corsight::Error;
use corsight::finding::summary::{FailedInput, Threshold};
use corsight::finding::{Cause, Finding, Severity, Summary};
use corsight::report::Sink;
use corsight::report::known::Known;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

/// The gate.
pub(super) struct Gate<'a, S> {
    pub(super) inner: S,
    pub(super) filter: &'a Filter,
    pub(super) rules: &'a RuleFilter,
    pub(super) threshold: Threshold,
    /// Inputs that could not even be found.
    pub(super) missing: &'a [Error],
    /// Files of directories that are no captures.
    pub(super) skipped_files: u64,
    /// Counts of what passed.
    pub(super) passed: Summary,
    /// Fingerprints of what passed, kept only when something is held back.
    pub(super) fingerprints: BTreeSet<String>,
    /// Findings that were held back.
    pub(super) held_back: u64,
    /// Findings that the user accepts.
    pub(super) baseline: &'a Known,
    /// What passed and is not accepted, by severity.
    pub(super) fresh: BTreeMap<Severity, u64>,
    /// Other inputs have a gate of their own: this one does not know what is gone.
    pub(super) is_part: bool,
    /// Fingerprints of the baseline that were found.
    pub(super) seen_again: BTreeSet<String>,
}

impl<'a, S> Gate<'a, S> {
    /// A gate that nothing has passed, for all inputs of `plan`.
    pub(super) fn new(plan: &'a CheckPlan, inner: S) -> Self {
        Self {
            inner,
            filter: &plan.filter,
            rules: &plan.rules,
            threshold: plan.threshold,
            missing: &[],
            skipped_files: 0,
            passed: Summary::default(),
            fingerprints: BTreeSet::new(),
            held_back: 0,
            baseline: &plan.baseline,
            fresh: BTreeMap::new(),
            is_part: false,
            seen_again: BTreeSet::new(),
        }
    }

    /// Whether something of at least `severity` passed that the baseline does not hold.
    pub(super) fn has(&self, severity: Severity) -> bool {
        self.fresh.range(severity..).any(|(_, count)| *count > 0)
    }

    /// The finding marked as known, where the baseline holds it.
    fn accepted(&mut self, finding: &Finding) -> Option<Finding> {
        let print = &finding.fingerprint;
        if !self.baseline.holds(print, finding.severity) {
            return None;
        }
        if !self.seen_again.contains(print) {
            self.seen_again.insert(print.clone());
        }
        Some(Finding {
            is_known: true,
            ..finding.clone()
        })
    }

    fn is_open(&self) -> bool {
        self.filter.is_empty()
            && self.rules.is_empty()
            && self.threshold.severity == Severity::Note
            && self.threshold.confidence == corsight::finding::Confidence::Possible
    }

    fn wants(&self, finding: &Finding) -> bool {
        finding.severity >= self.threshold.severity
            && finding.confidence >= self.threshold.confidence
            && self.rules.wants(finding.rule)
            && self.filter.wants_finding(finding)
    }

    fn complete(&self, summary: &Summary) -> Summary {
        let mut summary = summary.clone();
        summary.findings.clone_from(&self.passed.findings);
        summary.rules.clone_from(&self.passed.rules);
        summary.known = self.passed.known;
        // Under filters, what was not found may only not have been looked for.
        if self.is_open() && !self.is_part {
            let gone = self.baseline.iter().count() - self.seen_again.len();
            summary.skip("findings of the baseline, seen no more", gone as u64);
        }
        summary
            .failed_inputs
            .extend(self.missing.iter().map(FailedInput::from));
        summary.skip("finding held back by filters", self.held_back);
        summary.skip(
            "file that is neither a HAR nor a capture",
            self.skipped_files,
        );
        summary
    }
}

impl<S: Sink> Sink for Gate<'_, S> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        if !self.wants(finding) {
            self.held_back += 1;
            return Ok(());
        }
        let accepted = self.accepted(finding);
        let finding = accepted.as_ref().unwrap_or(finding);
        self.passed.count(finding);
        if !finding.is_known {
            *self.fresh.entry(finding.severity).or_default() += 1;
        }
        if !self.is_open() {
            self.fingerprints.insert(finding.fingerprint.clone());
        }
        self.inner.finding(finding)
    }

    fn finish(&mut self, causes: &[Cause], summary: &Summary) -> io::Result<()> {
        let summary = self.complete(summary);
        if self.is_open() {
            return self.inner.finish(causes, &summary);
        }
        let causes: Vec<Cause> = causes
            .iter()
            .filter(|cause| {
                cause
                    .explains
                    .iter()
                    .any(|print| self.fingerprints.contains(print))
            })
            .cloned()
            .collect();
        self.inner.finish(&causes, &summary)
    }
}
