//! From alike failures to a [`Cause`]: clusters of cells, and the claim that a pattern makes on them.

use super::book::Book;
use super::cell::Cell;
use super::host::Host;
use super::tally::Span;
use super::words;
use crate::finding::{Cause, Confidence, Evidence, Fix, FixParams, MessageKind, Phase};
use std::borrow::Cow;

/// The book with what other patterns have claimed already.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open<'a> {
    pub(super) book: &'a Book,
    pub(super) taken: &'a [bool],
}

impl<'a> Open<'a> {
    pub(super) fn hosts(&self) -> impl Iterator<Item = &'a Host> + use<'a> {
        self.book.hosts.iter()
    }

    /// Cells that no pattern of higher priority explains.
    pub(super) fn cells(&self) -> impl Iterator<Item = (u32, &'a Cell)> + use<'a> {
        let taken = self.taken;
        (0u32..)
            .zip(&self.book.cells)
            .filter(move |(index, _)| !taken.get(*index as usize).copied().unwrap_or(false))
    }

    /// The open cells for which `fits` holds, one cluster a host.
    pub(super) fn clusters(&self, fits: impl Fn(&Cell, &Host) -> bool) -> Vec<Cluster<'a>> {
        let mut by_host = std::collections::BTreeMap::<u32, Vec<(u32, &'a Cell)>>::new();
        for (index, cell) in self.cells() {
            let host = self.book.hosts.get(cell.host as usize);
            if cell.is_refusal() && host.is_some_and(|host| fits(cell, host)) {
                by_host.entry(cell.host).or_default().push((index, cell));
            }
        }
        let book = self.book;
        by_host
            .into_iter()
            .filter_map(move |(host, mut cells)| {
                cells.sort_by_key(|(_, cell)| (cell.span.first, cell.key));
                let host = book.hosts.get(host as usize)?;
                Some(Cluster { book, host, cells })
            })
            .collect()
    }

    /// As [`Self::clusters`], split further by `part`.
    pub(super) fn clusters_by<K: Ord>(
        &self,
        part: impl Fn(&Cell, &Host) -> Option<K>,
    ) -> Vec<(K, Cluster<'a>)> {
        let mut parts = std::collections::BTreeMap::<(u32, K), Vec<(u32, &'a Cell)>>::new();
        for cluster in self.clusters(|cell, host| part(cell, host).is_some()) {
            for (index, cell) in cluster.cells {
                if let Some(key) = part(cell, cluster.host) {
                    let key = (cluster.host.index, key);
                    parts.entry(key).or_default().push((index, cell));
                }
            }
        }
        let mut clusters = Vec::new();
        for ((host, key), cells) in parts {
            if let Some(host) = self.book.hosts.get(host as usize) {
                let book = self.book;
                clusters.push((key, Cluster { book, host, cells }));
            }
        }
        clusters
    }
}

/// Failures of one host that a pattern takes together; earliest first, never empty.
#[derive(Debug, Clone)]
pub(super) struct Cluster<'a> {
    pub(super) book: &'a Book,
    pub(super) host: &'a Host,
    pub(super) cells: Vec<(u32, &'a Cell)>,
}

impl<'a> Cluster<'a> {
    pub(super) fn cells(&self) -> impl Iterator<Item = &'a Cell> + use<'a, '_> {
        self.cells.iter().map(|(_, cell)| *cell)
    }

    pub(super) fn failed(&self) -> u64 {
        self.cells()
            .fold(0, |sum, cell| sum.saturating_add(cell.span.count))
    }

    /// The first fact called `field`.
    pub(super) fn fact(&self, field: &str) -> Option<&'a str> {
        self.cells().find_map(|cell| cell.fact(field))
    }

    pub(super) fn phase(&self) -> Phase {
        self.cells().next().map_or(Phase::Other, |cell| cell.phase)
    }

    pub(super) fn confidence(&self) -> Confidence {
        self.cells()
            .map(|cell| cell.confidence)
            .max()
            .unwrap_or(Confidence::Possible)
    }

