//! A transaction as it would have gone under a policy: the same requests, the answers of a correct server.
//!
//! What was never recorded, since the browser stopped before, is filled in where it is certain enough to judge by:
//! the preflight of a cached one, the answer behind a preflight, the hop behind a redirect. What the network or another
//! party did stays as it is.

use super::answer;
use super::need::{self, Need};
use super::policy::{Policy, Rules};
use crate::caveat::CaveatSet;
use crate::cors::{CorsFetch, CredentialsMode, Fate, Hop};
use crate::fetch::{Browser, origin, redirect};
use crate::finding::Confidence;
use crate::http::{Exchange, Fields, Request, Response};
use std::sync::Arc;

/// A transaction under a policy.
#[derive(Debug)]
pub(super) struct Rewritten {
    pub(super) fetch: CorsFetch,
    /// What had to be taken for granted, for the reader.
    pub(super) assumed: Option<&'static str>,
}

const REDIRECTED_LIKE_PREFLIGHT: &str =
    "the request itself is taken to be redirected as its preflight was";
const ANSWERS_OPTIONS: &str =
    "the server is taken to answer the preflight that it left without answer";
const REDIRECT_FOLLOWED: &str = "the redirect's target, which was not recorded, is taken to answer";

/// Replays `fetch`; `None` when none of its hosts is the policy's.
pub(super) fn under(fetch: &CorsFetch, policy: &Policy, browser: Browser) -> Option<Rewritten> {
    let mut assumed = None;
    let mut is_covered = false;
    let mut hops = Vec::with_capacity(fetch.hops.len());
    for hop in &fetch.hops {
        let rules = policy.rules(hop.url()).filter(|_| hop.checked);
        is_covered |= rules.is_some();
        hops.push(match rules {
            Some(rules) => rewrite(hop, rules, browser, &mut assumed),
            None => hop.clone(),
        });
    }
    if !is_covered {
        return None;
    }
    if let Some(next) = hops
        .last()
        .and_then(|last| following(fetch, last, policy, browser))
    {
        assumed.get_or_insert(REDIRECT_FOLLOWED);
        hops.push(next);
    }
    let mut credentials = fetch.credentials.clone();
    if credentials.mode == CredentialsMode::Unknown {
        // Perhaps: then the rules tell what passes without and fails with credentials.
        credentials.mode = CredentialsMode::Include;
        credentials.confidence = Confidence::Possible;
    }
    Some(Rewritten {
        fetch: CorsFetch {
            hops,
            credentials,
            // What the recorder saw was the outcome of other answers.
            fate: Fate::Unknown,
            stored: None,
            is_host_held_back: false,
            caveats: CaveatSet::EMPTY,
            ..fetch.clone()
        },
        assumed,
    })
}

fn rewrite(hop: &Hop, rules: &Rules, browser: Browser, assumed: &mut Option<&'static str>) -> Hop {
    let need = need::of(hop, browser);
    let preflight = match hop.preflight() {
        // A proxy on the way wants a password: no server can answer that.
        Some(preflight) if preflight.status() == Some(407) => Some(Arc::clone(preflight)),
        Some(preflight) => {
            if preflight.response.is_none() {
                assumed.get_or_insert(ANSWERS_OPTIONS);
            }
            Some(allowed(preflight, hop, rules))
        }
        None => match (&need, &hop.actual) {
            (Some(need), Some(actual)) => Some(allowed(&question(actual, need, hop), hop, rules)),
            _ => None,
        },
    };
    let actual = match &hop.actual {
        Some(actual) if actual.response.is_some() => Some(answered(actual, hop, rules)),
        own => match hop.preflight().and_then(|asked| redirect_of(asked)) {
            Some(answer) => {
                assumed.get_or_insert(REDIRECTED_LIKE_PREFLIGHT);
                behind(hop, answer).map(|actual| answered(&actual, hop, rules))
            }
            None => own.as_ref().map(|actual| answered(actual, hop, rules)),
        },
    };
    Hop {
        preflights: preflight.into_iter().collect(),
        cached_preflight: None,
        actual,
        origin: hop.origin.clone(),
        checked: hop.checked,
    }
}

fn redirect_of(exchange: &Exchange) -> Option<&Response> {
    exchange
        .response
        .as_ref()
        .filter(|answer| redirect::is_redirect(answer))
}

