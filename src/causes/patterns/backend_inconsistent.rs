//! # backend-inconsistent
//!
//! The same request passes or fails depending on which machine, edge or cache answers: one of them has another
//! configuration than the rest.
//!
//! ## Evidence
//! On one route and for one origin, passing and failing answers are told apart by the server's address, `Server`, `Via`,
//! `X-Served-By`, `X-Backend`, the CDN's location, cache state or HTTP version; at least two on each side.
//!
//! ## What to do
//! Bring the machine that is named to the same version and configuration as the others.

use crate::causes::book::{Mark, Route};
use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::tally::Row;
use crate::causes::words;
use crate::finding::{Confidence, MessageKind};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "backend-inconsistent",
    summary: "one machine, edge or cache answers differently from the others",
    file: include_str!("backend_inconsistent.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    let book = open.book;
    let clusters = open.clusters_by(|cell, _| {
        let route = book.route(cell.key.route)?;
        discriminator(route, &cell.origin, &MACHINES)
    });
    clusters
        .iter()
        .map(|(bad, cluster)| claim(bad, cluster))
        .collect()
}

const MACHINES: [Mark; 8] = [
    Mark::Address,
    Mark::ServedBy,
    Mark::Backend,
    Mark::Server,
    Mark::Via,
    Mark::Edge,
    Mark::Cache,
    Mark::Version,
];

/// What tells failing answers of a route from passing ones.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::causes) struct Discriminator {
    field: &'static str,
    pub(in crate::causes) failing: Vec<String>,
    pub(in crate::causes) passing: Vec<String>,
}

/// The first of `marks` that separates passing from failing transactions of `route`, at least two on each side.
pub(in crate::causes) fn discriminator(
    route: &Route,
    origin: &str,
    marks: &[Mark],
) -> Option<Discriminator> {
    let row = route.origins.get(origin)?;
    if row.passed.count < 2 || row.failed.count < 2 {
        return None;
    }
    marks.iter().find_map(|mark| separates(route, *mark))
}

fn separates(route: &Route, mark: Mark) -> Option<Discriminator> {
    let tally = route.mark(mark);
    let rows = tally.rows();
    let right: u64 = rows
        .iter()
        .map(|row| row.passed.count.max(row.failed.count))
        .sum();
    let all: u64 = rows.iter().map(Row::count).sum();
    let of_side = |failing: bool| -> Vec<String> {
        rows.iter()
            .filter(|row| (row.failed.count > row.passed.count) == failing)
            .map(|row| row.text.to_string())
            .collect()
    };
    let (failing, passing) = (of_side(true), of_side(false));
    let failed: u64 = rows.iter().map(|row| row.failed.count).sum();
    let passed: u64 = rows.iter().map(|row| row.passed.count).sum();
    // A value for each request separates everything and says nothing.
    let repeats = rows.len() as u64 * 2 <= all;
    let is_pure = words::percent(right, all) >= 95 && tally.beyond == 0;
    (is_pure && repeats && failed >= 2 && passed >= 2 && !failing.is_empty() && !passing.is_empty())
        .then(|| Discriminator {
            field: mark.field(),
            failing,
            passing,
        })
}

fn claim(bad: &Discriminator, cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let failing = words::list(&bad.failing);
    let what = match bad.field {
        ":server-address" => "the machine",
        ":version" => "the HTTP version",
        field => field,
    };
    let text = format!(
        "Only some of the machines behind {host} fail: every failing answer comes from {what} {failing}, every passing one from {}.",
        words::list(&bad.passing),
    );
    let confidence = match (bad.field, bad.failing.len()) {
        (":server-address", 1) => Confidence::Definite,
        _ => Confidence::Likely,
    };
    let claim = cluster.claim(confidence, text).show(
        MessageKind::Recorded,
        bad.field,
        Some(&failing),
        "only here it fails",
    );
    fix::repair(
        claim,
        format!(
            "bring {failing} to the same version and CORS configuration as {}",
            words::list(&bad.passing)
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const X: &str = "https://api.example.com/x";

    #[test]
    fn one_address_fails() {
        let cases: Vec<_> = (0..8)
            .map(|n| match n % 4 {
                3 => fetch("GET", X)
                    .at(n)
                    .answer(200, &[])
                    .server("10.0.0.13:443"),
                _ => fetch("GET", X).at(n).ok().server("10.0.0.12:443"),
            })
            .collect();
        let cause = first(&cases, "backend-inconsistent");
        assert!(
            cause.text.contains("the machine 10.0.0.13"),
            "{}",
            cause.text
        );
        assert_eq!((cause.failed, cause.total), (2, 8));
    }

    #[test]
    fn silent_when_nothing_tells_them_apart() {
        let cases: Vec<_> = (0..8)
            .map(|n| match n % 2 {
                1 => fetch("GET", X)
                    .at(n)
                    .answer(200, &[])
                    .server("10.0.0.12:443"),
                _ => fetch("GET", X).at(n).ok().server("10.0.0.12:443"),
            })
            .collect();
        silent(&cases, "backend-inconsistent");
    }
}
