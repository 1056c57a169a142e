//! Joins exchanges to transactions, in the order of time, within a window.
//!
//! Exchanges wait until the watermark (the latest start seen) has moved on; then everything that started long enough ago
//! is decided in one go: hops by `matching`, redirects by `chain`, the rest by `assemble`.

use super::agent::Agents;
use super::assemble::Assembly;
use super::chain::Chains;
use super::classify::{self, Class};
use super::matching::{self, Unit, Waiting};
use super::{CorsFetch, Role, chain, client, key};
use crate::caveat::CaveatKind;
use crate::fetch::{origin, redirect};
use crate::http::{Exchange, Locator};
use crate::limits::Limits;
use crate::time::Timestamp;
use hashbrown::HashMap;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// Pairs preflights with actual requests and redirects with their targets.
///
/// Every exchange that is pushed comes out exactly once, in [`Decided::Fetch`] or [`Decided::Other`]. Fetches come in
/// the order of their start, unless an exchange is pushed later than the window allows.
#[derive(Debug)]
pub struct Pairing {
    window: Duration,
    patience: Duration,
    bucket: usize,
    total: usize,
    most_bytes: usize,
    early_bytes: usize,
    /// At how many bytes complete transactions are decided next.
    early: usize,
    joined: bool,
    watermark: Option<Timestamp>,
    /// The watermark at which the next batch is decided.
    due: Option<Timestamp>,
    settled: Timestamp,
    waiting: Vec<Waiting>,
    /// Memory of the waiting exchanges.
    bytes: usize,
    /// Waiting exchanges by client and URL.
    buckets: HashMap<u64, usize>,
    agents: Agents,
    assembly: Assembly,
    /// What was decided last and is not assembled yet.
    decided: Option<Batch>,
    ready: VecDeque<Decided>,
}

/// Exchanges whose chains are known. They are assembled one by one as they are polled: transactions are larger than what
/// they are made of, and best used while they are in the cache.
#[derive(Debug)]
struct Batch {
    waiting: Vec<Waiting>,
    units: Vec<Unit>,
    chains: Chains,
    /// First hops of the chains, in the order of their decision.
    heads: std::vec::IntoIter<usize>,
    is_forced: bool,
}

/// What became of pushed exchanges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// A cross-origin request in mode `cors`, whole.
    Fetch(Box<CorsFetch>),
    /// An exchange that is no part of one.
    Other {
        /// The exchange.
        exchange: Arc<Exchange>,
        /// The part it plays.
        role: Role,
    },
}

/// Why transactions are decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Haste {
    /// Their time has come.
    No,
    /// Room is needed: only those to which nothing can be added.
    Complete,
    /// Room is needed at any price.
    Forced,
}

/// Exchanges that may wait whatever their size.
const FEW: usize = 64;

impl Pairing {
    /// Bounded by `limits.pairing_window`, `limits.pairing_bucket`, `limits.pairing_total` and
    /// `limits.pairing_bytes`. Each input is apart.
    pub fn new(limits: &Limits) -> Self {
        Self {
            window: limits.pairing_window,
            patience: limits.live_patience,
            bucket: limits.pairing_bucket.max(2),
            total: limits.pairing_total.max(2),
            most_bytes: limits.pairing_bytes,
            early_bytes: limits.pairing_early,
            early: limits.pairing_early,
            joined: false,
            watermark: None,
            due: None,
            settled: Timestamp(i64::MIN),
            waiting: Vec::new(),
            bytes: 0,
            buckets: HashMap::new(),
            agents: Agents::default(),
            assembly: Assembly::default(),
            decided: None,
            ready: VecDeque::new(),
        }
    }

    /// The same for captures that are parts of one: a client is the same across inputs.
    pub fn joined(limits: &Limits) -> Self {
        Self {
            joined: true,
            ..Self::new(limits)
        }
    }