    /// Statuses of the failing answers: `502`, `502 and 504`.
    pub(super) fn statuses(&self) -> String {
        let statuses: Vec<_> = self.distinct(|cell| cell.status().map(|status| status.to_string()));
        match statuses.is_empty() {
            true => "no answer".to_owned(),
            false => words::list(&statuses),
        }
    }

    /// The texts that `of` gives, without repetition, sorted.
    pub(super) fn distinct(&self, of: impl Fn(&Cell) -> Option<String>) -> Vec<String> {
        let texts: std::collections::BTreeSet<_> = self.cells().filter_map(of).collect();
        texts.into_iter().collect()
    }

    pub(super) fn methods(&self) -> Vec<String> {
        self.distinct(|cell| Some(cell.method.to_string()).filter(|method| !method.is_empty()))
    }

    pub(super) fn origins(&self) -> Vec<String> {
        self.distinct(|cell| Some(cell.origin.to_string()).filter(|origin| !origin.is_empty()))
    }

    pub(super) fn parameters(&self) -> Vec<String> {
        self.distinct(|cell| cell.parameter.as_deref().map(str::to_owned))
    }

    /// Header names that the failing preflights ask for, with what else the host was asked for.
    pub(super) fn asked_headers(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .cells()
            .filter_map(|cell| cell.fact("access-control-request-headers"))
            .flat_map(|value| value.split(','))
            .map(|name| name.trim().to_ascii_lowercase())
            .filter(|name| !name.is_empty() && !name.ends_with('…'))
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// The routes, sorted.
    pub(super) fn routes(&self) -> Vec<&'a str> {
        let mut routes: Vec<_> = self
            .cells()
            .filter_map(|cell| self.book.route(cell.key.route))
            .map(|route| &*route.path)
            .collect();
        routes.sort_unstable();
        routes.dedup();
        routes
    }

    /// `https://api.example.com`, with the route when there is one only.
    pub(super) fn scope(&self) -> String {
        match self.routes().as_slice() {
            [route] => format!("{} {route}", self.host.name),
            routes => format!("{} ({} routes)", self.host.name, routes.len()),
        }
    }

    /// The longest path that all routes share, for a server's configuration.
    pub(super) fn path(&self) -> Option<String> {
        let routes = self.routes();
        let first = *routes.first()?;
        let shared = routes.iter().fold(first, |shared, route| {
            let end = shared
                .char_indices()
                .zip(route.chars())
                .take_while(|((_, one), other)| one == other)
                .map(|((index, one), _)| index + one.len_utf8())
                .last()
                .unwrap_or(0);
            shared.get(..end).unwrap_or("")
        });
        match shared.len() == first.len() && routes.len() == 1 {
            true => Some(first.to_owned()),
            false => {
                let end = shared.rfind('/').map_or(0, |index| index + 1);
                Some(
                    shared
                        .get(..end)
                        .filter(|path| !path.is_empty())?
                        .to_owned(),
                )
            }
        }
    }

    /// Transactions of the same routes, failed or not.
    pub(super) fn total(&self) -> u64 {
        let mut routes: Vec<_> = self.cells().map(|cell| cell.key.route).collect();
        routes.sort_unstable();
        routes.dedup();
        let total = routes
            .iter()
            .filter_map(|route| self.book.route(*route))
            .fold(0u64, |sum, route| sum.saturating_add(route.total));
        total.max(self.failed())
    }

    pub(super) fn span(&self) -> Span {
        let mut span = Span::default();
        self.cells().for_each(|cell| span.merge(cell.span));
        span
    }

    /// Values for the fix of these failures: the origins that fail, the methods and headers asked for.
    pub(super) fn params(&self) -> FixParams {
        let origins = self.origins().into_iter().filter(|origin| origin != "null");
        FixParams {
            origins: origins.collect(),
            methods: self.methods(),
            headers: self.asked_headers(),
            path: self.path(),
            ..FixParams::default()
        }
    }

