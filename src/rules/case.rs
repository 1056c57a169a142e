//! One failed step, seen from the rules: the messages at hand, and helpers that every rule's text needs.

use super::registry::RuleInfo;
use crate::cors::{CorsFetch, Hop};
use crate::fetch::Browser;
use crate::finding::{AlsoWrong, Codes, Evidence, Fix, MessageKind, Phase};
use crate::http::{Exchange, Fields, Response};
use std::borrow::Cow;
use std::sync::Arc;

/// A failed step of a transaction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case<'a> {
    /// The transaction.
    pub(crate) fetch: &'a CorsFetch,
    /// Whose rules decide.
    pub(crate) browser: Browser,
    /// The hop that failed.
    pub(crate) hop: &'a Hop,
    /// Its index.
    pub(crate) index: usize,
    /// Whether it is the preflight, the final answer or a redirect.
    pub(crate) phase: Phase,
    /// The credentials mode that the verdict assumes.
    pub(crate) with_credentials: bool,
}

/// What one rule says about a case: the part of a finding that differs from rule to rule.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) rule: &'static RuleInfo,
    pub(crate) parameter: Option<String>,
    pub(crate) tag: Option<&'static str>,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) cause: String,
    pub(crate) fix: Vec<Fix>,
    pub(crate) also_wrong: Vec<AlsoWrong>,
    pub(crate) settles: String,
    /// Codes that differ from the rule's own in this case.
    pub(crate) codes: Option<Codes>,
}

impl Draft {
    pub(crate) fn new(rule: &'static RuleInfo, cause: impl Into<String>) -> Self {
        Self {
            rule,
            parameter: None,
            tag: None,
            evidence: Vec::new(),
            cause: cause.into(),
            fix: Vec::new(),
            also_wrong: Vec::new(),
            settles: String::new(),
            codes: None,
        }
    }

    pub(crate) fn parameter(mut self, parameter: impl Into<String>) -> Self {
        self.parameter = Some(parameter.into());
        self
    }

    pub(crate) fn tag(mut self, tag: Option<&'static str>) -> Self {
        self.tag = tag;
        self
    }

    pub(crate) fn evidence(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    pub(crate) fn fix(mut self, fix: impl IntoIterator<Item = Fix>) -> Self {
        self.fix.extend(fix);
        self
    }
}

static NO_FIELDS: std::sync::LazyLock<Fields> = std::sync::LazyLock::new(Fields::default);

impl<'a> Case<'a> {
    /// The last hop's answer, for rules outside of the protocol.
    pub(crate) fn of_last(fetch: &'a CorsFetch, browser: Browser) -> Option<Self> {
        Some(Self {
            fetch,
            browser,
            hop: fetch.hops.last()?,
            index: fetch.hops.len().saturating_sub(1),
            phase: Phase::Other,
            with_credentials: false,
        })
    }

    /// The exchange that failed.
    pub(crate) fn exchange(&self) -> Option<&'a Arc<Exchange>> {
        match self.phase {
            Phase::Preflight => self.hop.preflight(),
            Phase::Actual | Phase::Redirect | Phase::Other => self.hop.actual.as_ref(),
        }
    }

    /// Its answer.
    pub(crate) fn answer(&self) -> Option<&'a Response> {
        self.exchange()?.response.as_ref()
    }

    /// The answer's status; 0 without an answer.
    pub(crate) fn status(&self) -> u16 {
        self.answer().map_or(0, |answer| answer.status)
    }

    /// The answer's fields.
    pub(crate) fn fields(&self) -> &'a Fields {
        self.answer().map_or(&NO_FIELDS, |answer| &answer.fields)
    }

    /// A combined value of the answer.
    pub(crate) fn value(&self, name: &str) -> Option<Cow<'a, str>> {
        self.fields().combined(name)
    }

    /// The kind of the message that failed, for evidence.
    pub(crate) fn message(&self) -> MessageKind {
        match self.phase {
            Phase::Preflight => MessageKind::PreflightResponse,
            Phase::Actual | Phase::Other => MessageKind::ActualResponse,
            Phase::Redirect => MessageKind::RedirectResponse,
        }
    }

    /// `the preflight's answer`, `the answer`, `the redirect`.
    pub(crate) fn noun(&self) -> &'static str {
        match self.phase {
            Phase::Preflight => "the preflight's answer",
            Phase::Actual | Phase::Other => "the answer",
            Phase::Redirect => "the redirect",
        }
    }

    /// The origin that must be allowed.
    pub(crate) fn origin(&self) -> &'a str {
        &self.hop.origin
    }

    /// Whether the hop passes the CORS protocol, with or without credentials.
    pub(crate) fn passes(&self, with_credentials: bool) -> bool {
        self.fetch
            .hop_passes(self.index, with_credentials, self.browser)
    }

    /// The actual request's method.
    pub(crate) fn method(&self) -> &'a str {
        self.hop.method()
    }

    /// The path of the URL.
    pub(crate) fn path(&self) -> &'a str {
        super::route::path(self.hop.url())
    }

    /// Whether this hop's origin is `null` because of a redirect.
    pub(crate) fn is_tainted(&self) -> bool {
        self.index > 0 && self.origin() == "null" && &*self.fetch.origin.text != "null"
    }

    /// Evidence: a field of the answer that failed, with what is remarkable and the faulty part.
    pub(crate) fn field(
        &self,
        name: &'static str,
        note: impl Into<String>,
        faulty: Option<&str>,
    ) -> Evidence {
        let value = self.value(name).map(Cow::into_owned);
        let span = value.as_deref().and_then(|value| span(value, faulty));
        Evidence {
            message: self.message(),
            field: name.into(),
            value,
            note: note.into(),
            span,
        }
    }

    /// Evidence: the status of the answer that failed.
    pub(crate) fn status_line(&self, note: impl Into<String>) -> Evidence {
        evidence(self.message(), ":status", self.status().to_string(), note)
    }

    /// Evidence: the origin that the request came from.
    pub(crate) fn origin_line(&self) -> Evidence {
        let message = match self.phase {
            Phase::Preflight => MessageKind::PreflightRequest,
            _ => MessageKind::ActualRequest,
        };
        evidence(message, "origin", self.origin(), "")
    }

    /// Evidence: who answered, where the answer says so.
    pub(crate) fn answerer(&self) -> impl Iterator<Item = Evidence> {
        let message = self.message();
        let fields = self.fields();
        [
            "server",
            "via",
            "x-cache",
            "cf-ray",
            "age",
            "x-amzn-requestid",
            "x-amzn-errortype",
            "allow",
            "www-authenticate",
            "x-rack-cors",
        ]
        .into_iter()
        .filter_map(move |name| Some(evidence(message, name, fields.first(name)?, "")))
    }
}

/// A piece of evidence with a value.
pub(crate) fn evidence(
    message: MessageKind,
    field: &'static str,
    value: impl Into<String>,
    note: impl Into<String>,
) -> Evidence {
    Evidence {
        message,
        field: field.into(),
        value: Some(value.into()),
        note: note.into(),
        span: None,
    }
}

/// The byte range of `faulty` in `value`; the whole value when it is empty or not found.
fn span(value: &str, faulty: Option<&str>) -> Option<(usize, usize)> {
    let faulty = faulty?;
    let whole = (0, value.len());
    Some(match value.find(faulty) {
        Some(start) if !faulty.is_empty() => (start, start + faulty.len()),
        _ => whole,
    })
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn join(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