    /// Takes one exchange. The order should be roughly that of time; what comes late may stay alone.
    ///
    /// Cheapest when everything that [`has_decided`](Self::has_decided) has been polled before.
    pub fn push(&mut self, exchange: Arc<Exchange>) {
        self.assemble_all();
        let class = classify::classify(&exchange);
        let agent = self.agents.of(&exchange);
        let client = client::identity(&exchange, agent, self.joined);
        self.assembly.remember(&exchange, client);
        if let Class::Plain(role) = class
            && !may_lead_on(&exchange, role)
        {
            self.ready.push_back(Decided::Other { exchange, role });
            return;
        }
        let at = match exchange.caveats.contains(CaveatKind::TimeUnknown) {
            true => self.watermark.unwrap_or(exchange.started),
            false => exchange.started,
        };
        let key = url_key(client, exchange.url());
        let count = self.buckets.entry(key).or_default();
        *count += 1;
        let is_bucket_full = *count >= self.bucket;
        self.bytes = self.bytes.saturating_add(exchange.memory());
        let is_wire = matches!(exchange.locator, Locator::Pcap { .. });
        self.waiting.push(Waiting {
            exchange,
            class,
            agent,
            client,
            key,
            at,
        });
        self.advance(at);
        let is_full = self.waiting.len() >= self.total
            || (self.bytes >= self.most_bytes && self.waiting.len() > FEW);
        if is_bucket_full || is_full {
            self.make_room();
        } else if is_wire && self.bytes >= self.early {
            self.decide(Some(self.late()), Haste::Complete);
        }
    }

    /// The next decision, if one is ready.
    pub fn poll(&mut self) -> Option<Decided> {
        while self.ready.is_empty() && self.assemble_next() {}
        self.ready.pop_front()
    }

    /// Whether transactions have been decided since the last poll that gave nothing.
    pub fn has_decided(&self) -> bool {
        self.decided.is_some()
    }

    /// A live input has reached this time: what began a live patience before is decided, though nothing follows it yet.
    pub fn reached(&mut self, now: Timestamp) {
        let patience = i64::try_from(self.patience.as_nanos()).unwrap_or(i64::MAX);
        let cut = Timestamp(now.0.saturating_sub(patience));
        if self.waiting.iter().any(|waiting| waiting.at < cut) {
            self.decide(Some(cut), Haste::No);
        }
        self.settled = self.settled.max(cut);
    }

    /// The end of the input: everything that still waits is decided and can be polled.
    pub fn finish(&mut self) {
        self.decide(None, Haste::No);
        self.settled = Timestamp(i64::MAX);
        self.watermark = None;
        self.due = None;
    }

    /// Transactions that began before this are decided, as far as their exchanges have been pushed.
    pub fn settled(&self) -> Timestamp {
        self.settled
    }

    /// Exchanges that wait for their partners.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Moves the watermark, and decides what is old enough: at least half a window behind it.
    fn advance(&mut self, at: Timestamp) {
        let half = self.window / 2;
        let watermark = self.watermark.map_or(at, |own| own.max(at));
        self.watermark = Some(watermark);
        let due = *self.due.get_or_insert(watermark.after(self.window));
        if watermark >= due {
            let cut = Timestamp(
                watermark
                    .0
                    .saturating_sub(i64::try_from(half.as_nanos()).unwrap_or(i64::MAX)),
            );
            self.decide(Some(cut), Haste::No);
            self.due = Some(watermark.after(half));
        }
    }

    /// A limit is reached: what is complete is decided; if that does not help, the older half as it stands.
    fn make_room(&mut self) {
        let before = self.waiting.len();
        let is_enough = |now: usize| now <= before - before / 4;
        let half = self.time_at(before / 2);
        self.decide(Some(self.late()), Haste::Complete);
        if !is_enough(self.waiting.len()) {
            self.decide(Some(half), Haste::Forced);
        }
        if !is_enough(self.waiting.len()) && self.waiting.len() > before / 2 + 1 {
            // Everything at the same time: there is no half.
            self.decide(None, Haste::Forced);
        }
    }

    /// From when on even what is complete waits: an eighth of all, whose partners may be about to come.
    fn late(&self) -> Timestamp {
        self.time_at(self.waiting.len() - self.waiting.len() / 8)
    }

    /// When the exchange at this rank began, among those that wait.
    fn time_at(&self, rank: usize) -> Timestamp {
        let mut times: Vec<Timestamp> = self.waiting.iter().map(|waiting| waiting.at).collect();
        match rank < times.len() {
            true => *times.select_nth_unstable(rank).1,
            false => Timestamp(i64::MAX),
        }
    }

