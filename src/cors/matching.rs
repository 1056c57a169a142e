//! Which preflight belongs to which actual request, among the exchanges of one client and URL.
//!
//! On the wire a preflight ends before its actual request starts. In HAR files the order says little: today's browsers
//! list the actual request first, with the earlier time, and older ones the preflight; so there the nearest in time is
//! taken, and where the recorder marks preflights, as only today's do, rather one that was listed before.

use super::agent::Agent;
use super::classify::Class;
use super::{ClientId, OriginSource, classify};
use crate::caveat::CaveatKind;
use crate::fetch::list::{self, HeaderNames};
use crate::fetch::preflight::{Ask, check_preflight};
use crate::fetch::safelist;
use crate::fetch::{Browser, origin};
use crate::http::{Exchange, Locator};
use crate::time::Timestamp;
use hashbrown::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// An exchange that waits for its partners.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) exchange: Arc<Exchange>,
    pub(super) class: Class,
    pub(super) agent: Agent,
    pub(super) client: ClientId,
    /// Hash of client and comparable URL.
    pub(super) key: u64,
    pub(super) at: Timestamp,
}

/// One hop in the making: indices into the batch. At least one of the two is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) preflights: Vec<usize>,
    pub(super) actual: Option<usize>,
}

impl Unit {
    /// Indices of its exchanges.
    pub(super) fn members(&self) -> impl Iterator<Item = usize> {
        self.preflights.iter().chain(&self.actual).copied()
    }
}

/// Neighbours in time that are looked at on either side.
const NEIGHBOURS: usize = 64;
/// Clocks of a browser's processes differ by this much.
const SLACK: Duration = Duration::from_millis(50);
/// Times of one capture come from one clock.
const WIRE_SLACK: Duration = Duration::from_micros(50);
/// Longest time between tries of one preflight.
const RETRY_GAP: Duration = Duration::from_secs(10);

/// Forms the units of one batch, which is sorted by time, in the order of their first members. Every index stands in
/// exactly one unit.
pub(super) fn units(batch: &[Waiting], window: Duration) -> Vec<Unit> {
    let mut units: Vec<Unit> = batch.iter().map(|_| Unit::default()).collect();
    let mut place = |unit: Unit| {
        let first = unit.members().min().and_then(|first| units.get_mut(first));
        if let Some(slot) = first {
            *slot = unit;
        }
    };
    let alike = Alike::among(batch);
    let mut bucket = Vec::new();
    for first in 0..batch.len() {
        bucket.clear();
        bucket.extend(alike.starting_at(first));
        match *bucket {
            [] => {}
            // Most are alone, above all where every URL has a number in it.
            [index] => place(alone(batch, index)),
            _ => Bucket::new(batch, &bucket, window).pair(&mut place),
        }
    }
    units.retain(|unit| unit.members().next().is_some());
    units
}

/// Which members of a batch have the same key, as chains through it.
struct Alike {
    /// The next one with the same key, or nothing: its own index.
    next: Vec<usize>,
    is_first: Vec<bool>,
}

impl Alike {
    fn among(batch: &[Waiting]) -> Self {
        let mut next: Vec<usize> = (0..batch.len()).collect();
        let mut is_first = vec![false; batch.len()];
        let mut last: HashMap<u64, usize> = HashMap::with_capacity(batch.len());
        for (index, waiting) in batch.iter().enumerate() {
            let before = last.insert(waiting.key, index);
            match before.and_then(|before| next.get_mut(before)) {
                Some(link) => *link = index,
                None => {
                    if let Some(flag) = is_first.get_mut(index) {
                        *flag = true;
                    }
                }
            }
        }
        Self { next, is_first }
    }

    /// Those of which `first` is the first; none if it is not.
    fn starting_at(&self, first: usize) -> impl Iterator<Item = usize> {
        let is_first = self.is_first.get(first) == Some(&true);
        std::iter::successors(is_first.then_some(first), |index| {
            self.next.get(*index).copied().filter(|next| next > index)
        })
    }
}

fn alone(batch: &[Waiting], index: usize) -> Unit {
    let class = batch.get(index).map(|waiting| waiting.class);
    match class == Some(Class::Preflight) {
        true => Unit {
            preflights: vec![index],
            actual: None,
        },
        false => Unit {
            preflights: Vec::new(),
            actual: Some(index),
        },
    }
}

struct Bucket<'a> {
    batch: &'a [Waiting],
    tries: Vec<Vec<usize>>,
    actuals: Vec<usize>,
    plain: Vec<usize>,
    taken: Vec<bool>,
    window: Duration,
}

