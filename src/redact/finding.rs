//! Whole findings, causes and summaries, fit to be shown: every text in them goes through the redactor.

use super::Redactor;
use crate::caveat::Caveat;
use crate::finding::{AlsoWrong, Cause, Evidence, Finding, Fix, Summary};
use crate::http::{Exchange, Fields, Request, Response};
use std::borrow::Cow;
use std::sync::Arc;

impl Redactor {
    /// `finding` without secrets; borrowed where it holds none.
    pub fn finding<'a>(&self, finding: &'a Finding) -> Cow<'a, Finding> {
        let mut clean = Cow::Borrowed(finding);
        if self.is_open() {
            return clean;
        }
        // First, so that the hosts are known when the prose speaks of them.
        let whole = &mut clean;
        amend(
            whole,
            |it| self.url(&it.origin),
            |it, text| it.origin = text,
        );
        amend(whole, |it| self.url(&it.url), |it, text| it.url = text);
        if path(&whole.url) != path(&finding.url) {
            replace_paths(whole.to_mut(), path(&finding.url));
        }
        amend(
            whole,
            |it| self.source(&it.source),
            |it, text| it.source = text,
        );
        let print = |it: &mut Finding, text| it.fingerprint = text;
        amend(whole, |it| self.fingerprint(&it.fingerprint), print);
        if !finding.exchanges.is_empty() {
            for exchange in &mut whole.to_mut().exchanges {
                *exchange = Arc::new(self.exchange(exchange));
            }
        }
        let parameter = |it: &mut Finding, text| it.parameter = Some(text);
        amend(whole, |it| self.prose_of(&it.parameter), parameter);
        amend_each(
            whole,
            |it| &it.also_wrong,
            |it| &mut it.also_wrong,
            |also| self.also_wrong(also),
        );
        amend(
            whole,
            |it| self.prose(&it.credentials),
            |it, text| it.credentials = text,
        );
        amend(
            whole,
            |it| self.prose(&it.cause),
            |it, text| it.cause = text,
        );
        amend(
            whole,
            |it| self.prose(&it.settles),
            |it, text| it.settles = text,
        );
        amend_each(
            whole,
            |it| &it.evidence,
            |it| &mut it.evidence,
            |fact| self.evidence(fact),
        );
        amend_each(whole, |it| &it.fix, |it| &mut it.fix, |fix| self.fix(fix));
        clean
    }

    /// As [`Self::prose`], for a sentence about the request to `url`: it may name the request by its bare path.
    pub fn prose_about(&self, url: &str, text: &str) -> String {
        let mut text = text.to_owned();
        replace_path(&mut text, path(url), path(&self.url(url)));
        self.replace_prose(&mut text);
        text
    }

    /// `cause` without secrets; borrowed where it holds none.
    pub fn cause<'a>(&self, cause: &'a Cause) -> Cow<'a, Cause> {
        let mut clean = Cow::Borrowed(cause);
        if self.is_open() {
            return clean;
        }
        let whole = &mut clean;
        amend_each(
            whole,
            |it| &it.examples,
            |it| &mut it.examples,
            |(source, locator)| Some((changed(self.source(source))?, *locator)),
        );
        amend_each(
            whole,
            |it| &it.explains,
            |it| &mut it.explains,
            |print| changed(self.fingerprint(print)),
        );
        amend(
            whole,
            |it| self.prose(&it.scope),
            |it, text| it.scope = text,
        );
        amend(whole, |it| self.prose(&it.text), |it, text| it.text = text);
        amend_each(
            whole,
            |it| &it.evidence,
            |it| &mut it.evidence,
            |fact| self.evidence(fact),
        );
        amend_each(whole, |it| &it.fix, |it| &mut it.fix, |fix| self.fix(fix));
        clean
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
            let mut clean = Fields::with_capacity(fields.len(), fields.memory());
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

    /// The fact without secrets, where it holds some.
    fn evidence(&self, fact: &Evidence) -> Option<Evidence> {
        let mut clean = Cow::Borrowed(fact);
        if let Some(value) = &fact.value
            && let Cow::Owned(cleaned) = self.field(&fact.field, value)
        {
            let span = fact.span;
            let clean = clean.to_mut();
            clean.span = span.filter(|(_, end)| value.get(..*end) == cleaned.get(..*end));
            clean.value = Some(cleaned);
        }
        amend(
            &mut clean,
            |it| self.prose(&it.note),
            |it, text| it.note = text,
        );
        changed(clean)
    }

    /// The fix without secrets, where it holds some.
    fn fix(&self, fix: &Fix) -> Option<Fix> {
        let mut clean = Cow::Borrowed(fix);
        if let Some(path) = &fix.params.path
            && let Cow::Owned(clean_path) = self.url(path)
        {
            replace_path(&mut clean.to_mut().text, path, &clean_path);
        }
        amend(
            &mut clean,
            |it| self.prose(&it.text),
            |it, text| it.text = text,
        );
        amend_each(
            &mut clean,
            |it| &it.params.origins,
            |it| &mut it.params.origins,
            |url| changed(self.url(url)),
        );
        amend(
            &mut clean,
            |it| self.url_of(&it.params.path),
            |it, text| it.params.path = Some(text),
        );
        amend(
            &mut clean,
            |it| self.url_of(&it.params.final_url),
            |it, text| it.params.final_url = Some(text),
        );
        changed(clean)
    }

    fn also_wrong(&self, also: &AlsoWrong) -> Option<AlsoWrong> {
        let parameter = changed(self.prose_of(&also.parameter))?;
        Some(AlsoWrong {
            rule: also.rule,
            parameter: Some(parameter),
        })
    }

    fn prose_of<'a>(&self, text: &'a Option<String>) -> Cow<'a, str> {
        text.as_ref()
            .map_or(Cow::Borrowed(""), |text| self.prose(text))
    }

    fn url_of<'a>(&self, url: &'a Option<String>) -> Cow<'a, str> {
        url.as_ref().map_or(Cow::Borrowed(""), |url| self.url(url))
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
}

