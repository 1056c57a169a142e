//! Fetch's main line over a whole transaction: the first step at which a browser stops, if any.
//!
//! Facts only: the credentials mode is an argument, and what it means for the user is for `rules` to say.

use super::{CorsFetch, Fate, Hop};
use crate::caveat::{CaveatKind, CaveatSet};
use crate::fetch::preflight::{self, Ask, PreflightFailure};
use crate::fetch::{Browser, CheckFailure, cors_check, list, origin, redirect};
use crate::http::{Exchange, Response};
use std::sync::OnceLock;
use url::Url;

/// Where and why a browser stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Index of the hop.
    pub hop: usize,
    /// What failed.
    pub reason: Reason,
}

/// What failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The preflight got no answer.
    PreflightUnanswered,
    /// The preflight's answer.
    Preflight(PreflightFailure),
    /// The CORS check of the final answer.
    Answer(CheckFailure),
    /// The CORS check of a redirect.
    Redirect(CheckFailure),
    /// The redirect's target carries user name or password.
    RedirectUserinfo,
    /// The redirect's target is not http or https.
    RedirectScheme,
    /// One redirect more than browsers follow.
    RedirectLimit,
}

/// The first failures of a transaction, found when somebody asks: nearly every question starts there.
///
/// A copy asks again, since its hops may be changed before.
#[derive(Debug, Default)]
pub struct Failures(OnceLock<Found>);

#[derive(Debug)]
struct Found {
    browser: Browser,
    with_credentials: Option<Failure>,
    without_credentials: Option<Failure>,
}

