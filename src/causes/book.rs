//! The book: everything that patterns know about a run, in bounded memory.
//!
//! Hosts hold routes; transactions are folded into counters of their host and route, failed ones into cells
//! ([`super::cell`]) as well. Sums, first and last times only: the order of transactions does not matter.

use super::cell::{Cell, CellKey};
use super::host::Host;
use super::observation::Observation;
use super::spelling::Spelling;
use super::tally::{Side, Span, Statuses, Tally};
use crate::cors::{CredentialsMode, Fnv, key};
use crate::finding::Finding;
use crate::http::route;
use crate::limits::Limits;
use hashbrown::HashMap;
use std::collections::BTreeMap;

/// Counters of all hosts and routes, and the failed transactions.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) hosts: Vec<Host>,
    pub(super) routes: Vec<Route>,
    pub(super) cells: Vec<Cell>,
    by_name: HashMap<Box<str>, u32>,
    /// Routes by host, class of methods and path template.
    by_template: HashMap<u64, u32>,
    by_key: BTreeMap<CellKey, u32>,
    most: usize,
    /// Transactions that are counted under another name than their own, or not at all, for want of room.
    pub(super) left_out: u64,
    template: String,
    spelling: Spelling,
}

/// One route of a host, for one class of methods.
#[derive(Debug, Default)]
pub(super) struct Route {
    /// Path template, `*` for the routes that found no room.
    pub(super) path: Box<str>,
    pub(super) total: u64,
    /// By requesting origin.
    pub(super) origins: Tally<16>,
    /// Final answers of actual requests.
    pub(super) answers: Statuses,
    /// Answers of preflights.
    pub(super) preflights: Statuses,
    /// By what may tell one machine from another.
    pub(super) marks: [Tally<12>; Mark::ALL.len()],
    /// Header names that preflights asked for.
    pub(super) asked: Tally<32>,
    pub(super) with_credentials: Sides,
    pub(super) without_credentials: Sides,
}

/// Passed and failed transactions.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sides {
    pub(super) passed: Span,
    pub(super) failed: Span,
}

/// What may tell one machine, edge or client from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// The address that answered.
    Address,
    /// `Server`.
    Server,
    /// `Via`.
    Via,
    /// `X-Served-By`.
    ServedBy,
    /// `X-Backend` and its like.
    Backend,
    /// The edge location of a CDN.
    Edge,
    /// Whether a shared cache held it.
    Cache,
    /// HTTP version.
    Version,
    /// Browser and version.
    Browser,
}

impl Mark {
    pub(super) const ALL: [Self; 9] = [
        Self::Address,
        Self::Server,
        Self::Via,
        Self::ServedBy,
        Self::Backend,
        Self::Edge,
        Self::Cache,
        Self::Version,
        Self::Browser,
    ];

    /// The field, or another name, for evidence.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Address => ":server-address",
            Self::Server => "server",
            Self::Via => "via",
            Self::ServedBy => "x-served-by",
            Self::Backend => "x-backend",
            Self::Edge => "edge location",
            Self::Cache => "cache state",
            Self::Version => ":version",
            Self::Browser => "user-agent",
        }
    }
}

impl Book {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            hosts: Vec::new(),
            routes: Vec::new(),
            cells: Vec::new(),
            by_name: HashMap::new(),
            by_template: HashMap::new(),
            by_key: BTreeMap::new(),
            most: limits.cause_groups.max(16),
            left_out: 0,
            template: String::new(),
            spelling: Spelling::default(),
        }
    }

    /// Folds one transaction in; `failure` is its most important failing finding.
    pub(super) fn fold(&mut self, seen: &Observation<'_>, failure: Option<&Finding>) {
        let host = self.host_of(seen);
        let route = self.route_of(host, seen);
        let (Some(host_book), Some(route_book)) = (
            self.hosts.get_mut(host as usize),
            self.routes.get_mut(route as usize),
        ) else {
            return;
        };
        host_book.fold(seen);
        route_book.fold(seen, &mut self.spelling);
        if let Some(failure) = failure {
            self.fold_failure(host, route, seen, failure);
        }
    }

    /// Keeps a finding that is no failure but that a pattern may explain.
    pub(super) fn fold_note(&mut self, seen: &Observation<'_>, finding: &Finding) {
        let host = self.host_of(seen);
        let route = self.route_of(host, seen);
        self.fold_failure(host, route, seen, finding);
    }

    fn fold_failure(&mut self, host: u32, route: u32, seen: &Observation<'_>, finding: &Finding) {
        let full = self.cells.len() >= self.most;
        let mut key = CellKey {
            route,
            fingerprint: number_of(&finding.fingerprint),
            preflight_status: seen.preflight_answer.status,
            actual_status: seen.actual_answer.status,
            signs: seen.signs(finding.phase),
            redirect: seen.redirect,
            fault: seen.net_fault(finding),
        };
        if full && !self.by_key.contains_key(&key) {
            self.left_out = self.left_out.saturating_add(1);
            key.fingerprint = 0;
            if self.cells.len() >= self.most.saturating_mul(2) && !self.by_key.contains_key(&key) {
                return;
            }
        }
        let next = u32::try_from(self.cells.len()).unwrap_or(u32::MAX);
        let index = *self.by_key.entry(key).or_insert(next);
        if index == next {
            self.cells.push(Cell::new(key, host, finding, seen));
        }
        if let Some(cell) = self.cells.get_mut(index as usize) {
            cell.add(finding, seen);
        }
    }

    fn host_of(&mut self, seen: &Observation<'_>) -> u32 {
        if let Some(index) = self.by_name.get(&*seen.host) {
            return *index;
        }
        let name = match self.hosts.len() >= self.most / 4 {
            true => OTHERS,
            false => &*seen.host,
        };
        if let Some(index) = self.by_name.get(name) {
            return *index;
        }
        let index = u32::try_from(self.hosts.len()).unwrap_or(u32::MAX);
        self.by_name.insert(name.into(), index);
        self.hosts.push(Host::new(name, index));
        index
    }

    fn route_of(&mut self, host: u32, seen: &Observation<'_>) -> u32 {
        route::write_template(seen.url, &mut self.template);
        let class = usize::from(!matches!(seen.method, "GET" | "HEAD"));
        let place = [host.to_le_bytes(), (class as u32).to_le_bytes()];
        let key = key([place.as_flattened(), self.template.as_bytes()]);
        if let Some(index) = self.by_template.get(&key) {
            return *index;
        }
        let Some(host) = self.hosts.get_mut(host as usize) else {
            return u32::MAX;
        };
        let Some(routes) = host.routes.get_mut(class) else {
            return u32::MAX;
        };
        let has_room = self.routes.len() < self.most;
        let path = match has_room {
            true => self.template.as_str(),
            false => OTHERS,
        };
        if !has_room {
            self.left_out = self.left_out.saturating_add(1);
            if let Some(index) = routes.get(path) {
                return *index;
            }
        }
        let index = u32::try_from(self.routes.len()).unwrap_or(u32::MAX);
        routes.insert(path.into(), index);
        self.routes.push(Route {
            path: path.into(),
            ..Route::default()
        });
        if has_room {
            self.by_template.insert(key, index);
        }
        index
    }

    pub(super) fn route(&self, index: u32) -> Option<&Route> {
        self.routes.get(index as usize)
    }
}