/// The request behind a preflight that was redirected, redirected likewise.
fn behind(hop: &Hop, answer: &Response) -> Option<Exchange> {
    let asked = hop.preflight()?;
    let request = asked.request.as_ref()?;
    let mut fields = Fields::default();
    fields.push("origin", &hop.origin);
    Some(Exchange {
        request: Some(Request {
            method: hop.method().into(),
            fields,
            ..request.clone()
        }),
        response: Some(answer.clone()),
        ..Exchange::clone(asked)
    })
}

/// The preflight with the policy's answer.
fn allowed(exchange: &Exchange, hop: &Hop, rules: &Rules) -> Arc<Exchange> {
    let answer = answer::preflight(rules, asking(exchange, hop), exchange.started);
    Arc::new(clean(exchange, answer))
}

/// The actual request with the policy's fields on its answer; 200 where no answer was recorded.
fn answered(exchange: &Exchange, hop: &Hop, rules: &Rules) -> Arc<Exchange> {
    let blank;
    let recorded = match &exchange.response {
        Some(answer) => answer,
        None => {
            blank = answer::response(200, Fields::default(), exchange.started);
            &blank
        }
    };
    let answer = answer::actual(rules, asking(exchange, hop), recorded);
    Arc::new(clean(exchange, answer))
}

/// The origin that the server sees.
fn asking<'a>(exchange: &'a Exchange, hop: &'a Hop) -> &'a str {
    exchange.request_field("origin").unwrap_or(&hop.origin)
}

/// The exchange with another answer, and without what the recorder said about the former one.
fn clean(exchange: &Exchange, answer: Response) -> Exchange {
    let observed = exchange.observed.clone().map(|mut observed| {
        observed.net_error = None;
        observed.unanswered = false;
        observed.internal_answer = false;
        observed.from_cache = false;
        observed.service_worker = false;
        observed
    });
    Exchange {
        source: exchange.source,
        locator: exchange.locator,
        started: exchange.started,
        duration: exchange.duration,
        client: exchange.client,
        server: exchange.server,
        request: exchange.request.clone(),
        response: Some(answer),
        observed,
        caveats: CaveatSet::EMPTY,
    }
}

/// The preflight that a browser would have sent for `actual`.
fn question(actual: &Exchange, need: &Need, hop: &Hop) -> Exchange {
    let mut fields = Fields::default();
    fields.push("origin", &hop.origin);
    fields.push("access-control-request-method", &need.method);
    if !need.headers.is_empty() {
        fields.push("access-control-request-headers", &need.headers.join(","));
    }
    let url = actual.url().into();
    Exchange {
        request: Some(Request {
            method: "OPTIONS".into(),
            url,
            version: Default::default(),
            fields,
            body_size: 0,
        }),
        response: None,
        observed: None,
        ..actual.clone()
    }
}

/// The hop behind a redirect at the end of the recording: the browser stopped there, and would not under the policy.
fn following(fetch: &CorsFetch, last: &Hop, policy: &Policy, browser: Browser) -> Option<Hop> {
    let from = last.actual.as_ref()?;
    let answer = redirect_of(from)?;
    let url = origin::resolve(from.url(), answer.fields.first("location")?)?;
    let rules = policy.rules(&url)?;
    let page = &*fetch.origin.text;
    let origin: Box<str> = match &*last.origin {
        origin::NULL => origin::NULL.into(),
        current => redirect::origin_after(current, from.url(), &url).into(),
    };
    let checked = last.checked || !origin::is_same(page, &url);
    let method = redirect::method_after(answer.status, from.method());
    let mut fields = Fields::default();
    fields.push("origin", &origin);
    let target = Exchange {
        request: Some(Request {
            method: method.into(),
            url: url.into(),
            fields,
            ..from.request.clone()?
        }),
        response: None,
        ..Exchange::clone(from)
    };
    let mut hop = Hop {
        preflights: Vec::new(),
        cached_preflight: None,
        actual: Some(Arc::new(target)),
        origin: origin.into(),
        checked,
    };
    // A request that needed a preflight needs one at every hop.
    if let Some(mut need) = need::of(last, browser)
        && let Some(actual) = hop.actual.clone()
    {
        need.method = method.to_owned();
        hop.preflights = vec![Arc::new(question(&actual, &need, &hop))];
    }
    Some(rewrite(&hop, rules, browser, &mut None))
}
