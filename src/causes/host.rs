//! Counters of one host: what it allows, how it answers, what its preflights cost.

use super::observation::Observation;
use super::sketch::Sketch;
use super::tally::{Side, Span, Statuses, Tally};
use crate::cors::key;
use crate::http::Exchange;
use crate::time::Timestamp;
use hashbrown::HashSet;
use std::collections::BTreeMap;
use std::time::Duration;

/// Everything known about one scheme, host and port.
#[derive(Debug)]
pub(super) struct Host {
    /// Serialised origin: `https://api.example.com`.
    pub(super) name: Box<str>,
    pub(super) index: u32,
    /// Routes by path template: of `GET` and `HEAD`, and of all other methods.
    pub(super) routes: [BTreeMap<Box<str>, u32>; 2],
    /// All transactions.
    pub(super) seen: Span,
    /// By requesting origin.
    pub(super) origins: Tally<64>,
    /// Values of `Access-Control-Allow-Origin`, counted as passed when the request came from that origin.
    pub(super) allowed: Tally<32>,
    /// Final answers of actual requests.
    pub(super) answers: Statuses,
    /// Answers of preflights; `with` are those that pass.
    pub(super) preflights: Statuses,
    pub(super) preflight_times: Sketch,
    pub(super) actual_times: Sketch,
    /// Time that preflights spent on connecting.
    pub(super) preflight_connect: Duration,
    /// Preflights that repeat an earlier one of the same client, URL, method and headers within ten minutes.
    pub(super) repeated: u64,
    /// Preflights of URLs that were not seen before.
    pub(super) fresh: u64,
    recent: BTreeMap<u64, Timestamp>,
    /// Values of `Access-Control-Max-Age` of passing preflights; empty text when it is absent.
    pub(super) max_ages: Tally<8>,
    /// Requests that tell caches to keep out, as browsers send with "disable cache".
    pub(super) no_cache: u64,
    /// Preflights allowed only by `*` that ask for `Authorization`: Chromium does not cache them.
    pub(super) starred_authorization: u64,
    minutes: BTreeMap<i64, u64>,
    /// Clients that asked with made-up origins, by number.
    pub(super) odd_clients: BTreeMap<u64, Tally<8>>,
    /// Origins of which it is known that nobody made them up.
    plain_origins: HashSet<u64>,
}

impl Host {
    pub(super) fn new(name: &str, index: u32) -> Self {
        Self {
            name: name.into(),
            index,
            routes: [BTreeMap::new(), BTreeMap::new()],
            seen: Span::default(),
            origins: Tally::default(),
            allowed: Tally::default(),
            answers: Statuses::default(),
            preflights: Statuses::default(),
            preflight_times: Sketch::default(),
            actual_times: Sketch::default(),
            preflight_connect: Duration::ZERO,
            repeated: 0,
            fresh: 0,
            recent: BTreeMap::new(),
            max_ages: Tally::default(),
            no_cache: 0,
            starred_authorization: 0,
            minutes: BTreeMap::new(),
            odd_clients: BTreeMap::new(),
            plain_origins: HashSet::new(),
        }
    }

    pub(super) fn fold(&mut self, seen: &Observation<'_>) {
        self.seen.add(seen.time);
        self.fold_minute(seen.time);
        if let Some(side) = seen.side {
            self.origins.add(seen.origin, side, seen.time);
        }
        if let Some(preflight) = seen.preflight {
            self.fold_preflight(seen, preflight);
        }
        if let Some(status) = seen.actual_answer.status {
            // An answer from the browser's cache and a bare revalidation say nothing about the server.
            if status != 304 {
                self.answers
                    .add(status, seen.actual_answer.allow_origin.is_some());
            }
            if let Some(value) = seen.actual_answer.allow_origin {
                let side = match value == seen.origin {
                    true => Side::Passed,
                    false => Side::Failed,
                };
                self.allowed.add(value, side, seen.time);
            }
        }
        if let Some(duration) = seen.actual.and_then(|actual| actual.duration) {
            self.actual_times.add(duration);
        }
        if seen.actual_asked.no_cache {
            self.no_cache = self.no_cache.saturating_add(1);
        }
        self.fold_odd(seen);
    }

