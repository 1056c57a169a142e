//! A chain of units → a `CorsFetch`: origin, taint, mode, credentials, enforcement, caches.

use super::classify::{self, Class, StatedOrigin};
use super::credentials;
use super::matching::{Unit, Waiting};
use super::pairing::{Decided, url_key};
use super::{
    ClientId, CorsFetch, CorsMode, Credentials, CredentialsMode, Fate, Hop, OriginSource,
    PageOrigin, Role, StoredCopy, client,
};
use crate::caveat::{CaveatKind, CaveatSet};
use crate::fetch::cache::{PreflightCache, Wanted};
use crate::fetch::{Browser, list, origin, redirect, safelist};
use crate::finding::Enforcement;
use crate::http::Exchange;
use hashbrown::HashMap;
use std::collections::VecDeque;
use std::sync::Arc;

/// What is remembered between batches: the model of preflight caches, and earlier loads that the HTTP cache may hold.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    preflights: Bounded<PreflightCache>,
    copies: Bounded<Vec<StoredCopy>>,
    /// Hosts to which a request was held back by local network access checks.
    held_back: Bounded<()>,
}

/// Entries of each memory; the oldest key makes room.
const MEMORY: usize = 16_384;
/// Copies of one URL that are remembered.
const COPIES: usize = 4;

impl Assembly {
    /// Remembers an answer that a browser's HTTP cache may keep. Only recorders in the browser show what the cache does.
    pub(super) fn remember(&mut self, exchange: &Arc<Exchange>, client: ClientId) {
        let Some(observed) = exchange.observed.as_deref() else {
            return;
        };
        let is_held_back = observed.net_error.as_deref().is_some_and(|error| {
            error.contains("LOCAL_NETWORK_ACCESS") || error.contains("PRIVATE_NETWORK_ACCESS")
        });
        if is_held_back {
            self.held_back.entry(host_key(client, exchange.url()));
        }
        let Some(copy) = stored_copy(exchange) else {
            return;
        };
        if observed.from_cache || exchange.method() != "GET" {
            return;
        }
        let copies = self.copies.entry(url_key(client, exchange.url()));
        if copies.len() >= COPIES {
            copies.remove(0);
        }
        copies.push(copy);
    }

    /// Emits one chain: as a fetch, or as its exchanges.
    pub(super) fn assemble(
        &mut self,
        batch: &[Waiting],
        units: &[&Unit],
        is_forced: bool,
        ready: &mut VecDeque<Decided>,
    ) {
        match self.fetch(batch, units, is_forced) {
            Some(fetch) => ready.push_back(Decided::Fetch(Box::new(fetch))),
            None => {
                for waiting in members(batch, units) {
                    ready.push_back(Decided::Other {
                        exchange: Arc::clone(&waiting.exchange),
                        role: role_alone(waiting),
                    });
                }
            }
        }
    }

    fn fetch(&mut self, batch: &[Waiting], units: &[&Unit], is_forced: bool) -> Option<CorsFetch> {
        let head = members(batch, units).next()?;
        let mode = mode(batch, units)?;
        let origin = page(batch, units);
        let mut hops = hops(batch, units, &origin);
        let exchange = units
            .iter()
            .rev()
            .find_map(|unit| batch.get(unit.actual?))
            .map_or(&head.exchange, |waiting| &waiting.exchange);
        let fate = match units.last().and_then(|unit| unit.actual) {
            Some(_) => classify::fate(exchange),
            None => Fate::Unknown,
        };
        let browser = members(batch, units)
            .find_map(|waiting| client::browser(&waiting.exchange, waiting.agent));
        let mut caveats = CaveatSet::EMPTY;
        for waiting in members(batch, units) {
            caveats.extend(waiting.exchange.caveats);
        }
        let lacks_partner = hops.last().is_some_and(|hop| hop.actual.is_none());
        if is_forced && lacks_partner {
            caveats.insert(CaveatKind::LimitReached);
        }
        let actuals = units.iter().map(|unit| batch.get(unit.actual?));
        self.consult_caches(&mut hops, actuals, browser.unwrap_or(Browser::Chromium));
        let mut fetch = CorsFetch {
            source: head.exchange.source,
            client: head.client,
            browser,
            enforcement: enforcement(batch, units),
            initiator: hops
                .iter()
                .filter_map(|hop| hop.actual.as_ref())
                .find_map(|exchange| classify::initiator(exchange)),
            credentials: Credentials::UNKNOWN,
            mode,
            origin,
            fate,
            stored: self.stored(exchange, head.client),
            is_host_held_back: !self.held_back.is_empty()
                && self
                    .held_back
                    .find(host_key(head.client, exchange.url()))
                    .is_some(),
            failures: Default::default(),
            hops,
            caveats,
        };
        if is_contradicted(&fetch) || is_plain(&fetch) {
            return None;
        }
        fetch.credentials = credentials::infer(&fetch);
        let preflights = units.iter().map(|unit| batch.get(*unit.preflights.last()?));
        self.keep_preflights(&fetch, preflights);
        Some(fetch)
    }

