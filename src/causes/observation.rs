//! One transaction as cause patterns see it: made once, borrowed from the transaction, folded into the book.

use super::answer::{Answer, Asked};
use super::fingerprints;
use super::redirect::Redirect;
use super::signs::{NetFault, Sign, Signs, tracing_library};
use super::tally::Side;
use super::words::has;
use crate::caveat::CaveatKind;
use crate::cors::{CorsFetch, CredentialsMode, Fate, Hop};
use crate::fetch::origin;
use crate::finding::{Finding, Outcome, Phase, Severity};
use crate::http::{Exchange, Locator};
use crate::time::Timestamp;
use std::borrow::Cow;

/// The facts of one transaction around its deciding hop: the one that failed, else the last.
#[derive(Debug)]
pub(super) struct Observation<'a> {
    /// Origin of the URL that the page asked for: the host that patterns speak of.
    pub(super) host: Cow<'a, str>,
    pub(super) url: &'a str,
    pub(super) method: &'a str,
    pub(super) origin: &'a str,
    pub(super) time: Timestamp,
    /// Which side it counts on; `None` when the outcome is open.
    pub(super) side: Option<Side>,
    pub(super) fetch: Option<&'a CorsFetch>,
    pub(super) preflight: Option<&'a Exchange>,
    pub(super) actual: Option<&'a Exchange>,
    pub(super) preflight_answer: Answer<'a>,
    pub(super) actual_answer: Answer<'a>,
    pub(super) preflight_asked: Asked<'a>,
    pub(super) actual_asked: Asked<'a>,
    pub(super) redirect: Redirect,
    /// `Location` of the redirect that decided its class.
    pub(super) location: Option<&'a str>,
    /// URL that redirected.
    pub(super) redirected_from: Option<&'a str>,
}

impl<'a> Observation<'a> {
    /// Looks at `fetch`; `failure` is its most important failing finding.
    pub(super) fn of_fetch(fetch: &'a CorsFetch, failure: Option<&Finding>) -> Self {
        let hop = deciding_hop(fetch, failure);
        let url = fetch.url();
        let mut seen = Self {
            host: origin::of_url(url).unwrap_or(Cow::Borrowed("")),
            url,
            method: fetch.method(),
            origin: &fetch.origin.text,
            time: fetch.started(),
            side: side_of(fetch, failure),
            fetch: Some(fetch),
            preflight: hop
                .and_then(|hop| hop.preflight())
                .map(|exchange| &**exchange),
            actual: hop.and_then(|hop| hop.actual.as_deref()),
            preflight_answer: Answer::default(),
            actual_answer: Answer::default(),
            preflight_asked: Asked::default(),
            actual_asked: Asked::default(),
            redirect: Redirect::None,
            location: None,
            redirected_from: None,
        };
        seen.read_messages();
        if fetch.hops.len() > 1 || failure.is_some() {
            seen.read_redirects(&fetch.hops, failure);
        }
        seen
    }

    /// Looks at an exchange outside of the CORS protocol that a finding speaks of.
    pub(super) fn of_exchange(exchange: &'a Exchange, failure: &'a Finding) -> Self {
        let url = exchange.url();
        let mut seen = Self {
            host: origin::of_url(url).unwrap_or(Cow::Borrowed("")),
            url,
            method: exchange.method(),
            origin: &failure.origin,
            time: exchange.started,
            side: is_failure(failure).then_some(Side::Failed),
            fetch: None,
            preflight: None,
            actual: Some(exchange),
            preflight_answer: Answer::default(),
            actual_answer: Answer::default(),
            preflight_asked: Asked::default(),
            actual_asked: Asked::default(),
            redirect: Redirect::None,
            location: None,
            redirected_from: None,
        };
        seen.read_messages();
        seen
    }

    fn read_messages(&mut self) {
        if let Some(preflight) = self.preflight {
            self.preflight_answer = Answer::of(preflight);
            self.preflight_asked = Asked::of(preflight);
        }
        if let Some(actual) = self.actual {
            self.actual_answer = Answer::of(actual);
            self.actual_asked = Asked::of(actual);
        }
    }

    /// The redirect that explains most: one to a sign-in page, else the last.
    fn read_redirects(&mut self, hops: &'a [Hop], failure: Option<&Finding>) {
        for hop in hops {
            for exchange in hop.preflights.last().into_iter().chain(&hop.actual) {
                let Some(location) = redirect_target(exchange) else {
                    continue;
                };
                let class = Redirect::between(exchange.url(), location);
                if self.redirect != Redirect::Login {
                    self.redirect = class;
                    self.location = Some(location);
                    self.redirected_from = Some(exchange.url());
                }
            }
            let decides = failure.is_some_and(|failure| is_about(hop, failure));
            if decides {
                break;
            }
        }
    }

