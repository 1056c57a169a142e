//! The transaction: one request of a page with its preflights and redirects, and all that is known about it.
//!
//! Plain data. How it is found out stands in the sibling files; what is wrong with it is for `rules` to say.

use super::agent::Agent;
use super::credentials::Credentials;
use super::judge::Failures;
use super::{ClientId, Role, classify, client};
use crate::caveat::CaveatSet;
use crate::fetch::Browser;
use crate::finding::Enforcement;
use crate::http::{Exchange, Locator, SourceId};
use crate::time::Timestamp;
use std::sync::Arc;

/// What the browser was trying to do: a cross-origin request in mode `cors`, from its first hop to its last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorsFetch {
    /// The input.
    pub source: SourceId,
    /// Who made the request.
    pub client: ClientId,
    /// The engine that made it, where its `User-Agent` or the recorder tells.
    pub browser: Option<Browser>,
    /// The requesting origin.
    pub origin: PageOrigin,
    /// How sure it is that the request's mode is `cors`.
    pub mode: CorsMode,
    /// How the page made the request: `fetch`, `xhr`, `font`, …, where known.
    pub initiator: Option<&'static str>,
    /// Whether credentials were included, and why we think so.
    pub credentials: Credentials,
    /// The redirect chain, first hop first; never empty.
    pub hops: Vec<Hop>,
    /// Where a browser stops in it, as of its assembly.
    pub failures: Failures,
    /// Whether the client enforces CORS.
    pub enforcement: Enforcement,
    /// What the recorder says became of the request.
    pub fate: Fate,
    /// An earlier load of the same URL whose stored answer the browser may have used.
    pub stored: Option<StoredCopy>,
    /// Another request of the client to this host was held back by local network access checks.
    pub is_host_held_back: bool,
    /// Everything that lowers confidence, of all exchanges together.
    pub caveats: CaveatSet,
}

/// One hop of a redirect chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The preflights of this hop in order of time. More than one: the earlier ones got no answer and were retried.
    pub preflights: Vec<Arc<Exchange>>,
    /// An earlier preflight whose cached answer covers this hop.
    pub cached_preflight: Option<Locator>,
    /// The actual request; `None` when the browser did not send it, or it was not recorded.
    pub actual: Option<Arc<Exchange>>,
    /// The value that `Access-Control-Allow-Origin` is compared with on this hop: the page's origin, or `null`
    /// after a redirect that taints it (Fetch `#concept-request-tainted-origin`).
    pub origin: Arc<str>,
    /// Whether the CORS check applies to this hop's answer: not to the same-origin start of a chain.
    pub checked: bool,
}

/// The requesting origin and how it was learnt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageOrigin {
    /// Serialised: `https://app.example.com`, `null`; empty when it is not known.
    pub text: Arc<str>,
    /// Where it stands.
    pub learnt: OriginSource,
}

/// Where the requesting origin was learnt, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OriginSource {
    /// The request's `Origin` field.
    OriginField,
    /// The `Origin` field of its preflight.
    PreflightField,
    /// The `Referer` field.
    Referer,
    /// The page that the recorder names.
    Page,
    /// Nowhere.
    Unknown,
}

/// How sure it is that a request's mode is `cors`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CorsMode {
    /// It could as well be a form post, a beacon or a `no-cors` request: the wire does not tell.
    Unclear,
    /// Its shape says so.
    Likely,
    /// `Sec-Fetch-Mode`, a preflight or the recorder says so.
    Proven,
}

/// What the recorder says became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The answer reached the page.
    Delivered,
    /// The browser refused (`net::ERR_FAILED`).
    Refused,
    /// No answer is recorded, and no reason (Firefox: refused, failed or aborted).
    Unanswered,
    /// The page lost interest.
    Aborted,
    /// The network failed, or something other than CORS blocked the request; Chromium's error text, empty for mixed content.
    NetworkError(Box<str>),
    /// Nobody says: a packet capture, or a recorder that writes no errors.
    Unknown,
}