    /// Looks for an earlier preflight whose kept answer covers a hop that has none.
    fn consult_caches<'a>(
        &mut self,
        hops: &mut [Hop],
        actuals: impl Iterator<Item = Option<&'a Waiting>>,
        browser: Browser,
    ) {
        let pairs = hops.iter_mut().zip(actuals);
        for (hop, waiting) in pairs.filter(|(hop, _)| hop.preflights.is_empty()) {
            let Some(waiting) = waiting.filter(|waiting| needs_preflight(&waiting.exchange)) else {
                continue;
            };
            let actual = &waiting.exchange;
            let wanted = Wanted {
                method: actual.method(),
                headers: &[],
                with_credentials: None,
                at: actual.started,
            };
            hop.cached_preflight = self
                .preflights
                .find(waiting.key)
                .and_then(|cache| cache.covering(&wanted, browser));
        }
    }

    /// Keeps the answers of preflights that passed.
    fn keep_preflights<'a>(
        &mut self,
        fetch: &CorsFetch,
        preflights: impl Iterator<Item = Option<&'a Waiting>>,
    ) {
        let browser = fetch.browser.unwrap_or(Browser::Chromium);
        let with_credentials = match fetch.credentials.mode {
            CredentialsMode::Include => Some(true),
            CredentialsMode::Omit => Some(false),
            CredentialsMode::Unknown => None,
        };
        let failed = fetch.failure(with_credentials == Some(true), browser);
        for (index, (hop, waiting)) in fetch.hops.iter().zip(preflights).enumerate() {
            let has_failed = failed.as_ref().is_some_and(|failure| failure.hop <= index);
            let Some(waiting) = waiting.filter(|_| !has_failed || hop.actual.is_some()) else {
                continue;
            };
            let preflight = &waiting.exchange;
            if let Some(answer) = &preflight.response {
                let at = preflight.ended().unwrap_or(preflight.started);
                self.preflights.entry(waiting.key).keep(
                    preflight.locator,
                    answer,
                    with_credentials,
                    at,
                    browser,
                );
            }
        }
    }

    fn stored(&self, exchange: &Exchange, client: ClientId) -> Option<StoredCopy> {
        exchange.observed.as_ref()?;
        self.copies
            .find(url_key(client, exchange.url()))?
            .iter()
            .rev()
            .find(|copy| copy.started <= exchange.started && copy.locator != exchange.locator)
            .cloned()
    }
}

/// The key of a client's host, whatever the scheme and port.
fn host_key(client: ClientId, url: &str) -> u64 {
    let host = url
        .split_once("://")
        .and_then(|(_, rest)| rest.split(['/', '?', '#', ':']).next())
        .unwrap_or_default();
    url_key(client, host)
}

