//! What preflights cost, endpoint by endpoint, and how many of them a longer `Access-Control-Max-Age` would have spared.

use crate::cors::{Decided, Role};
use crate::fetch::{Browser, cache, origin};
use crate::finding::summary::{OTHER_ENDPOINTS, PreflightCost, Summary};
use crate::http::{Exchange, route};
use crate::limits::{PREFLIGHT_ENDPOINTS, PREFLIGHT_KEYS, PREFLIGHT_ROWS};
use crate::time::Timestamp;
use hashbrown::{DefaultHashBuilder, HashMap};
use std::cmp::Reverse;
use std::hash::{BuildHasher as _, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

/// Counts the preflights of a run.
#[derive(Debug, Default)]
pub(super) struct Preflights {
    hasher: DefaultHashBuilder,
    /// What a browser keeps one answer for, hashed → since when it could have had it, and its endpoint.
    known: HashMap<u64, (Timestamp, Option<usize>)>,
    endpoints: Vec<(String, PreflightCost)>,
    /// Endpoint → its place in `endpoints`.
    index: HashMap<String, usize>,
    /// Of endpoints beyond the limit.
    others: PreflightCost,
    /// An endpoint's name in the making.
    name: String,
}

impl Preflights {
    /// Takes the preflights of a transaction; transactions come in the order of time. Gives each one's duration to `time`.
    pub(super) fn observe(&mut self, decided: &Decided, mut time: impl FnMut(Duration)) {
        let mut take = |exchange: &Arc<Exchange>| {
            if let Some(took) = exchange.duration {
                time(took);
                self.add(exchange, took);
            }
        };
        match decided {
            Decided::Other {
                exchange,
                role: Role::Preflight,
            } => take(exchange),
            Decided::Other { .. } => {}
            Decided::Fetch(fetch) => {
                let hops = fetch.hops.iter();
                hops.flat_map(|hop| &hop.preflights).for_each(take);
            }
        }
    }

    /// Hands the endpoints over that cost most; the rest as one.
    pub(super) fn finish(mut self, summary: &mut Summary) {
        self.endpoints.sort_by(|(a, one), (b, other)| {
            (Reverse(one.total_us), a).cmp(&(Reverse(other.total_us), b))
        });
        for (row, (endpoint, cost)) in self.endpoints.into_iter().enumerate() {
            match row < PREFLIGHT_ROWS {
                true => {
                    summary.preflight_endpoints.insert(endpoint, cost);
                }
                false => self.others.add(cost),
            }
        }
        if self.others.count > 0 {
            let name = OTHER_ENDPOINTS.to_owned();
            summary.preflight_endpoints.insert(name, self.others);
        }
    }

    fn add(&mut self, exchange: &Exchange, took: Duration) {
        let Some(key) = self.key(exchange) else {
            return;
        };
        let started = exchange.started;
        let (since, endpoint) = match self.known.get(&key) {
            Some((since, endpoint)) => (Some(*since), *endpoint),
            None => (None, self.endpoint(exchange)),
        };
        let kept = i64::try_from(cache::cap(Browser::Chromium).as_nanos()).unwrap_or(i64::MAX);
        let is_repeated = since.is_some_and(|since| started.0.saturating_sub(since.0) <= kept);
        let is_ok = exchange
            .response
            .as_ref()
            .is_some_and(|response| (200..300).contains(&response.status));
        if is_ok && !is_repeated && (since.is_some() || self.known.len() < PREFLIGHT_KEYS) {
            self.known.insert(key, (started, endpoint));
        }
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let cost = match endpoint.and_then(|at| self.endpoints.get_mut(at)) {
            Some((_, cost)) => cost,
            None => &mut self.others,
        };
        cost.add(PreflightCost {
            count: 1,
            total_us: took,
            repeated: u64::from(is_repeated),
            repeated_us: if is_repeated { took } else { 0 },
        });
    }

    fn endpoint(&mut self, exchange: &Exchange) -> Option<usize> {
        let url = &exchange.request.as_ref()?.url;
        self.name.clear();
        self.name.push_str(&origin::of_url(url)?);
        route::push_template(url, &mut self.name);
        if let Some(at) = self.index.get(&self.name) {
            return Some(*at);
        }
        let at = self.endpoints.len();
        if at >= PREFLIGHT_ENDPOINTS {
            return None;
        }
        self.index.insert(self.name.clone(), at);
        self.endpoints
            .push((self.name.clone(), PreflightCost::default()));
        Some(at)
    }

    /// What an entry of the CORS-preflight cache is found by (Fetch `#concept-cache-match`), and whose cache it is.
    fn key(&self, exchange: &Exchange) -> Option<u64> {
        let request = exchange.request.as_ref()?;
        let mut hasher = self.hasher.build_hasher();
        exchange.source.hash(&mut hasher);
        exchange.client.map(|client| client.ip()).hash(&mut hasher);
        request.url.hash(&mut hasher);
        for name in [
            "origin",
            "access-control-request-method",
            "access-control-request-headers",
        ] {
            request.fields.first(name).hash(&mut hasher);
        }
        Some(hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caveat::CaveatSet;
    use crate::http::{Fields, Locator, Request, Response, SourceId, Version};

    fn costs(preflights: &[(&str, i64)]) -> Summary {
        let mut all = Preflights::default();
        for (url, second) in preflights {
            let mut exchange = Exchange {
                source: SourceId(0),
                locator: Locator::Har { entry: 0 },
                started: Timestamp(second * 1_000_000_000),
                duration: Some(Duration::from_millis(10)),
                client: None,
                server: None,
                request: None,
                response: None,
                observed: None,
                caveats: CaveatSet::default(),
            };
            exchange.request = Some(Request {
                method: "OPTIONS".into(),
                url: (*url).into(),
                version: Version::Unknown,
                fields: Fields::default(),
                body_size: 0,
            });
            exchange.response = Some(Response {
                status: 204,
                version: Version::Unknown,
                fields: Fields::default(),
                body_size: 0,
                body_head: "".into(),
                started: exchange.started,
            });
            let exchange = Arc::new(exchange);
            let role = Role::Preflight;
            all.observe(&Decided::Other { exchange, role }, |_| {});
        }
        let mut summary = Summary::default();
        all.finish(&mut summary);
        summary
    }

    #[test]
    fn what_a_browser_would_have_kept_for_two_hours_could_be_spared() {
        let url = "https://a.test/users/7";
        let summary = costs(&[
            (url, 0),
            (url, 60),
            (url, 7100),
            (url, 7300),
            ("https://a.test/users/8", 1),
        ]);
        let cost = summary.preflight_endpoints["https://a.test/users/{id}"];
        assert_eq!((cost.count, cost.total_us), (5, 50_000));
        assert_eq!((cost.repeated, cost.repeated_us), (2, 20_000));
    }

    #[test]
    fn above_the_limit_endpoints_share_a_row() {
        let urls: Vec<String> = (0..PREFLIGHT_ROWS + 2)
            .map(|n| format!("https://h{n}.test/"))
            .collect();
        let urls: Vec<(&str, i64)> = urls.iter().map(|url| (url.as_str(), 0)).collect();
        let summary = costs(&urls);
        assert_eq!(summary.preflight_endpoints.len(), PREFLIGHT_ROWS + 1);
        assert_eq!(summary.preflight_endpoints[OTHER_ENDPOINTS].count, 2);
    }
}
