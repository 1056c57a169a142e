//! Findings by fingerprint, from a report or from a run: to tell whether a fault was there before.
//!
//! It keeps of a finding what names it to a reader and nothing more; the comparison itself is [`super::compare`].

use super::Sink;
use super::merge::{MergeError, Merger};
use crate::finding::{Cause, Finding, Severity, Summary};
use crate::limits::REPORT_GROUPS;
use crate::redact::Redactor;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io::{self, Read};

/// The different findings of a report or a run.
#[derive(Debug, Clone, Default)]
pub struct Known {
    findings: BTreeMap<String, KnownFinding>,
    /// Findings that came after [`REPORT_GROUPS`] different ones and equal none of them.
    beyond: u64,
    cors_requests: u64,
}

/// One fault, however often it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KnownFinding {
    /// The rule's name; of another version's report perhaps one that this version does not have.
    pub rule: String,
    /// The worst that was found.
    pub severity: Severity,
    /// A method, a header name, an origin value.
    pub parameter: Option<String>,
    /// The requesting origin.
    pub origin: String,
    /// Method of the actual request.
    pub method: String,
    /// URL of the first actual request.
    pub url: String,
    /// Why the browser refused.
    pub cause: String,
    /// What to change first.
    pub fix: Option<String>,
    /// Equal for the same fault in another capture.
    pub fingerprint: String,
    /// How many findings.
    pub count: u64,
    /// How many in each input.
    pub sources: BTreeMap<String, u64>,
}

impl Known {
    /// The findings of a report, as `check` writes it with `--format json` or `ndjson`, or as `merge` does.
    ///
    /// # Errors
    /// When it is no report.
    pub fn read(report: impl Read) -> Result<Self, MergeError> {
        let mut merger = Merger::default();
        merger.add(report)?;
        let mut known = Self {
            cors_requests: merger.count("cors_requests"),
            ..Self::default()
        };
        merger.each(|finding, count, sources| {
            if let Some(finding) = KnownFinding::of_report(finding, count, sources) {
                known.add(finding);
            }
        });
        Ok(known)
    }

    /// Whether a fault of this fingerprint, as bad or worse, is among them.
    pub fn holds(&self, fingerprint: &str, severity: Severity) -> bool {
        self.findings
            .get(fingerprint)
            .is_some_and(|known| known.severity >= severity)
    }

    /// All of them, by fingerprint.
    pub fn iter(&self) -> impl Iterator<Item = &KnownFinding> {
        self.findings.values()
    }

    /// The one with this fingerprint.
    pub fn by_fingerprint(&self, fingerprint: &str) -> Option<&KnownFinding> {
        self.findings.get(fingerprint)
    }

    /// How many findings are missing here because there were too many different ones.
    pub fn beyond(&self) -> u64 {
        self.beyond
    }

    /// Requests under CORS that the report or run has seen: without any, nothing can be said.
    pub fn cors_requests(&self) -> u64 {
        self.cors_requests
    }

    fn add(&mut self, finding: KnownFinding) {
        if let Some(known) = self.findings.get_mut(&finding.fingerprint) {
            known.severity = known.severity.max(finding.severity);
            known.count = known.count.saturating_add(finding.count);
            for (source, count) in finding.sources {
                *known.sources.entry(source).or_default() += count;
            }
        } else if self.findings.len() < REPORT_GROUPS {
            self.findings.insert(finding.fingerprint.clone(), finding);
        } else {
            self.beyond += finding.count;
        }
    }
}

impl Sink for Known {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        // Nearly all findings of a large run are repetitions, and must not be copied.
        if let Some(known) = self.findings.get_mut(&finding.fingerprint) {
            known.severity = known.severity.max(finding.severity);
            known.count += 1;
            match known.sources.get_mut(&finding.source) {
                Some(count) => *count += 1,
                None => {
                    known.sources.insert(finding.source.clone(), 1);
                }
            }
        } else {
            self.add(KnownFinding::of(finding));
        }
        Ok(())
    }

    fn finish(&mut self, _: &[Cause], summary: &Summary) -> io::Result<()> {
        self.cors_requests += summary.cors_requests;
        Ok(())
    }
}

impl KnownFinding {
    fn of(finding: &Finding) -> Self {
        Self {
            rule: finding.rule.to_owned(),
            severity: finding.severity,
            parameter: finding.parameter.clone(),
            origin: finding.origin.clone(),
            method: finding.method.clone(),
            url: finding.url.clone(),
            cause: finding.cause.clone(),
            fix: finding.fix.first().map(|fix| fix.text.clone()),
            fingerprint: finding.fingerprint.clone(),
            count: 1,
            sources: BTreeMap::from([(finding.source.clone(), 1)]),
        }
    }

    /// `None` without what a finding must have.
    fn of_report(
        finding: &Map<String, Value>,
        count: u64,
        sources: &BTreeMap<String, u64>,
    ) -> Option<Self> {
        let text = |name: &str| finding.get(name).and_then(Value::as_str);
        let owned = |name: &str| text(name).unwrap_or_default().to_owned();
        Some(Self {
            rule: text("rule")?.to_owned(),
            severity: Severity::named(text("severity")?)?,
            parameter: text("parameter").map(str::to_owned),
            origin: owned("origin"),
            method: owned("method"),
            url: owned("url"),
            cause: owned("cause"),
            fix: finding
                .get("fix")
                .and_then(|fixes| fixes.get(0)?.get("text")?.as_str())
                .map(str::to_owned),
            fingerprint: text("fingerprint")?.to_owned(),
            count,
            sources: sources.clone(),
        })
    }

    /// The same without secrets: a report may have been written with them.
    pub fn clean(&self, redactor: &Redactor) -> Self {
        let prose = |text: &String| redactor.prose(text).into_owned();
        Self {
            parameter: self.parameter.as_ref().map(prose),
            origin: redactor.url(&self.origin).into_owned(),
            url: redactor.url(&self.url).into_owned(),
            cause: redactor.prose_about(&self.url, &self.cause),
            fix: self
                .fix
                .as_ref()
                .map(|fix| redactor.prose_about(&self.url, fix)),
            fingerprint: redactor.fingerprint(&self.fingerprint).into_owned(),
            sources: self
                .sources
                .iter()
                .map(|(name, count)| (redactor.source(name).into_owned(), *count))
                .collect(),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{json::Json, support};

    #[test]
    fn a_run_and_its_report_hold_the_same_findings() {
        let findings = [
            support::method_not_allowed(),
            support::origin_missing(),
            support::method_not_allowed(),
        ];
        let mut run = Known::default();
        let mut text = Vec::new();
        let mut json = Json::new(&mut text);
        for finding in &findings {
            run.finding(finding).unwrap();
            json.finding(finding).unwrap();
        }
        run.finish(&[], &support::summary()).unwrap();
        json.finish(&[], &support::summary()).unwrap();
        let read = Known::read(text.as_slice()).unwrap();
        assert_eq!(
            run.iter().collect::<Vec<_>>(),
            read.iter().collect::<Vec<_>>()
        );
        assert_eq!(run.cors_requests(), read.cors_requests());
    }

    #[test]
    fn a_fault_that_got_worse_is_not_held() {
        let mut known = Known::default();
        known.finding(&support::origin_mismatch()).unwrap();
        let print = support::origin_mismatch().fingerprint;
        assert!(known.holds(&print, Severity::Depends));
        assert!(!known.holds(&print, Severity::Blocked) && !known.holds("other", Severity::Note));
    }
}
