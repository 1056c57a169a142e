//! Stands before a renderer and hands on findings without secrets.

use super::Sink;
use crate::finding::{Cause, Finding, Severity, Summary};
use crate::limits::HTML_GROUPS;
use crate::redact::Redactor;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::io;

/// A sink that cleans what it passes on.
pub struct Redacting<'r, S> {
    redactor: &'r Redactor,
    inner: S,
    /// Findings whose exchanges were handed on: of those that reports take for equal they show the first.
    shown: HashSet<(Severity, String)>,
}

impl<'r, S: Sink> Redacting<'r, S> {
    /// Cleans with `redactor`, then calls `inner`.
    pub fn new(redactor: &'r Redactor, inner: S) -> Self {
        Self {
            redactor,
            inner,
            shown: HashSet::new(),
        }
    }
}

impl<S: Sink> Sink for Redacting<'_, S> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        if finding.exchanges.is_empty() {
            return self.inner.finding(&self.redactor.finding(finding));
        }
        let kind = (finding.severity, finding.fingerprint.clone());
        if self.shown.len() < HTML_GROUPS && self.shown.insert(kind) {
            return self.inner.finding(&self.redactor.finding(finding));
        }
        let bare = Finding {
            exchanges: Vec::new(),
            ..finding.clone()
        };
        self.inner.finding(&self.redactor.finding(&bare))
    }

    fn joined(&mut self, finding: &Finding, sources: &BTreeMap<String, u64>) -> io::Result<()> {
        let name = |name: &String| self.redactor.source(name).into_owned();
        let sources = sources.iter().map(|(own, count)| (name(own), *count));
        self.inner
            .joined(&self.redactor.finding(finding), &sources.collect())
    }

    fn finish(&mut self, causes: &[Cause], summary: &Summary) -> io::Result<()> {
        let clean: Vec<Cow<'_, Cause>> = causes
            .iter()
            .map(|cause| self.redactor.cause(cause))
            .collect();
        let summary = self.redactor.summary(summary);
        if clean.iter().all(|cause| matches!(cause, Cow::Borrowed(_))) {
            return self.inner.finish(causes, &summary);
        }
        let clean: Vec<Cause> = clean.into_iter().map(Cow::into_owned).collect();
        self.inner.finish(&clean, &summary)
    }
}

impl Sink for Box<dyn Sink + '_> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.as_mut().finding(finding)
    }

    fn joined(&mut self, finding: &Finding, sources: &BTreeMap<String, u64>) -> io::Result<()> {
        self.as_mut().joined(finding, sources)
    }

    fn finish(&mut self, causes: &[Cause], summary: &Summary) -> io::Result<()> {
        self.as_mut().finish(causes, summary)
    }
}

/// Several reports in one pass.
impl Sink for Vec<Box<dyn Sink + '_>> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.iter_mut().try_for_each(|sink| sink.finding(finding))
    }

    fn joined(&mut self, finding: &Finding, sources: &BTreeMap<String, u64>) -> io::Result<()> {
        self.iter_mut()
            .try_for_each(|sink| sink.joined(finding, sources))
    }

    fn finish(&mut self, causes: &[Cause], summary: &Summary) -> io::Result<()> {
        self.iter_mut()
            .try_for_each(|sink| sink.finish(causes, summary))
    }
}
