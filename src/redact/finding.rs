//! Whole findings, causes and summaries, fit to be shown: every text in them goes through the redactor.

use super::Redactor;
use crate::caveat::Caveat;
use crate::finding::{Cause, Evidence, Finding, Fix, Summary};
use crate::http::{Exchange, Fields, Request, Response};
use std::borrow::Cow;
use std::sync::Arc;

impl Redactor {
    /// A copy of `finding` without secrets; borrowed when secrets are shown.
    pub fn finding<'a>(&self, finding: &'a Finding) -> Cow<'a, Finding> {
        if self.is_open() {
            return Cow::Borrowed(finding);
        }
        let mut clean = finding.clone();
        // First, so that the hosts are known when the prose speaks of them.
        self.replace_url(&mut clean.origin);
        self.replace_url(&mut clean.url);
        // Prose names a request by its bare path, in which no shape of a URL tells what is secret.
        let (path, clean_path) = (path(&finding.url), path(&clean.url).to_owned());
        for text in [&mut clean.cause, &mut clean.settles] {
            replace_path(text, path, &clean_path);
        }
        for fact in &mut clean.evidence {
            replace_path(&mut fact.note, path, &clean_path);
        }
        for fix in &mut clean.fix {
            replace_path(&mut fix.text, path, &clean_path);
            // By itself a path does not tell that its host is one of webhooks.
            if fix.params.path.as_deref() == Some(path) {
                fix.params.path = Some(clean_path.clone());
            }
        }
        self.replace_source(&mut clean.source);
        self.replace_fingerprint(&mut clean.fingerprint);
        for exchange in &mut clean.exchanges {
            *exchange = Arc::new(self.exchange(exchange));
        }
        if let Some(parameter) = &mut clean.parameter {
            self.replace_prose(parameter);
        }
        for also in &mut clean.also_wrong {
            if let Some(parameter) = &mut also.parameter {
                self.replace_prose(parameter);
            }
        }
        self.replace_prose(&mut clean.credentials);
        self.replace_prose(&mut clean.cause);
        self.replace_prose(&mut clean.settles);
        self.clean_evidence(&mut clean.evidence);
        self.clean_fixes(&mut clean.fix);
        Cow::Owned(clean)
    }

    /// As [`Self::prose`], for a sentence about the request to `url`: it may name the request by its bare path.
    pub fn prose_about(&self, url: &str, text: &str) -> String {
        let mut text = text.to_owned();
        replace_path(&mut text, path(url), path(&self.url(url)));
        self.replace_prose(&mut text);
        text
    }

    /// A copy of `cause` without secrets; borrowed when secrets are shown.
    pub fn cause<'a>(&self, cause: &'a Cause) -> Cow<'a, Cause> {
        if self.is_open() {
            return Cow::Borrowed(cause);
        }
        let mut clean = cause.clone();
        for (source, _) in &mut clean.examples {
            self.replace_source(source);
        }
        clean
            .explains
            .iter_mut()
            .for_each(|print| self.replace_fingerprint(print));
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
        for Caveat { detail, source, .. } in &mut clean.caveat_places {
            self.replace_prose(detail);
            self.replace_source(source);
        }
        for failed in &mut clean.failed_inputs {
            self.replace_prose(&mut failed.error);
            self.replace_source(&mut failed.source);
        }
        for (endpoint, cost) in std::mem::take(&mut clean.preflight_endpoints) {
            let endpoint = self.url(&endpoint).into_owned();
            clean
                .preflight_endpoints
                .entry(endpoint)
                .or_default()
                .add(cost);
        }
        // The names of servers whose connections stayed closed.
        for (what, count) in std::mem::take(&mut clean.skipped) {
            clean.skip(&self.prose(&what), count);
        }
        clean
            .hints
            .iter_mut()
            .for_each(|hint| self.replace_prose(hint));
        Cow::Owned(clean)
    }

    /// A copy of `exchange` without secrets, and without what only the analysis needs.
    pub fn exchange(&self, exchange: &Exchange) -> Exchange {
        let fields = |fields: &Fields| {
            let mut clean = Fields::default();
            for (name, value) in fields.iter() {
                clean.push(name, &self.field(name, value));
            }
            clean
        };
        Exchange {
            client: exchange.client.map(|address| self.address(address)),
            server: exchange.server.map(|address| self.address(address)),
            request: exchange.request.as_ref().map(|request| Request {
                url: self.url(&request.url).into(),
                fields: fields(&request.fields),
                ..request.clone()
            }),
            response: exchange.response.as_ref().map(|response| Response {
                fields: fields(&response.fields),
                body_head: "".into(),
                ..response.clone()
            }),
            observed: None,
            ..*exchange
        }
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
            if let Some(path) = &fix.params.path {
                replace_path(&mut fix.text, path, &self.url(path));
            }
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

    fn replace_source(&self, source: &mut String) {
        if let Cow::Owned(cleaned) = self.source(source) {
            *source = cleaned;
        }
    }

    fn replace_fingerprint(&self, print: &mut String) {
        if let Cow::Owned(cleaned) = self.fingerprint(print) {
            *print = cleaned;
        }
    }

    fn replace_url(&self, url: &mut String) {
        if let Cow::Owned(cleaned) = self.url(url) {
            *url = cleaned;
        }
    }
}

/// The path of `url`, without query and fragment; empty where there is none.
fn path(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find('/').and_then(|at| rest.get(at..));
    let path = path.unwrap_or_default();
    path.split(['?', '#']).next().unwrap_or_default()
}

fn replace_path(text: &mut String, path: &str, clean: &str) {
    if path != clean && path.len() > 1 && text.contains(path) {
        *text = text.replace(path, clean);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_what_stands_between_host_and_query() {
        assert_eq!(path("https://u:p@a.example/reset/x?y#z"), "/reset/x");
        assert_eq!(path("https://a.example"), "");
        assert_eq!(path("/reset/x?y"), "/reset/x");
        let secret = "https://a.example/reset/a1b2c3d4e5f6a7b8c9d0?x";
        let told = Redactor::closed()
            .prose_about(secret, "answer GET /reset/a1b2c3d4e5f6a7b8c9d0 with 204");
        assert_eq!(told, "answer GET /reset/‹redacted:1› with 204");
    }
}
