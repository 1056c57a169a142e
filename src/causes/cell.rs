//! Failed transactions that look alike, folded into one: counts, times, a few examples, one sample of the facts.

use super::observation::Observation;
use super::redirect::Redirect;
use super::signs::{NetFault, Sign, Signs};
use super::tally::Span;
use crate::finding::{Confidence, Finding, MessageKind, Phase};
use crate::http::{Exchange, Locator};
use crate::time::Timestamp;
use std::time::Duration;

/// What makes failed transactions alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CellKey {
    pub(super) route: u32,
    /// The finding's fingerprint as a number; 0 for those that share a cell for want of room.
    pub(super) fingerprint: u64,
    pub(super) preflight_status: Option<u16>,
    pub(super) actual_status: Option<u16>,
    pub(super) signs: Signs,
    pub(super) redirect: Redirect,
    pub(super) fault: NetFault,
}

/// Failed transactions that look alike.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) key: CellKey,
    pub(super) host: u32,
    pub(super) rule: &'static str,
    pub(super) tag: Option<&'static str>,
    pub(super) phase: Phase,
    pub(super) confidence: Confidence,
    /// The finding's fingerprint; empty for those that share a cell for want of room.
    pub(super) fingerprint: Box<str>,
    pub(super) parameter: Option<Box<str>>,
    pub(super) origin: Box<str>,
    pub(super) method: Box<str>,
    pub(super) span: Span,
    /// The earliest transactions, by time, input and place.
    pub(super) examples: Vec<(Timestamp, Box<str>, Locator)>,
    /// Facts of the earliest one.
    pub(super) sample: Vec<Fact>,
    pub(super) largest_body: u64,
    /// Shortest and longest wait for the failing answer.
    pub(super) wait: Option<(Duration, Duration)>,
}

/// A field value, or another fact, of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) message: MessageKind,
    pub(super) field: &'static str,
    pub(super) value: Box<str>,
}

impl Cell {
    pub(super) fn new(key: CellKey, host: u32, finding: &Finding, seen: &Observation<'_>) -> Self {
        Self {
            key,
            host,
            rule: finding.rule,
            tag: finding.tag,
            phase: finding.phase,
            confidence: finding.confidence,
            fingerprint: match key.fingerprint {
                0 => Box::default(),
                _ => finding.fingerprint.as_str().into(),
            },
            parameter: finding.parameter.as_deref().map(Into::into),
            origin: seen.origin.into(),
            method: seen.method.into(),
            span: Span::default(),
            examples: Vec::new(),
            sample: Vec::new(),
            largest_body: 0,
            wait: None,
        }
    }

    pub(super) fn add(&mut self, finding: &Finding, seen: &Observation<'_>) {
        let (exchange, _) = seen.failing(finding.phase);
        let exchange = exchange.or(seen.actual).or(seen.preflight);
        self.confidence = self.confidence.max(finding.confidence);
        self.span.add(seen.time);
        if let Some(exchange) = exchange {
            self.add_example(finding, seen, exchange);
            self.add_wait(exchange);
        }
        self.largest_body = self.largest_body.max(seen.actual_asked.body_size);
    }

    fn add_example(&mut self, finding: &Finding, seen: &Observation<'_>, exchange: &Exchange) {
        let rank = (seen.time, finding.source.as_str(), exchange.locator);
        let place = self
            .examples
            .partition_point(|(time, source, locator)| (*time, &**source, *locator) < rank);
        if place == 0 {
            self.sample = facts(seen, finding.phase);
        }
        if place < EXAMPLES {
            let example = (seen.time, finding.source.as_str().into(), exchange.locator);
            self.examples.insert(place, example);
            self.examples.truncate(EXAMPLES);
        }
    }

    fn add_wait(&mut self, exchange: &Exchange) {
        let Some(response) = &exchange.response else {
            return;
        };
        let wait = response.started.since(exchange.started);
        self.wait = Some(match self.wait {
            None => (wait, wait),
            Some((shortest, longest)) => (shortest.min(wait), longest.max(wait)),
        });
    }

    /// Whether the earliest transaction of the cell, or any, showed `sign`: all of one cell show the same.
    pub(super) fn has(&self, sign: Sign) -> bool {
        self.key.signs.has(sign)
    }

    /// Status of the failing answer.
    pub(super) fn status(&self) -> Option<u16> {
        match self.phase {
            Phase::Preflight => self.key.preflight_status,
            _ => self.key.actual_status,
        }
    }

    /// Which message failed.
    pub(super) fn message(&self) -> MessageKind {
        match self.phase {
            Phase::Preflight => MessageKind::PreflightResponse,
            Phase::Redirect => MessageKind::RedirectResponse,
            _ => MessageKind::ActualResponse,
        }
    }