    /// Decides every transaction that began before `cut` (all without one).
    fn decide(&mut self, cut: Option<Timestamp>, haste: Haste) {
        self.assemble_all();
        let mut batch = std::mem::take(&mut self.waiting);
        batch.sort_by_cached_key(|waiting| {
            (
                waiting.at,
                waiting.exchange.source,
                ordinal(&waiting.exchange.locator),
            )
        });
        let units = matching::units(&batch, self.window);
        let mut stays = vec![false; batch.len()];
        let mut chains = Chains::of(&batch, &units);
        let mut heads = std::mem::take(&mut chains.heads);
        if let Some(cut) = cut {
            heads.retain(|head| {
                let hops = || chains.hops(*head).filter_map(|index| units.get(index));
                let is_old = hops()
                    .next()
                    .is_none_or(|unit| chain::start(&batch, unit) < cut);
                let may_grow = haste == Haste::Complete
                    && !hops().last().is_some_and(|unit| is_complete(&batch, unit));
                let is_due = is_old && !may_grow;
                if !is_due {
                    for index in hops().flat_map(Unit::members) {
                        if let Some(flag) = stays.get_mut(index) {
                            *flag = true;
                        }
                    }
                }
                is_due
            });
        }
        if let Some(cut) = cut.filter(|_| haste != Haste::Complete) {
            self.settled = self.settled.max(cut);
        }
        self.buckets.clear();
        self.bytes = 0;
        for (waiting, _) in batch.iter().zip(&stays).filter(|(_, stays)| **stays) {
            *self.buckets.entry(waiting.key).or_default() += 1;
            self.bytes = self.bytes.saturating_add(waiting.exchange.memory());
            self.waiting.push(waiting.clone());
        }
        self.early = self.bytes.saturating_add(self.early_bytes);
        self.decided = Some(Batch {
            waiting: batch,
            units,
            chains,
            heads: heads.into_iter(),
            is_forced: haste == Haste::Forced,
        });
    }

    fn assemble_all(&mut self) {
        while self.assemble_next() {}
    }

    /// Assembles one more chain; `false` when there is none.
    fn assemble_next(&mut self) -> bool {
        let Some(batch) = &mut self.decided else {
            return false;
        };
        let Some(head) = batch.heads.next() else {
            self.decided = None;
            return false;
        };
        let hops = batch.chains.hops(head);
        let hops: Vec<_> = hops.filter_map(|index| batch.units.get(index)).collect();
        self.assembly
            .assemble(&batch.waiting, &hops, batch.is_forced, &mut self.ready);
        true
    }
}

/// Whether nothing that comes later belongs before or behind this hop: on the wire preflights end before their request
/// starts, and it has an answer that leads nowhere else.
fn is_complete(batch: &[Waiting], unit: &Unit) -> bool {
    unit.actual
        .and_then(|index| batch.get(index))
        .is_some_and(|waiting| {
            let is_wire = matches!(waiting.exchange.locator, Locator::Pcap { .. });
            let status = waiting.exchange.status();
            is_wire && status.is_some_and(|status| !redirect::is_redirect_status(status))
        })
}

/// Whether a request outside of CORS may be redirected into it: a same-origin load that is sent to another origin.
fn may_lead_on(exchange: &Exchange, role: Role) -> bool {
    let is_redirected = exchange.status().is_some_and(redirect::is_redirect_status);
    is_redirected && matches!(role, Role::SameOrigin | Role::Other)
}

/// The key of a client's URL: fragment, userinfo and default port do not count.
pub(super) fn url_key(client: super::ClientId, url: &str) -> u64 {
    let url = origin::comparable(url);
    key([&client.0.to_le_bytes(), url.as_bytes()])
}

/// The place in the input, for exchanges of one time.
pub(super) fn ordinal(locator: &Locator) -> u64 {
    match locator {
        Locator::Har { entry } => *entry,
        Locator::Pcap {
            request_frame,
            response_frame,
            ..
        } => request_frame.or(*response_frame).unwrap_or_default(),
    }
}

#[cfg(test)]
#[path = "pairing_tests.rs"]
mod tests;