    /// Claims all cells of the cluster.
    pub(super) fn claim(&self, confidence: Confidence, text: String) -> Claim {
        let mut examples: Vec<_> = self.cells().flat_map(|cell| &cell.examples).collect();
        examples.sort();
        let span = self.span();
        let mut claim = Claim {
            cells: self.cells.iter().map(|(index, _)| *index).collect(),
            cause: Cause {
                cause: "",
                confidence,
                scope: self.scope(),
                text,
                failed: span.count,
                total: self.total(),
                first: span.first,
                last: span.last,
                examples: examples
                    .into_iter()
                    .take(3)
                    .map(|(_, source, locator)| (source.to_string(), *locator))
                    .collect(),
                evidence: Vec::new(),
                fix: Vec::new(),
                explains: Vec::new(),
            },
        };
        claim.cause.evidence = self.evidence();
        claim
    }

    /// The status and the facts that tell who answered.
    fn evidence(&self) -> Vec<Evidence> {
        let mut evidence = Vec::new();
        let Some(first) = self.cells().next() else {
            return evidence;
        };
        if let Some(status) = first.status() {
            evidence.push(line(
                first.message(),
                ":status",
                Some(&status.to_string()),
                "",
            ));
        }
        for fact in &first.sample {
            let is_shown = SHOWN.contains(&fact.field);
            if is_shown && evidence.len() < EVIDENCE {
                evidence.push(line(fact.message, fact.field, Some(&fact.value), ""));
            }
        }
        evidence
    }
}

/// Facts that every cause shows when they are there.
const SHOWN: [&str; 13] = [
    "access-control-allow-origin",
    "location",
    "www-authenticate",
    "allow",
    "server",
    "via",
    "x-cache",
    "age",
    "x-served-by",
    "cf-ray",
    "retry-after",
    ":error",
    ":body",
];

/// Lines of evidence that come by themselves.
const EVIDENCE: usize = 8;

/// A pattern's claim: the cause, and the cells that it explains.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    pub(super) cells: Vec<u32>,
    pub(super) cause: Cause,
}

impl Claim {
    /// A claim about a host at which nothing failed; it explains the notes for which `explains` holds.
    pub(super) fn about_host(
        open: Open<'_>,
        host: &Host,
        confidence: Confidence,
        text: String,
        explains: impl Fn(&Cell) -> bool,
    ) -> Self {
        let cells: Vec<_> = open
            .cells()
            .filter(|(_, cell)| cell.host == host.index && explains(cell))
            .collect();
        let mut span = Span::default();
        cells.iter().for_each(|(_, cell)| span.merge(cell.span));
        if span.count == 0 {
            span = host.seen;
        }
        let examples = cells.iter().flat_map(|(_, cell)| &cell.examples).take(3);
        let examples = examples.map(|(_, source, locator)| (source.to_string(), *locator));
        Self {
            cells: cells.iter().map(|(index, _)| *index).collect(),
            cause: Cause {
                cause: "",
                confidence,
                scope: host.name.to_string(),
                text,
                failed: 0,
                total: host.seen.count,
                first: span.first,
                last: span.last,
                examples: examples.collect(),
                evidence: Vec::new(),
                fix: Vec::new(),
                explains: Vec::new(),
            },
        }
    }

    /// Makes the claim a remark beside the others: it explains nothing by itself.
    pub(super) fn annotate(&mut self) {
        self.cells.clear();
        self.cause.failed = 0;
    }

    /// Puts a line of evidence before the common ones.
    pub(super) fn show(
        mut self,
        message: MessageKind,
        field: &'static str,
        value: Option<&str>,
        note: impl Into<String>,
    ) -> Self {
        let known = self
            .cause
            .evidence
            .iter()
            .position(|line| line.field == field && line.value.as_deref() == value);
        if let Some(index) = known {
            self.cause.evidence.remove(index);
        }
        let own = line(message, field, value, &note.into());
        let place = self.cause.evidence.len().min(1);
        self.cause.evidence.insert(place, own);
        self
    }

    /// Adds something to change; best first.
    pub(super) fn fix(
        mut self,
        action: &'static str,
        text: impl Into<String>,
        params: FixParams,
    ) -> Self {
        self.cause.fix.push(Fix {
            action,
            text: text.into(),
            params,
        });
        self
    }
}

fn line(message: MessageKind, field: &'static str, value: Option<&str>, note: &str) -> Evidence {
    Evidence {
        message,
        field: Cow::Borrowed(field),
        value: value.map(str::to_owned),
        note: note.to_owned(),
        span: None,
    }
}