    fn fold_preflight(&mut self, seen: &Observation<'_>, preflight: &Exchange) {
        let answer = &seen.preflight_answer;
        let passed = seen.preflight_passed();
        if let Some(status) = answer.status {
            self.preflights.add(status, passed);
        }
        // Without an answer it is no cost of a preflight, but a fault of the network.
        if let Some(duration) = preflight.duration.filter(|_| answer.status.is_some()) {
            self.preflight_times.add(duration);
        }
        let connect = preflight
            .observed
            .as_deref()
            .and_then(|observed| observed.connect);
        self.preflight_connect = self
            .preflight_connect
            .saturating_add(connect.unwrap_or_default());
        if passed {
            let max_age = answer.max_age.unwrap_or_default();
            self.max_ages.add(max_age, Side::Passed, seen.time);
            let is_starred = answer
                .allow_headers
                .is_some_and(|value| value.trim() == "*");
            if is_starred && seen.preflight_asked.asks_authorization() {
                self.starred_authorization = self.starred_authorization.saturating_add(1);
            }
        }
        self.fold_repetition(seen);
    }

    /// Whether the browser could have spared this preflight, had the server allowed to keep the last one.
    fn fold_repetition(&mut self, seen: &Observation<'_>) {
        let client = seen.fetch.map_or(0, |fetch| fetch.client.0);
        let asked = seen.preflight_asked.request_headers.unwrap_or_default();
        let [origin, url, method, asked] =
            [seen.origin, seen.url, seen.method, asked].map(str::as_bytes);
        let key = key([origin, url, method, asked, &client.to_le_bytes()]);
        match self.recent.get_mut(&key) {
            Some(last) => {
                if seen.time.since(*last) <= KEEPABLE {
                    self.repeated = self.repeated.saturating_add(1);
                }
                *last = seen.time.max(*last);
            }
            None => {
                self.fresh = self.fresh.saturating_add(1);
                if self.recent.len() < RECENT {
                    self.recent.insert(key, seen.time);
                }
            }
        }
    }

    fn fold_minute(&mut self, at: Timestamp) {
        let minute = at.0.div_euclid(60_000_000_000);
        if let Some(count) = self.minutes.get_mut(&minute) {
            *count = count.saturating_add(1);
            return;
        }
        if self.minutes.len() >= MINUTES {
            // The quietest minute makes room: only the busiest are of interest.
            let quietest = self.minutes.iter().min_by_key(|(_, count)| **count);
            if let Some(minute) = quietest.map(|(minute, _)| *minute) {
                self.minutes.remove(&minute);
            }
        }
        self.minutes.insert(minute, 1);
    }

    /// Requests in the busiest minute.
    pub(super) fn busiest_minute(&self) -> u64 {
        self.minutes.values().copied().max().unwrap_or(0)
    }

    fn fold_odd(&mut self, seen: &Observation<'_>) {
        let origin = key([seen.origin.as_bytes()]);
        if self.plain_origins.contains(&origin) {
            return;
        }
        if !super::fingerprints::is_odd_origin(seen.origin, &self.name) {
            if self.plain_origins.len() < PLAIN_ORIGINS {
                self.plain_origins.insert(origin);
            }
            return;
        }
        let client = seen.fetch.map_or(0, |fetch| fetch.client.0);
        if self.odd_clients.len() < ODD_CLIENTS || self.odd_clients.contains_key(&client) {
            let tally = self.odd_clients.entry(client).or_default();
            tally.add(seen.origin, seen.side.unwrap_or(Side::Failed), seen.time);
        }
    }

    /// Origins that got through, most often first; ties by name.
    pub(super) fn passing_origins(&self) -> Vec<&str> {
        let mut rows: Vec<_> = self
            .origins
            .rows()
            .iter()
            .filter(|row| row.passed.count > 0 && !row.text.is_empty())
            .collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.passed.count));
        rows.into_iter().map(|row| &*row.text).collect()
    }
}

/// Time for which a preflight's answer is worth keeping: what Safari keeps at most.
const KEEPABLE: Duration = Duration::from_secs(600);
/// Preflights that are remembered for telling repetitions.
const RECENT: usize = 256;
/// Minutes whose requests are counted.
const MINUTES: usize = 32;
/// Clients with made-up origins that are kept apart.
const ODD_CLIENTS: usize = 16;
/// Origins that are remembered as plain.
const PLAIN_ORIGINS: usize = 64;