impl<'a> Bucket<'a> {
    fn new(batch: &'a [Waiting], bucket: &[usize], window: Duration) -> Self {
        let mut preflights = Vec::new();
        let mut actuals = Vec::new();
        let mut plain = Vec::new();
        for index in bucket {
            match batch.get(*index).map(|waiting| waiting.class) {
                Some(Class::Preflight) => preflights.push(*index),
                Some(Class::Cors(_) | Class::Stub) => actuals.push(*index),
                _ => plain.push(*index),
            }
        }
        let taken = vec![false; actuals.len()];
        Self {
            batch,
            tries: group_tries(batch, &preflights),
            actuals,
            plain,
            taken,
            window,
        }
    }

    fn pair(mut self, place: &mut dyn FnMut(Unit)) {
        let tries = std::mem::take(&mut self.tries);
        let mut chosen: Vec<Option<usize>> = vec![None; tries.len()];
        // Latest first on the wire: an actual request belongs to the last preflight before it.
        let mut indices: Vec<usize> = (0..tries.len()).collect();
        if self.is_wire() {
            indices.reverse();
        }
        // Who announced most is hardest to please and chooses first.
        if indices.len() > 1 {
            indices.sort_by_key(|index| std::cmp::Reverse(self.announced_by(tries.get(*index))));
        }
        for index in indices {
            if let (Some(group), Some(slot)) = (tries.get(index), chosen.get_mut(index)) {
                *slot = self.choose(group);
            }
        }
        for (preflights, actual) in tries.into_iter().zip(chosen) {
            place(Unit { preflights, actual });
        }
        let free = self
            .actuals
            .iter()
            .zip(&self.taken)
            .filter(|(_, taken)| !**taken);
        for index in free.map(|(index, _)| index).chain(&self.plain) {
            place(Unit {
                preflights: Vec::new(),
                actual: Some(*index),
            });
        }
    }

    /// How many headers a group of tries announced.
    fn announced_by(&self, group: Option<&Vec<usize>>) -> usize {
        let last = group.and_then(|group| self.batch.get(*group.last()?));
        last.map_or(0, |preflight| announced(&preflight.exchange).len())
    }

    fn is_wire(&self) -> bool {
        self.actuals
            .first()
            .and_then(|index| self.batch.get(*index))
            .is_some_and(|waiting| matches!(waiting.exchange.locator, Locator::Pcap { .. }))
    }

    fn choose(&mut self, group: &[usize]) -> Option<usize> {
        let preflight = self.batch.get(*group.last()?)?;
        let names = announced(&preflight.exchange);
        let passes = may_pass(&preflight.exchange, &names);
        let near = self.actuals.partition_point(|index| {
            self.batch
                .get(*index)
                .is_some_and(|waiting| waiting.at < preflight.at)
        });
        let first = near.saturating_sub(NEIGHBOURS);
        let last = near.saturating_add(NEIGHBOURS).min(self.actuals.len());
        let (_, slot) = (first..last)
            .filter(|slot| self.taken.get(*slot) == Some(&false))
            .filter_map(|slot| {
                let actual = self.batch.get(*self.actuals.get(slot)?)?;
                // A browser sends nothing after a failed preflight; its HAR still lists the request.
                let may_follow = passes || (!self.is_wire() && actual.exchange.response.is_none());
                may_follow
                    .then(|| self.cost(preflight, actual, &names))?
                    .map(|cost| (cost, slot))
            })
            .min()?;
        *self.taken.get_mut(slot)? = true;
        self.actuals.get(slot).copied()
    }

    /// What speaks against a pair, least first; `None` when it cannot be one.
    fn cost(
        &self,
        preflight: &Waiting,
        actual: &Waiting,
        names: &[Box<str>],
    ) -> Option<(bool, usize, bool, Duration)> {
        let asked = preflight
            .exchange
            .request_field("access-control-request-method")?;
        if asked != actual.exchange.method() || !agree_on_origin(preflight, actual) {
            return None;
        }
        let distance = match actual.exchange.locator {
            Locator::Pcap { .. } => {
                let end = preflight.exchange.ended().unwrap_or(preflight.at);
                if actual.at.after(WIRE_SLACK) < end {
                    return None;
                }
                actual.at.since(end)
            }
            Locator::Har { .. } => {
                let sent = actual.at.after(send_delay(&actual.exchange));
                if preflight.at > sent.after(SLACK)
                    && actual.exchange.response.is_some()
                    && has_send_time(&actual.exchange)
                {
                    return None;
                }
                match preflight.at < actual.at {
                    true => actual.at.since(preflight.at),
                    false => preflight.at.since(actual.at),
                }
            }
        };
        (distance <= self.window).then(|| {
            (
                lacks_announced(&actual.exchange, names),
                unannounced(&actual.exchange, names),
                is_listed_too_late(preflight, actual),
                distance,
            )
        })
    }
}

/// Whether the actual request follows a preflight in a recording that lists it first.
fn is_listed_too_late(preflight: &Waiting, actual: &Waiting) -> bool {
    let is_marked = preflight
        .exchange
        .observed
        .as_ref()
        .is_some_and(|observed| observed.marked_preflight);
    is_marked && actual.at > preflight.at
}

