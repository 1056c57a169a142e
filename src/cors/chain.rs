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
#[derive(Debug)]
pub(super) struct Chains {
    /// First hops, in the order of time.
    pub(super) heads: Vec<usize>,
    /// The hop after each unit.
    next: Vec<Option<usize>>,
}

impl Chains {
    /// Joins units, which are in the order of their first members.
    pub(super) fn of(batch: &[Waiting], units: &[Unit]) -> Self {
        let mut next: Vec<Option<usize>> = vec![None; units.len()];
        let mut has_previous = vec![false; units.len()];
        let mut by_url: Option<HashMap<u64, Vec<usize>>> = None;
        for (index, unit) in units.iter().enumerate() {
            let Some(target) = target(batch, unit) else {
                continue;
            };
            // Redirects are rare: the table is made for the first one.
            let table = by_url.get_or_insert_with(|| index_by_url(batch, units));
            // Only to what comes later, or a redirect to itself would close a circle.
            let candidates = table.get(&target.key).map_or(&[][..], Vec::as_slice);
            let first = candidates.partition_point(|other| *other <= index);
            let found = candidates.iter().skip(first).find(|other| {
                has_previous.get(**other) == Some(&false)
                    && units
                        .get(**other)
                        .is_some_and(|unit| target.leads_to(batch, unit, start(batch, unit)))
            });
            if let (Some(found), Some(slot)) = (found, next.get_mut(index)) {
                *slot = Some(*found);
                if let Some(flag) = has_previous.get_mut(*found) {
                    *flag = true;
                }
            }
        }
        let heads = has_previous.iter().enumerate();
        let heads = heads.filter(|(_, has_previous)| !**has_previous);
        Self {
            heads: heads.map(|(index, _)| index).collect(),
            next,
        }
    }

    /// The hops of the chain that begins at `head`. Links go forward, so there is no circle.
    pub(super) fn hops(&self, head: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(head), |index| {
            let next = self.next.get(*index).copied().flatten();
            next.filter(|next| next > index)
        })
    }
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

fn index_by_url(batch: &[Waiting], units: &[Unit]) -> HashMap<u64, Vec<usize>> {
    let mut table: HashMap<u64, Vec<usize>> = HashMap::new();
    for (index, unit) in units.iter().enumerate() {
        let member = unit.actual.or(unit.preflights.last().copied());
        if let Some(waiting) = member.and_then(|member| batch.get(member)) {
            table.entry(waiting.key).or_default().push(index);
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