fn stored_copy(exchange: &Exchange) -> Option<StoredCopy> {
    let answer = exchange.response.as_ref()?;
    let fields = &answer.fields;
    let cache_control = fields.combined("cache-control");
    let has_any = |names: &[&str]| names.iter().any(|name| fields.has(name));
    let is_storable = match answer.status {
        // What has moved for good, or is gone, is kept without being asked (RFC 9111 §4.2.2).
        300 | 301 | 308 | 410 => true,
        200 | 203 | 204 | 404 => has_any(&["cache-control", "etag", "last-modified", "expires"]),
        // The others need to be told for how long.
        206 | 304 => false,
        _ => {
            fields.has("expires")
                || cache_control
                    .as_ref()
                    .is_some_and(|value| value.contains("max-age"))
        }
    };
    let is_forbidden = cache_control
        .as_ref()
        .is_some_and(|value| value.contains("no-store"));
    (is_storable && !is_forbidden).then(|| StoredCopy {
        locator: exchange.locator,
        started: exchange.started,
        status: answer.status,
        allow_origin: fields
            .combined("access-control-allow-origin")
            .map(|value| value.as_ref().into()),
        cache_control: cache_control.map(|value| value.as_ref().into()),
        varies_by_origin: fields
            .all("vary")
            .flat_map(list::elements)
            .any(|name| name == "*" || name.eq_ignore_ascii_case("origin")),
        with_origin: exchange.request_field("origin").is_some(),
    })
}

fn members<'a>(batch: &'a [Waiting], units: &'a [&Unit]) -> impl Iterator<Item = &'a Waiting> {
    units
        .iter()
        .flat_map(|unit| unit.preflights.iter().chain(&unit.actual))
        .filter_map(|index| batch.get(*index))
}

fn role_alone(waiting: &Waiting) -> Role {
    match waiting.class {
        Class::Plain(role) => role,
        Class::Preflight => Role::Preflight,
        Class::Cors(_) => Role::NoCors,
        Class::Stub => match classify::initiator(&waiting.exchange) {
            Some("xhr" | "eventsource" | "font") => Role::Actual,
            _ => Role::NoCors,
        },
    }
}

/// How sure it is that the chain is CORS; `None` when nothing says so.
fn mode(batch: &[Waiting], units: &[&Unit]) -> Option<CorsMode> {
    let refused = units
        .last()
        .and_then(|unit| batch.get(unit.actual?))
        .filter(|waiting| classify::is_refused_redirect(&waiting.exchange));
    members(batch, units)
        .filter_map(|waiting| match waiting.class {
            Class::Preflight => Some(CorsMode::Proven),
            // Nothing but CORS makes a browser refuse an answer that is there.
            Class::Cors(CorsMode::Unclear)
                if classify::fate(&waiting.exchange) == Fate::Refused =>
            {
                Some(CorsMode::Likely)
            }
            Class::Cors(mode) => Some(mode),
            Class::Stub if classify::is_refused_stub(&waiting.exchange) => Some(CorsMode::Likely),
            Class::Stub | Class::Plain(_) => None,
        })
        .max()
        .or(refused.map(|_| CorsMode::Likely))
        .or_else(|| {
            let last = batch.get(units.last()?.actual?)?;
            classify::is_redirect_with_userinfo(&last.exchange).then_some(CorsMode::Unclear)
        })
}

/// The best statement about the page's origin in the chain. `null` on a later hop may be taint, so earlier hops win.
fn page(batch: &[Waiting], units: &[&Unit]) -> PageOrigin {
    let mut best = StatedOrigin::UNKNOWN;
    for waiting in members(batch, units) {
        let mut own = classify::page_origin(&waiting.exchange);
        if waiting.class == Class::Preflight && own.learnt == OriginSource::OriginField {
            own.learnt = OriginSource::PreflightField;
        }
        let is_late_null = *own.text == *origin::NULL && best.learnt != OriginSource::Unknown;
        if own.learnt < best.learnt && !is_late_null {
            best = own;
        }
    }
    best.keep()
}