impl Clone for Failures {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// They follow from the rest of the transaction.
impl PartialEq for Failures {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Failures {}

impl Found {
    fn of(hops: &[Hop], browser: Browser) -> Self {
        let with_credentials = judge(hops, true, browser);
        // Credentials only add conditions: what passes with them passes without.
        let without_credentials = match with_credentials {
            Some(_) => judge(hops, false, browser),
            None => None,
        };
        Self {
            browser,
            with_credentials,
            without_credentials,
        }
    }
}

/// The first failure of a transaction, with or without credentials, in the order of `browser`.
///
/// Absence of a field counts only where the field section is complete.
pub fn judge(hops: &[Hop], with_credentials: bool, browser: Browser) -> Option<Failure> {
    hops.iter().enumerate().find_map(|(index, hop)| {
        let reason = judge_preflight(hop, with_credentials, browser)
            .or_else(|| judge_answer(hop, index, with_credentials))?;
        Some(Failure { hop: index, reason })
    })
}

fn judge_preflight(hop: &Hop, with_credentials: bool, browser: Browser) -> Option<Reason> {
    let exchange = hop.preflight()?;
    let Some(answer) = &exchange.response else {
        // Chromium does not record the 407 itself.
        return match net_error(exchange) {
            Some("net::ERR_UNEXPECTED_PROXY_AUTH") => {
                Some(Reason::Preflight(PreflightFailure::ProxyAuth))
            }
            _ => is_unanswered_for_sure(exchange).then_some(Reason::PreflightUnanswered),
        };
    };
    let headers = list::request_headers(&exchange.request.as_ref()?.fields);
    let ask = ask(hop, &headers, with_credentials);
    preflight::failures(answer, &ask, browser)
        .find(|failure| is_certain(failure, exchange.caveats))
        .map(Reason::Preflight)
}

/// What the preflight of `hop` asks for.
pub fn ask<'a>(hop: &'a Hop, headers: &'a [Box<str>], with_credentials: bool) -> Ask<'a> {
    // After a redirect that taints, Firefox announces the page's origin in the preflight, and judges by what it announced.
    let announced = hop
        .preflight()
        .and_then(|exchange| exchange.request_field("origin"));
    Ask {
        origin: announced.unwrap_or(&hop.origin),
        method: hop
            .preflight()
            .and_then(|exchange| exchange.request_field("access-control-request-method"))
            .unwrap_or_default(),
        headers,
        with_credentials,
    }
}

/// Whether the answer is known to be missing, and not merely unseen or abandoned by the page.
fn is_unanswered_for_sure(exchange: &Exchange) -> bool {
    const UNSURE: [CaveatKind; 8] = [
        CaveatKind::ClientClosed,
        CaveatKind::Gap,
        CaveatKind::OneSided,
        CaveatKind::CutPacket,
        CaveatKind::IncompleteFields,
        CaveatKind::TruncatedFile,
        CaveatKind::UnknownFieldTable,
        CaveatKind::LimitReached,
    ];
    super::classify::fate(exchange) != Fate::Aborted
        && !UNSURE.iter().any(|kind| exchange.caveats.contains(*kind))
}

/// Whether an answer's fields may be said to be absent.
pub fn has_complete_fields(caveats: CaveatSet) -> bool {
    ![
        CaveatKind::IncompleteFields,
        CaveatKind::UnknownFieldTable,
        CaveatKind::ServiceWorker,
    ]
    .iter()
    .any(|kind| caveats.contains(*kind))
}

/// Whether a failure stands even if fields are missing in the recording.
fn is_certain(failure: &PreflightFailure, caveats: CaveatSet) -> bool {
    match failure {
        PreflightFailure::Check(CheckFailure::Missing | CheckFailure::CredentialsNotTrue)
        | PreflightFailure::Method
        | PreflightFailure::Headers(_) => has_complete_fields(caveats),
        _ => true,
    }
}

fn judge_answer(hop: &Hop, index: usize, with_credentials: bool) -> Option<Reason> {
    let exchange = hop.actual.as_ref()?;
    if net_error(exchange) == Some("net::ERR_TOO_MANY_REDIRECTS") {
        return Some(Reason::RedirectLimit);
    }
    let answer = exchange.response.as_ref()?;
    let is_redirect = redirect::is_redirect(answer);
    if hop.checked {
        let check = checked(exchange, answer, hop, with_credentials);
        if let Err(failure) = check {
            return Some(match is_redirect {
                true => Reason::Redirect(failure),
                false => Reason::Answer(failure),
            });
        }
    }
    match is_redirect {
        true => judge_target(exchange, answer, hop, index),
        false => None,
    }
}

/// The recorder's words about a load that failed.
fn net_error(exchange: &Exchange) -> Option<&str> {
    exchange.observed.as_ref()?.net_error.as_deref()
}

fn checked(
    exchange: &Exchange,
    answer: &Response,
    hop: &Hop,
    with_credentials: bool,
) -> Result<(), CheckFailure> {
    match cors_check(&answer.fields, &hop.origin, with_credentials) {
        Err(CheckFailure::Missing) if is_revalidation(exchange, hop) => Ok(()),
        Err(CheckFailure::Missing | CheckFailure::CredentialsNotTrue)
            if !has_complete_fields(exchange.caveats) =>
        {
            Ok(())
        }
        result => result,
    }
}

/// Whether a 304 answers a condition that the browser's cache set: then the stored answer's fields decide.
///
/// A script that sets the condition itself announces it in the preflight, and gets the 304 as it is. So does a request
/// that set none.
pub fn is_revalidation(exchange: &Exchange, hop: &Hop) -> bool {
    const CONDITIONS: [&str; 2] = ["if-none-match", "if-modified-since"];
    // Not every recorder writes down what the browser's cache added.
    let is_as_sent = exchange
        .observed
        .as_ref()
        .is_none_or(|observed| !observed.provisional && observed.net_error.is_some());
    let has_condition = || {
        CONDITIONS
            .iter()
            .any(|name| exchange.request_field(name).is_some())
    };
    exchange.status() == Some(304)
        && (!is_as_sent || has_condition())
        && !hop.preflight().is_some_and(|preflight| {
            preflight
                .request_field("access-control-request-headers")
                .is_some_and(|names| {
                    list::elements(names)
                        .any(|name| CONDITIONS.contains(&name.to_ascii_lowercase().as_str()))
                })
        })
}

fn judge_target(exchange: &Exchange, answer: &Response, hop: &Hop, index: usize) -> Option<Reason> {
    if index >= redirect::LIMIT {
        return Some(Reason::RedirectLimit);
    }
    let location = answer.fields.first("location")?;
    let target = Url::parse(exchange.url()).ok()?.join(location).ok()?;
    if !matches!(target.scheme(), "http" | "https") {
        return Some(Reason::RedirectScheme);
    }
    let has_userinfo = !target.username().is_empty() || target.password().is_some();
    let is_foreign = hop.checked || !origin::is_same(&hop.origin, target.as_str());
    (has_userinfo && is_foreign).then_some(Reason::RedirectUserinfo)
}

impl CorsFetch {
    /// The first failure, with or without credentials, in the order of `browser`.
    pub fn failure(&self, with_credentials: bool, browser: Browser) -> Option<Failure> {
        let found = self
            .failures
            .0
            .get_or_init(|| Found::of(&self.hops, browser));
        match (browser == found.browser, with_credentials) {
            (true, true) => found.with_credentials.clone(),
            (true, false) => found.without_credentials.clone(),
            (false, _) => judge(&self.hops, with_credentials, browser),
        }
    }

    /// Whether the hop at `index`, seen by itself, passes.
    pub fn hop_passes(&self, index: usize, with_credentials: bool, browser: Browser) -> bool {
        let failure = match &*self.hops {
            [_] => self.failure(with_credentials, browser),
            hops => hops
                .get(index)
                .and_then(|hop| judge(std::slice::from_ref(hop), with_credentials, browser)),
        };
        failure.is_none()
    }

    /// Whether the browser let it pass, as far as the recorder tells: then no rule may say otherwise.
    pub fn was_let_through(&self) -> bool {
        self.fate == Fate::Delivered
    }
}