impl Route {
    fn fold(&mut self, seen: &Observation<'_>, spelling: &mut Spelling) {
        self.total = self.total.saturating_add(1);
        if let Some(status) = seen.preflight_answer.status {
            self.preflights.add(status, seen.preflight_passed());
        }
        if let Some(status) = seen.actual_answer.status {
            self.answers
                .add(status, seen.actual_answer.allow_origin.is_some());
        }
        let Some(side) = seen.side else {
            return;
        };
        self.origins.add(seen.origin, side, seen.time);
        for name in seen.preflight_asked.names() {
            self.asked.add(name, side, seen.time);
        }
        if let Some(fetch) = seen.fetch {
            let sides = match fetch.credentials.mode {
                CredentialsMode::Include => Some(&mut self.with_credentials),
                CredentialsMode::Omit => Some(&mut self.without_credentials),
                CredentialsMode::Unknown => None,
            };
            match (sides, side) {
                (Some(sides), Side::Passed) => sides.passed.add(seen.time),
                (Some(sides), Side::Failed) => sides.failed.add(seen.time),
                (None, _) => {}
            }
        }
        self.fold_marks(seen, side, spelling);
    }

    fn fold_marks(&mut self, seen: &Observation<'_>, side: Side, spelling: &mut Spelling) {
        let (exchange, answer) = match seen.actual_answer.status {
            Some(_) => (seen.actual, &seen.actual_answer),
            None => (seen.preflight, &seen.preflight_answer),
        };
        let Some(exchange) = exchange.filter(|_| answer.status.is_some()) else {
            return;
        };
        let mut put = |mark: Mark, text: Option<&str>| {
            if let (Some(text), Some(tally)) = (text, self.marks.get_mut(mark as usize)) {
                tally.add(text, side, seen.time);
            }
        };
        let address = exchange.server.map(|server| spelling.address(server.ip()));
        put(Mark::Address, address);
        put(Mark::Server, answer.server);
        put(Mark::Via, answer.via);
        put(Mark::ServedBy, answer.served_by);
        put(Mark::Backend, answer.backend);
        // `cf-ray: 8c1d…-AMS`: only the location repeats.
        put(
            Mark::Edge,
            answer
                .edge
                .map(|edge| edge.rsplit('-').next().unwrap_or(edge)),
        );
        put(
            Mark::Cache,
            answer.cache_hit().map(|hit| match hit {
                true => "hit",
                false => "miss",
            }),
        );
        put(
            Mark::Version,
            exchange
                .response
                .as_ref()
                .map(|response| response.version.name())
                .filter(|name| !name.is_empty()),
        );
        let agent = seen
            .actual_asked
            .user_agent
            .or(seen.preflight_asked.user_agent);
        put(Mark::Browser, agent.map(|agent| spelling.family(agent)));
    }

    pub(super) fn mark(&self, mark: Mark) -> &Tally<12> {
        // `marks` has one tally for each mark.
        self.marks.get(mark as usize).unwrap_or(&EMPTY)
    }
}

static EMPTY: Tally<12> = Tally::EMPTY;

/// Name of the host or route that stands for all that found no room.
const OTHERS: &str = "*";

/// A fingerprint as a number, never 0: 16 hex digits, or a hash of what it is instead.
fn number_of(fingerprint: &str) -> u64 {
    let number = u64::from_str_radix(fingerprint, 16).unwrap_or_else(|_| {
        let mut hash = Fnv::new();
        hash.write(fingerprint.as_bytes());
        hash.finish()
    });
    number.max(1)
}