/// Joins tries of one preflight: an unanswered one and its repetition, or those that the recorder ties together.
fn group_tries(batch: &[Waiting], preflights: &[usize]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for index in preflights {
        let Some(waiting) = batch.get(*index) else {
            continue;
        };
        let joined = groups.iter_mut().rev().take(NEIGHBOURS).find(|group| {
            let last = group.last().and_then(|last| batch.get(*last));
            last.is_some_and(|last| is_retry(last, waiting, group.len()))
        });
        match joined {
            Some(group) => group.push(*index),
            None => groups.push(vec![*index]),
        }
    }
    groups
}

fn is_retry(earlier: &Waiting, later: &Waiting, tries: usize) -> bool {
    let id = |waiting: &Waiting| {
        waiting
            .exchange
            .observed
            .as_ref()
            .and_then(|observed| observed.initiator_request.clone())
    };
    if id(earlier).is_some() || id(later).is_some() {
        return id(earlier) == id(later);
    }
    let limit = match super::client::browser(&later.exchange, later.agent) {
        Some(Browser::Firefox) => 10,
        Some(Browser::WebKit) => 1,
        Some(Browser::Chromium) | None => 2,
    };
    let same = |name| earlier.exchange.request_field(name) == later.exchange.request_field(name);
    // After a 421 a browser tries again on a connection of its own (RFC 9110 §15.5.20).
    matches!(earlier.exchange.status(), None | Some(421))
        && tries < limit
        && same("access-control-request-method")
        && same("access-control-request-headers")
        && same("origin")
        && later.at.since(earlier.at) <= RETRY_GAP
}

/// Whether the actual request may have been sent after this preflight: it passes at least without credentials.
fn may_pass(preflight: &Exchange, headers: &[Box<str>]) -> bool {
    let Some(answer) = &preflight.response else {
        return false;
    };
    let page = preflight.request_field("origin").unwrap_or_default();
    let passes = |origin: &str| {
        let ask = Ask {
            origin,
            method: preflight
                .request_field("access-control-request-method")
                .unwrap_or_default(),
            headers,
            with_credentials: false,
        };
        check_preflight(answer, &ask, Browser::Chromium).is_ok()
    };
    // Where fields are missing in the recording, nothing speaks against it.
    preflight.caveats.contains(CaveatKind::IncompleteFields)
        || preflight.caveats.contains(CaveatKind::UnknownFieldTable)
        || passes(page)
        || passes(origin::NULL)
}

fn announced(preflight: &Exchange) -> HeaderNames {
    preflight
        .request
        .as_ref()
        .map(|request| list::request_headers(&request.fields))
        .unwrap_or_default()
}

fn agree_on_origin(preflight: &Waiting, actual: &Waiting) -> bool {
    let own = classify::page_origin(&actual.exchange);
    match preflight.exchange.request_field("origin") {
        // After a redirect browsers may send the page's origin with the one and `null` with the other.
        Some(origin) if own.learnt == OriginSource::OriginField => {
            *own.text == *origin || *own.text == *self::origin::NULL
        }
        _ => true,
    }
}

fn send_delay(actual: &Exchange) -> Duration {
    actual
        .observed
        .as_ref()
        .map_or(Duration::ZERO, |observed| observed.send_delay)
}

/// Whether the time of sending is known: Firefox does not count the wait for a preflight.
fn has_send_time(actual: &Exchange) -> bool {
    actual.observed.as_ref().is_some_and(|observed| {
        observed.recorder == crate::http::Recorder::Chromium && observed.send_delay > Duration::ZERO
    })
}

/// Whether the actual request lacks a header that the preflight announced and that nobody may have removed.
fn lacks_announced(actual: &Exchange, names: &[Box<str>]) -> bool {
    let Some(request) = &actual.request else {
        return false;
    };
    let is_sanitized = actual
        .caveats
        .contains(CaveatKind::ExporterRemovesCredentials);
    names.iter().any(|name| {
        let is_tolerated = match &**name {
            "authorization" => is_sanitized,
            "cache-control" | "pragma" | "range" => true,
            name => name.starts_with("if-"),
        };
        !is_tolerated && !request.fields.has(name)
    })
}

/// How many headers the actual request carries that its preflight should have announced and did not.
///
/// Only provisional fields tell: they are the script's. To a request that was sent, browser and proxies add some that
/// look alike.
fn unannounced(actual: &Exchange, names: &[Box<str>]) -> usize {
    let is_provisional = actual.caveats.contains(CaveatKind::ProvisionalFields);
    let Some(request) = actual.request.as_ref().filter(|_| is_provisional) else {
        return 0;
    };
    let unsafe_names = safelist::unsafe_names(&request.fields, Browser::Chromium);
    unsafe_names
        .iter()
        .filter(|name| !names.iter().any(|known| **known == ***name))
        .count()
}