/// Puts a text that was cleaned into `whole`, which is copied when the first one changes.
fn amend<T: Clone>(
    whole: &mut Cow<'_, T>,
    clean: impl Fn(&T) -> Cow<'_, str>,
    put: impl Fn(&mut T, String),
) {
    if let Some(text) = changed(clean(whole)) {
        put(whole.to_mut(), text);
    }
}

/// The same for each part of a list in `whole`.
fn amend_each<T: Clone, U>(
    whole: &mut Cow<'_, T>,
    list: impl Fn(&T) -> &Vec<U>,
    list_mut: impl Fn(&mut T) -> &mut Vec<U>,
    clean: impl Fn(&U) -> Option<U>,
) {
    for index in 0..list(whole).len() {
        let cleaned = list(whole).get(index).and_then(&clean);
        if let Some(part) = cleaned
            && let Some(place) = list_mut(whole.to_mut()).get_mut(index)
        {
            *place = part;
        }
    }
}

fn changed<T: ToOwned + ?Sized>(clean: Cow<'_, T>) -> Option<T::Owned> {
    match clean {
        Cow::Borrowed(_) => None,
        Cow::Owned(changed) => Some(changed),
    }
}

/// Prose names a request by its bare path, in which no shape of a URL tells what is secret. `old` is the path before the
/// URL was cleaned.
fn replace_paths(finding: &mut Finding, old: &str) {
    let new = path(&finding.url).to_owned();
    for text in [&mut finding.cause, &mut finding.settles] {
        replace_path(text, old, &new);
    }
    for fact in &mut finding.evidence {
        replace_path(&mut fact.note, old, &new);
    }
    for fix in &mut finding.fix {
        replace_path(&mut fix.text, old, &new);
        // By itself a path does not tell that its host is one of webhooks.
        if fix.params.path.as_deref() == Some(old) {
            fix.params.path = Some(new.clone());
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