    /// The answer that failed: the preflight's when that is what failed, else the actual one.
    pub(super) fn failing(&self, phase: Phase) -> (Option<&'a Exchange>, &Answer<'a>) {
        match phase {
            Phase::Preflight => (self.preflight, &self.preflight_answer),
            _ => (self.actual, &self.actual_answer),
        }
    }

    /// Whether the preflight's answer lets the actual request go, as far as its origin and status say.
    pub(super) fn preflight_passed(&self) -> bool {
        self.preflight_answer
            .status
            .is_some_and(|status| (200..300).contains(&status))
            && self.preflight_answer.allows(self.origin)
    }

    /// Every sign of a failure in `phase`.
    pub(super) fn signs(&self, phase: Phase) -> Signs {
        let (exchange, answer) = self.failing(phase);
        let mut signs = Signs::default();
        self.sign_answer(answer, &mut signs);
        self.sign_maker(answer, &mut signs);
        self.sign_request(&mut signs);
        signs.set(Sign::Unanswered, answer.status.is_none());
        signs.set(
            Sign::PreflightPassed,
            phase != Phase::Preflight && self.preflight_passed(),
        );
        if let Some(exchange) = exchange {
            self.sign_browser(exchange, answer, &mut signs);
        }
        signs
    }

    fn sign_answer(&self, answer: &Answer<'_>, signs: &mut Signs) {
        let is_answered = answer.status.is_some();
        let has_origin = answer.allow_origin.is_some();
        let has_lists = answer.allow_methods.is_some() || answer.allow_headers.is_some();
        let several = answer.allow_origins > 1
            || answer.allow_origin.is_some_and(|value| value.contains(','));
        signs.set(Sign::AllowField, answer.allow.is_some());
        signs.set(Sign::AllowListsOnly, has_lists && !has_origin);
        signs.set(
            Sign::AllowsOther,
            !several
                && answer
                    .allow_origin
                    .is_some_and(|value| value.contains("://") && value != self.origin),
        );
        signs.set(Sign::AllowsSeveral, several);
        signs.set(Sign::CacheHit, answer.cache_hit() == Some(true));
        signs.set(Sign::Challenge, answer.challenge.is_some());
        signs.set(Sign::Html, answer.is_html());
        signs.set(
            Sign::MaxAgeOnly,
            answer.max_age.is_some()
                && !has_origin
                && !has_lists
                && answer.allow_credentials.is_none(),
        );
        signs.set(
            Sign::Negotiate,
            answer
                .challenge
                .is_some_and(|text| has(text, "negotiate") || has(text, "ntlm")),
        );
        signs.set(Sign::NoCorsFields, is_answered && !answer.has_cors_fields());
        signs.set(Sign::VaryOrigin, answer.vary_origin);
    }

    fn sign_maker(&self, answer: &Answer<'_>, signs: &mut Signs) {
        let host = self.host.split_once("://").map_or("", |(_, host)| host);
        let host = host.split(':').next().unwrap_or(host);
        let is_login = self.redirect == Redirect::Login;
        signs.set(Sign::AmazonGateway, answer.amazon_gateway);
        signs.set(Sign::Filtered, fingerprints::filter(answer).is_some());
        signs.set(Sign::GatewayMade, fingerprints::gateway(answer).is_some());
        signs.set(
            Sign::Interstitial,
            fingerprints::interstitial(answer, host, is_login).is_some(),
        );
        signs.set(
            Sign::RefusedInWords,
            fingerprints::refusal(answer).is_some(),
        );
        signs.set(Sign::WrongServer, fingerprints::stranger(answer).is_some());
        signs.set(
            Sign::OtherServer,
            self.preflight_answer.server.is_some()
                && self.actual_answer.server.is_some()
                && self.preflight_answer.server != self.actual_answer.server,
        );
    }

    fn sign_request(&self, signs: &mut Signs) {
        signs.set(
            Sign::AsksAuthorization,
            self.preflight_asked.asks_authorization() || self.actual_asked.asks_authorization(),
        );
        signs.set(
            Sign::Tracing,
            self.preflight_asked
                .names()
                .any(|name| tracing_library(name).is_some()),
        );
        signs.set(
            Sign::OddOrigin,
            fingerprints::is_odd_origin(self.origin, &self.host),
        );
        let Some(fetch) = self.fetch else {
            return;
        };
        signs.set(
            Sign::Credentials,
            fetch.credentials.mode == CredentialsMode::Include,
        );
        signs.set(Sign::OpaqueOrigin, self.origin == origin::NULL);
        signs.set(
            Sign::Tainted,
            self.origin != origin::NULL
                && fetch.hops.iter().any(|hop| &*hop.origin == origin::NULL),
        );
        signs.set(
            Sign::StoredWithoutOrigin,
            fetch.stored.as_ref().is_some_and(|copy| {
                copy.allow_origin
                    .as_deref()
                    .is_none_or(|value| value != "*" && value != self.origin)
            }),
        );
    }

