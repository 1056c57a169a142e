//! Whole findings, causes and summaries, fit to be shown: every text in them goes through the redactor.

use super::Redactor;
use crate::caveat::Caveat;
use crate::finding::{Cause, Evidence, Finding, Fix, Summary};
use std::borrow::Cow;

impl Redactor {
    /// A copy of `finding` without secrets; borrowed when secrets are shown.
    pub fn finding<'a>(&self, finding: &'a Finding) -> Cow<'a, Finding> {
        if self.is_open() {
            return Cow::Borrowed(finding);
        }
        let mut clean = finding.clone();
        if let Some(parameter) = &mut clean.parameter {
            self.replace_prose(parameter);
        }
        for also in &mut clean.also_wrong {
            if let Some(parameter) = &mut also.parameter {
                self.replace_prose(parameter);
            }
        }
        self.replace_url(&mut clean.origin);
        self.replace_url(&mut clean.url);
        self.replace_prose(&mut clean.credentials);
        self.replace_prose(&mut clean.cause);
        self.replace_prose(&mut clean.settles);
        self.clean_evidence(&mut clean.evidence);
        self.clean_fixes(&mut clean.fix);
        Cow::Owned(clean)
    }

    /// A copy of `cause` without secrets; borrowed when secrets are shown.
    pub fn cause<'a>(&self, cause: &'a Cause) -> Cow<'a, Cause> {
        if self.is_open() {
            return Cow::Borrowed(cause);
        }
        let mut clean = cause.clone();
        self.replace_prose(&mut clean.scope);
        self.replace_prose(&mut clean.text);
        self.clean_evidence(&mut clean.evidence);
        self.clean_fixes(&mut clean.fix);
        Cow::Owned(clean)
    }

    /// A copy of `summary` without secrets; borrowed when secrets are shown.
    pub fn summary<'a>(&self, summary: &'a Summary) -> Cow<'a, Summary> {
        if self.is_open() {
            return Cow::Borrowed(summary);
        }
        let mut clean = summary.clone();
        for Caveat { detail, .. } in &mut clean.caveat_places {
            self.replace_prose(detail);
        }
        for failed in &mut clean.failed_inputs {
            self.replace_prose(&mut failed.error);
        }
        Cow::Owned(clean)
    }

    fn clean_evidence(&self, evidence: &mut [Evidence]) {
        for fact in evidence {
            if let Some(value) = &mut fact.value {
                let cleaned = match self.field(&fact.field, value) {
                    Cow::Borrowed(_) => None,
                    Cow::Owned(cleaned) => Some(cleaned),
                };
                if let Some(cleaned) = cleaned {
                    fact.span = fact
                        .span
                        .filter(|(_, end)| value.get(..*end) == cleaned.get(..*end));
                    *value = cleaned;
                }
            }
            self.replace_prose(&mut fact.note);
        }
    }

    fn clean_fixes(&self, fixes: &mut [Fix]) {
        for fix in fixes {
            self.replace_prose(&mut fix.text);
            for url in fix
                .params
                .origins
                .iter_mut()
                .chain(&mut fix.params.path)
                .chain(&mut fix.params.final_url)
            {
                self.replace_url(url);
            }
        }
    }

    fn replace_prose(&self, text: &mut String) {
        if let Cow::Owned(cleaned) = self.prose(text) {
            *text = cleaned;
        }
    }

    fn replace_url(&self, url: &mut String) {
        if let Cow::Owned(cleaned) = self.url(url) {
            *url = cleaned;
        }
    }
}