/// The hops, each with the origin that its answer must allow.
fn hops(batch: &[Waiting], units: &[&Unit], page: &PageOrigin) -> Vec<Hop> {
    let mut hops: Vec<Hop> = Vec::with_capacity(units.len());
    let mut expected = Arc::clone(&page.text);
    let mut checked = false;
    for unit in units {
        let get = |index: &usize| {
            batch
                .get(*index)
                .map(|waiting| Arc::clone(&waiting.exchange))
        };
        let actual = unit.actual.as_ref().and_then(get);
        let preflights: Vec<_> = unit.preflights.iter().filter_map(get).collect();
        let is_plain = unit
            .actual
            .and_then(|index| batch.get(index))
            .is_some_and(|waiting| matches!(waiting.class, Class::Plain(_)));
        checked |= !is_plain || !preflights.is_empty();
        let is_first = hops.is_empty();
        let stated = actual
            .as_ref()
            .and_then(|exchange| exchange.request_field("origin"))
            // Firefox announces the page's origin in a preflight that it judges by `null`.
            .or_else(|| {
                preflights
                    .last()
                    .filter(|_| is_first || *expected != *origin::NULL)?
                    .request_field("origin")
            });
        let origin = match stated {
            Some(stated) if *stated != *expected => stated.into(),
            _ => Arc::clone(&expected),
        };
        let hop = Hop {
            preflights,
            cached_preflight: None,
            actual,
            origin: origin.clone(),
            checked,
        };
        expected = next_origin(&hop, &origin);
        hops.push(hop);
    }
    hops
}

fn next_origin(hop: &Hop, origin: &Arc<str>) -> Arc<str> {
    let target = hop.actual.as_ref().and_then(|exchange| {
        let location = exchange.response_field("location")?;
        origin::resolve(exchange.url(), location)
    });
    match target {
        Some(target) => redirect::origin_after(origin, hop.url(), &target)
            .as_ref()
            .into(),
        None => Arc::clone(origin),
    }
}

/// The strongest statement of all exchanges; a preflight with its actual request proves a browser.
fn enforcement(batch: &[Waiting], units: &[&Unit]) -> Enforcement {
    let is_paired = units
        .iter()
        .any(|unit| !unit.preflights.is_empty() && unit.actual.is_some());
    let rank = |enforcement: &Enforcement| match enforcement {
        Enforcement::NonBrowser => 3,
        Enforcement::BrowserProven => 2,
        Enforcement::BrowserLikely => 1,
        Enforcement::Unknown => 0,
    };
    members(batch, units)
        .map(|waiting| client::enforcement(&waiting.exchange, waiting.agent, is_paired))
        .max_by_key(rank)
        .unwrap_or(Enforcement::Unknown)
}

/// Whether the recorder shows that it was no CORS request after all: the answer reached the page although it allows
/// nobody. Forms, beacons and `no-cors` requests look the same otherwise.
fn is_contradicted(fetch: &CorsFetch) -> bool {
    let was_let_through = fetch.fate == Fate::Delivered || fetch.fate == Fate::Aborted;
    fetch.mode < CorsMode::Proven
        && was_let_through
        && fetch
            .failure(false, fetch.browser.unwrap_or(Browser::Chromium))
            .is_some()
}

/// Whether a refused redirect of the page's own server is no CORS failure after all.
fn is_plain(fetch: &CorsFetch) -> bool {
    let browser = fetch.browser.unwrap_or(Browser::Chromium);
    fetch.hops.iter().all(|hop| !hop.checked) && fetch.failure(false, browser).is_none()
}

fn needs_preflight(actual: &Exchange) -> bool {
    let has_unsafe_type = actual
        .request_field("content-type")
        .is_some_and(|value| !safelist::is_safe_content_type(value));
    !safelist::is_safe_method(actual.method())
        || has_unsafe_type
        || actual.request.as_ref().is_some_and(|request| {
            request.fields.iter().any(|(name, _)| {
                name.eq_ignore_ascii_case("authorization")
                    || name
                        .get(..2)
                        .is_some_and(|start| start.eq_ignore_ascii_case("x-"))
            })
        })
}

/// A table with a bound: the key that came first makes room.
#[derive(Debug)]
struct Bounded<T> {
    table: HashMap<u64, T>,
    order: VecDeque<u64>,
}

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Self {
            table: HashMap::new(),
            order: VecDeque::new(),
        }
    }
}

impl<T: Default> Bounded<T> {
    fn entry(&mut self, key: u64) -> &mut T {
        if !self.table.contains_key(&key) {
            if self.order.len() >= MEMORY
                && let Some(oldest) = self.order.pop_front()
            {
                self.table.remove(&oldest);
            }
            self.order.push_back(key);
        }
        self.table.entry(key).or_default()
    }

    fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    fn find(&self, key: u64) -> Option<&T> {
        self.table.get(&key)
    }
}
