//! TLS connections that stayed closed, by server name: a few names in the end, the same however the work was shared.

use std::collections::{BTreeMap, BTreeSet};

/// Closed connections by server and reason.
#[derive(Debug, Default)]
pub(super) struct ClosedServers {
    counts: BTreeMap<Option<Box<str>>, BTreeMap<String, u64>>,
}

/// Names that are told apart while a capture is read; hostile ones beyond count as servers without a name.
const MOST_NAMES: usize = 16 << 10;
/// Servers that are named in the end: those with most connections.
const TOLD: usize = 64;

impl ClosedServers {
    /// A connection to `server` stayed closed.
    pub(super) fn add(&mut self, server: Option<&str>, why: String) {
        self.put(server.map(Into::into), why, 1);
    }

    /// Adds what another shard counted.
    pub(super) fn join(&mut self, other: &Self) {
        for (server, reasons) in &other.counts {
            for (why, count) in reasons {
                self.put(server.clone(), why.clone(), *count);
            }
        }
    }

    /// A sentence for each server and reason, with its count.
    pub(super) fn sentences(&self) -> BTreeMap<String, u64> {
        let named = self.counts.iter();
        let named = named.filter_map(|(name, reasons)| Some((name.as_ref()?, reasons)));
        let mut ranked: Vec<(u64, &Box<str>)> = named
            .map(|(name, reasons)| (reasons.values().sum(), name))
            .collect();
        ranked.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        let told: BTreeSet<_> = ranked
            .into_iter()
            .take(TOLD)
            .map(|(_, name)| name)
            .collect();
        let mut sentences = BTreeMap::new();
        for (server, reasons) in &self.counts {
            let name = match server {
                Some(name) if told.contains(name) => name,
                Some(_) => "another server",
                None => "a server without a name",
            };
            for (why, count) in reasons {
                *sentences
                    .entry(format!("TLS to {name}: {why}"))
                    .or_default() += count;
            }
        }
        sentences
    }

    fn put(&mut self, server: Option<Box<str>>, why: String, count: u64) {
        let has_room = self.counts.len() < MOST_NAMES || self.counts.contains_key(&server);
        let reasons = self.counts.entry(server.filter(|_| has_room)).or_default();
        *reasons.entry(why).or_default() += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_servers_are_named_whoever_counted_them() {
        let mut shards = [ClosedServers::default(), ClosedServers::default()];
        for number in 0..100usize {
            for _ in 0..=number {
                shards[number % 2].add(Some(&format!("{number:03}.test")), "no keys".to_owned());
            }
        }
        shards[0].add(None, "no keys".to_owned());
        let mut all = ClosedServers::default();
        shards.iter().rev().for_each(|shard| all.join(shard));
        let sentences = all.sentences();
        assert_eq!(sentences.len(), TOLD + 2);
        assert_eq!(sentences["TLS to 099.test: no keys"], 100);
        assert_eq!(
            sentences["TLS to another server: no keys"],
            (1..=36).sum::<u64>()
        );
        assert_eq!(sentences["TLS to a server without a name: no keys"], 1);
    }
}