/// An earlier answer for the same URL that the browser's HTTP cache may have held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCopy {
    /// Where it stands.
    pub locator: Locator,
    /// When its request began.
    pub started: Timestamp,
    /// Its status.
    pub status: u16,
    /// Its `Access-Control-Allow-Origin`, combined.
    pub allow_origin: Option<Box<str>>,
    /// Its `Cache-Control`.
    pub cache_control: Option<Box<str>>,
    /// Whether its `Vary` names `Origin` or is `*`.
    pub varies_by_origin: bool,
    /// Whether its request carried `Origin`.
    pub with_origin: bool,
}

impl CorsFetch {
    /// A single exchange as if it were a transaction, for rules beside the CORS protocol.
    pub fn alone(exchange: &Arc<Exchange>) -> Self {
        let origin = classify::page_origin(exchange).keep();
        let agent = Agent::of_exchange(exchange);
        let browser = client::browser(exchange, agent);
        let hops = vec![Hop {
            preflights: Vec::new(),
            cached_preflight: None,
            actual: Some(Arc::clone(exchange)),
            origin: origin.text.clone(),
            checked: false,
        }];
        Self {
            source: exchange.source,
            client: ClientId::default(),
            browser,
            mode: CorsMode::Unclear,
            initiator: classify::initiator(exchange),
            credentials: Credentials::UNKNOWN,
            failures: Default::default(),
            hops,
            origin,
            enforcement: client::enforcement(exchange, agent, false),
            fate: classify::fate(exchange),
            stored: None,
            is_host_held_back: false,
            caveats: exchange.caveats,
        }
    }

    /// The first hop.
    pub fn first(&self) -> Option<&Hop> {
        self.hops.first()
    }

    /// The last hop that was seen.
    pub fn last(&self) -> Option<&Hop> {
        self.hops.last()
    }

    /// When the transaction began: the earliest start of its exchanges.
    pub fn started(&self) -> Timestamp {
        self.exchanges()
            .map(|(exchange, ..)| exchange.started)
            .min()
            .unwrap_or_default()
    }

    /// The method that the page asked for, also when the actual request was never sent.
    pub fn method(&self) -> &str {
        self.first().map_or("", Hop::method)
    }

    /// The URL that the page asked for.
    pub fn url(&self) -> &str {
        self.first().map_or("", Hop::url)
    }

    /// Every exchange with its role and its partner: an actual request with its (last or cached) preflight,
    /// a preflight with its actual request.
    pub fn exchanges(&self) -> impl Iterator<Item = (&Arc<Exchange>, Role, Option<Locator>)> {
        self.hops.iter().flat_map(Hop::exchanges)
    }
}

impl Hop {
    /// The preflight that decides: the last one.
    pub fn preflight(&self) -> Option<&Arc<Exchange>> {
        self.preflights.last()
    }

    /// All exchanges of the hop.
    pub fn members(&self) -> impl Iterator<Item = &Arc<Exchange>> {
        self.preflights.iter().chain(&self.actual)
    }

    /// The hop's method, also when the actual request was never sent.
    pub fn method(&self) -> &str {
        match (&self.actual, self.preflight()) {
            (Some(actual), _) => actual.method(),
            (None, Some(preflight)) => preflight
                .request_field("access-control-request-method")
                .unwrap_or_default(),
            (None, None) => "",
        }
    }

    /// The hop's URL.
    pub fn url(&self) -> &str {
        self.actual
            .as_ref()
            .or_else(|| self.preflight())
            .map_or("", |exchange| exchange.url())
    }

    fn exchanges(&self) -> impl Iterator<Item = (&Arc<Exchange>, Role, Option<Locator>)> {
        let actual = self.actual.as_ref().map(|exchange| exchange.locator);
        let preflight = self
            .preflight()
            .map(|exchange| exchange.locator)
            .or(self.cached_preflight);
        let role = match self.checked {
            true => Role::Actual,
            false => Role::SameOrigin,
        };
        self.preflights
            .iter()
            .map(move |exchange| (exchange, Role::Preflight, actual))
            .chain(
                self.actual
                    .iter()
                    .map(move |exchange| (exchange, role, preflight)),
            )
    }
}