    fn sign_browser(&self, exchange: &Exchange, answer: &Answer<'_>, signs: &mut Signs) {
        let observed = exchange.observed.as_deref();
        let from_cache = observed.is_some_and(|observed| observed.from_cache)
            || exchange.caveats.contains(CaveatKind::ServedFromCache);
        signs.set(
            Sign::ServiceWorker,
            observed.is_some_and(|observed| observed.service_worker)
                || exchange.caveats.contains(CaveatKind::ServiceWorker),
        );
        signs.set(
            Sign::FromBrowserCache,
            from_cache || answer.status == Some(304),
        );
    }

    /// Why there was no answer.
    pub(super) fn net_fault(&self, failure: &Finding) -> NetFault {
        match failure.rule {
            "mixed-content" => return NetFault::Mixed,
            "local-network-access" => return NetFault::LocalNetwork,
            "client-blocked" => return NetFault::Client,
            "csp-blocked" => return NetFault::ContentPolicy,
            "preflight-proxy-auth" => return NetFault::ProxyAuth,
            _ => {}
        }
        let fate = self.fetch.map(|fetch| &fetch.fate);
        let from_fate = match fate {
            Some(Fate::NetworkError(text)) => NetFault::of(text),
            _ => NetFault::None,
        };
        // A preflight's own error says more than that of the request that hung on it.
        let own = [self.preflight, self.actual]
            .into_iter()
            .flatten()
            .filter(|exchange| exchange.response.is_none())
            .filter_map(|exchange| exchange.observed.as_deref()?.net_error.as_deref())
            .filter(|text| !text.is_empty())
            .map(NetFault::of)
            .find(|fault| *fault != NetFault::None);
        let is_network_rule = matches!(failure.rule, "network-failed" | "preflight-no-response");
        match own {
            Some(fault) => fault,
            None if from_fate != NetFault::None => from_fate,
            None if is_network_rule => NetFault::Other,
            None => NetFault::None,
        }
    }
}

/// Whether a finding says that a request failed, whatever blocked it.
pub(super) fn is_failure(finding: &Finding) -> bool {
    let is_refused = finding.severity >= Severity::Depends
        && finding.outcome != Outcome::Contradicted
        && !finding.rule.starts_with("expose-")
        && finding.rule != "preflight-authorization-under-wildcard";
    is_refused || BESIDE.contains(&finding.rule)
}

/// Rules that are only notes, since no server can mend it, but whose request failed all the same.
const BESIDE: [&str; 4] = [
    "client-blocked",
    "csp-blocked",
    "network-failed",
    "server-rejected-origin",
];

fn side_of(fetch: &CorsFetch, failure: Option<&Finding>) -> Option<Side> {
    if let Some(failure) = failure {
        let is_sure =
            failure.severity != Severity::Depends || failure.outcome == Outcome::Confirmed;
        return is_sure.then_some(Side::Failed);
    }
    let answered = fetch
        .last()
        .and_then(|hop| hop.actual.as_ref())
        .is_some_and(|actual| actual.response.is_some());
    (answered && fetch.fate != Fate::Refused).then_some(Side::Passed)
}

fn deciding_hop<'a>(fetch: &'a CorsFetch, failure: Option<&Finding>) -> Option<&'a Hop> {
    let named = failure.and_then(|failure| fetch.hops.iter().find(|hop| is_about(hop, failure)));
    named.or_else(|| fetch.last())
}

/// Whether a finding's exchanges belong to `hop`.
fn is_about(hop: &Hop, finding: &Finding) -> bool {
    let is = |locator: Locator, named: Option<Locator>| named == Some(locator);
    let preflight = finding.preflight.map(|exchange| exchange.locator);
    let actual = finding.actual.map(|exchange| exchange.locator);
    let has_preflight = hop
        .preflights
        .iter()
        .any(|exchange| is(exchange.locator, preflight));
    match finding.phase {
        Phase::Preflight => has_preflight,
        _ => hop
            .actual
            .as_ref()
            .is_some_and(|exchange| is(exchange.locator, actual)),
    }
}

/// `Location` of a redirect that a server made; the browser's own (HSTS) do not count.
fn redirect_target(exchange: &Exchange) -> Option<&str> {
    let status = exchange.status()?;
    let is_redirect = matches!(status, 301 | 302 | 303 | 307 | 308);
    let is_internal = exchange
        .response_field("non-authoritative-reason")
        .is_some();
    if !is_redirect || is_internal {
        return None;
    }
    exchange.response_field("location")
}