    /// Whether the failing answer lacks `Access-Control-Allow-Origin`.
    pub(super) fn lacks_origin(&self) -> bool {
        matches!(
            self.rule,
            "allow-origin-missing" | "preflight-allow-origin-missing"
        ) || (self.rule == "redirect-response-not-cors" && self.has(Sign::NoCorsFields))
    }

    /// A fact of the earliest transaction.
    pub(super) fn fact(&self, field: &str) -> Option<&str> {
        self.sample
            .iter()
            .find(|fact| fact.field == field)
            .map(|fact| &*fact.value)
    }

    /// Whether the request failed, rather than being worth a note.
    pub(super) fn is_refusal(&self) -> bool {
        !is_worth_noting(self.rule)
    }

    /// Whether the final answer failed, not a preflight or a redirect.
    pub(super) fn is_actual(&self) -> bool {
        matches!(self.phase, Phase::Actual | Phase::Other)
    }
}

/// Whether findings of `rule` are no failures, but something that a pattern explains.
pub(super) fn is_worth_noting(rule: &str) -> bool {
    matches!(
        rule,
        "expose-headers-missing" | "expose-wildcard-with-credentials" | "max-age-missing"
    )
}

/// Examples that are kept.
const EXAMPLES: usize = 3;

/// The facts worth showing, most telling first.
fn facts(seen: &Observation<'_>, phase: Phase) -> Vec<Fact> {
    let (exchange, answer) = seen.failing(phase);
    let message = match phase {
        Phase::Preflight => MessageKind::PreflightResponse,
        Phase::Redirect => MessageKind::RedirectResponse,
        _ => MessageKind::ActualResponse,
    };
    let mut facts = Vec::new();
    let mut put = |message, field, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let value = super::words::head(value, LONGEST_VALUE).into();
            facts.push(Fact {
                message,
                field,
                value,
            });
        }
    };
    put(message, "access-control-allow-origin", answer.allow_origin);
    put(message, "access-control-allow-origin", answer.second_origin);
    put(MessageKind::RedirectResponse, "location", seen.location);
    put(
        MessageKind::Recorded,
        ":redirected-from",
        seen.redirected_from,
    );
    put(
        message,
        "access-control-allow-methods",
        answer.allow_methods,
    );
    put(
        message,
        "access-control-allow-headers",
        answer.allow_headers,
    );
    put(message, "access-control-max-age", answer.max_age);
    put(message, "allow", answer.allow);
    put(message, "www-authenticate", answer.challenge);
    put(message, "server", answer.server);
    put(message, "via", answer.via);
    put(message, "x-cache", answer.cache);
    put(message, "age", answer.age);
    put(message, "x-served-by", answer.served_by);
    put(message, "cf-ray", answer.edge);
    put(message, "content-type", answer.content_type);
    if let Some((field, value)) = answer.filter.or(answer.tunnel) {
        put(message, field, Some(value));
    }
    put(message, ":body", Some(answer.body));
    put(
        MessageKind::PreflightRequest,
        "access-control-request-headers",
        seen.preflight_asked.request_headers,
    );
    if phase != Phase::Preflight {
        put(
            MessageKind::PreflightResponse,
            ":preflight-server",
            seen.preflight_answer.server,
        );
    }
    let error = [seen.preflight, seen.actual]
        .into_iter()
        .flatten()
        .filter_map(|exchange| exchange.observed.as_deref()?.net_error.as_deref())
        .find(|text| !text.is_empty());
    put(MessageKind::Recorded, ":error", error);
    put(MessageKind::Recorded, ":maker", maker(seen, answer));
    let address = exchange.and_then(|exchange| exchange.server);
    let address = address.map(|address| address.to_string());
    put(MessageKind::Recorded, ":server-address", address.as_deref());
    put(MessageKind::ActualRequest, ":url", Some(seen.url));
    facts
}

/// Who made the failing answer, in the words of `fingerprints`.
fn maker(seen: &Observation<'_>, answer: &super::answer::Answer<'_>) -> Option<&'static str> {
    use super::fingerprints as by;
    let host = seen.host.split_once("://").map_or("", |(_, host)| host);
    let host = host.split(':').next().unwrap_or(host);
    by::stranger(answer)
        .or_else(|| by::filter(answer))
        .or_else(|| by::interstitial(answer, host, seen.redirect == Redirect::Login))
        .or_else(|| by::refusal(answer))
        .or_else(|| by::gateway(answer))
}

/// Characters of a value that are kept.
const LONGEST_VALUE: usize = 120;
