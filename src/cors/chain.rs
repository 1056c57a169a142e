//! Joins hops to redirect chains: by `Location`, method, origin and time.

use super::classify::Class;
use super::matching::{Unit, Waiting};
use super::pairing::url_key;
use super::{Fate, Role, classify};
use crate::fetch::{origin, redirect};
use crate::http::Exchange;
use crate::time::Timestamp;
use hashbrown::HashMap;
use std::time::Duration;

/// Longest time from a redirect's answer to the next hop.
const GAP: Duration = Duration::from_secs(10);
/// HAR files give starts and ends with different roundings.
const SLACK: Duration = Duration::from_millis(50);

/// Chains of units, each in the order of its hops. Every unit stands in exactly one chain.
pub(super) fn chains(batch: &[Waiting], units: &[Unit]) -> Vec<Vec<usize>> {
    let starts: Vec<Timestamp> = units.iter().map(|unit| start(batch, unit)).collect();
    let mut order: Vec<usize> = (0..units.len()).collect();
    // Of those that began at once, the one that stands first in the input.
    let place = |index: usize| units.get(index)?.members().min();
    order.sort_by_key(|index| (starts.get(*index).copied(), place(*index)));
    let mut ranks: Vec<usize> = vec![0; units.len()];
    for (rank, index) in order.iter().enumerate() {
        if let Some(slot) = ranks.get_mut(*index) {
            *slot = rank;
        }
    }

    let mut next: Vec<Option<usize>> = vec![None; units.len()];
    let mut has_previous = vec![false; units.len()];
    let mut by_url: Option<HashMap<u64, Vec<usize>>> = None;
    for index in &order {
        let Some(target) = units.get(*index).and_then(|unit| target(batch, unit)) else {
            continue;
        };
        // Redirects are rare: the table is made for the first one.
        let table = by_url.get_or_insert_with(|| index_by_url(batch, units, &order));
        // Only to what comes later, or a redirect to itself would close a circle.
        let candidates = table.get(&target.key).map_or(&[][..], Vec::as_slice);
        let first = candidates.partition_point(|other| ranks.get(*other) <= ranks.get(*index));
        let found = candidates.iter().skip(first).find(|other| {
            has_previous.get(**other) == Some(&false)
                && units.get(**other).is_some_and(|unit| {
                    let at = starts.get(**other).copied().unwrap_or_default();
                    target.leads_to(batch, unit, at)
                })
        });
        if let (Some(found), Some(slot)) = (found, next.get_mut(*index)) {
            *slot = Some(*found);
            if let Some(flag) = has_previous.get_mut(*found) {
                *flag = true;
            }
        }
    }
    collect(&order, &next, &has_previous)
}

fn collect(order: &[usize], next: &[Option<usize>], has_previous: &[bool]) -> Vec<Vec<usize>> {
    let mut chains = Vec::new();
    for head in order
        .iter()
        .filter(|index| has_previous.get(**index) == Some(&false))
    {
        let mut chain = vec![*head];
        let mut last = *head;
        // Links go forward in time, so there is no circle; the bound is for safety's sake.
        while let Some(Some(following)) = next.get(last)
            && chain.len() <= next.len()
        {
            chain.push(*following);
            last = *following;
        }
        chains.push(chain);
    }
    chains
}

/// When a unit's first message was sent.
pub(super) fn start(batch: &[Waiting], unit: &Unit) -> Timestamp {
    unit.preflights
        .iter()
        .chain(&unit.actual)
        .filter_map(|index| batch.get(*index))
        .map(|waiting| waiting.at)
        .min()
        .unwrap_or_default()
}

fn index_by_url(batch: &[Waiting], units: &[Unit], order: &[usize]) -> HashMap<u64, Vec<usize>> {
    let mut table: HashMap<u64, Vec<usize>> = HashMap::new();
    for index in order {
        let key = units.get(*index).and_then(|unit| {
            let member = unit.actual.or(unit.preflights.last().copied())?;
            Some(batch.get(member)?.key)
        });
        if let Some(key) = key {
            table.entry(key).or_default().push(*index);
        }
    }
    table
}

/// Where a redirect leads.
struct Target<'a> {
    from: &'a Waiting,
    key: u64,
    method: &'a str,
    /// The answer's earliest possible end.
    after: Timestamp,
}

fn target<'a>(batch: &'a [Waiting], unit: &Unit) -> Option<Target<'a>> {
    let from = batch.get(unit.actual?)?;
    if matches!(
        from.class,
        Class::Plain(Role::Navigation | Role::WebSocket | Role::NoCors)
    ) {
        return None;
    }
    let exchange = &from.exchange;
    // What comes after a redirect that the browser did not follow is another request.
    if matches!(
        classify::fate(exchange),
        Fate::Refused | Fate::NetworkError(_)
    ) {
        return None;
    }
    let answer = exchange.response.as_ref()?;
    if !redirect::is_redirect_status(answer.status) {
        return None;
    }
    let location = answer.fields.first("location").or(exchange
        .observed
        .as_ref()
        .and_then(|observed| observed.redirect_url.as_deref()))?;
    let url = origin::resolve(exchange.url(), location)?;
    let is_har = exchange.observed.is_some();
    Some(Target {
        key: url_key(from.client, &url),
        method: redirect::method_after(answer.status, exchange.method()),
        // In HAR files a hop may start before the one before it has ended.
        after: match is_har {
            true => exchange.started,
            false => exchange.ended().unwrap_or(exchange.started),
        },
        from,
    })
}

impl Target<'_> {
    fn leads_to(&self, batch: &[Waiting], unit: &Unit, at: Timestamp) -> bool {
        let end = self.from.exchange.ended().unwrap_or(self.after);
        let is_in_time = at.after(SLACK) >= self.after && at <= end.after(GAP);
        let Some(member) = unit
            .actual
            .or(unit.preflights.last().copied())
            .and_then(|index| batch.get(index))
        else {
            return false;
        };
        let is_open = !matches!(
            member.class,
            Class::Plain(Role::Navigation | Role::WebSocket | Role::NoCors)
        );
        is_in_time
            && is_open
            && method(&member.exchange) == self.method
            && self.agrees_on_origin(member)
    }

    /// The next hop carries the same origin, or `null`, or none where it was never sent.
    fn agrees_on_origin(&self, next: &Waiting) -> bool {
        let own = classify::page_origin(&self.from.exchange);
        match next.exchange.request_field("origin") {
            None => true,
            Some(origin) => {
                *origin == *self::origin::NULL
                    || own.text.is_empty()
                    || *own.text == *origin
                    || origin::is_same(origin, self.from.exchange.url())
            }
        }
    }
}

fn method(exchange: &Exchange) -> &str {
    match classify::is_preflight(exchange) {
        true => exchange
            .request_field("access-control-request-method")
            .unwrap_or_default(),
        false => exchange.method(),
    }
}
