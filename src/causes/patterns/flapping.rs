//! # flapping
//!
//! The same request passes and fails by turns, and nothing in the input tells the one from the other.
//!
//! ## Evidence
//! On one route and for one origin, failures lie between successes in time, five or more in all, and no address, field
//! or browser separates them.
//!
//! ## What to do
//! Look for what the input does not show: machines behind one address, a race at start-up, a filter that samples.
//! Capturing on the servers' side of the load balancer usually settles it.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::words;
use crate::finding::Confidence;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "flapping",
    summary: "the same request passes and fails by turns",
    file: include_str!("flapping.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    let book = open.book;
    open.clusters(|cell, _| {
        let route = book.route(cell.key.route);
        let row = route.and_then(|route| route.origins.get(&cell.origin));
        row.is_some_and(|row| {
            let is_interleaved =
                row.failed.first < row.passed.last && row.passed.first < row.failed.last;
            is_interleaved && row.count() >= 5 && row.failed.count >= 2
        })
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let text = format!(
        "{} passes and fails by turns ({}), and nothing in the input tells which: machines behind one address, a race or a sampling filter.",
        cluster.scope(),
        words::share(cluster.failed(), cluster.total(), "request"),
    );
    fix::repair(
        cluster.claim(Confidence::Possible, text),
        "capture on the servers' side of the load balancer to see which machine answers",
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const X: &str = "https://api.example.com/x";

    #[test]
    fn by_turns_without_a_reason() {
        let cases: Vec<_> = (0..8)
            .map(|n| match n % 2 {
                1 => fetch("GET", X).at(n).answer(200, &[]),
                _ => fetch("GET", X).at(n).ok(),
            })
            .collect();
        first(&cases, "flapping");
    }

    #[test]
    fn silent_when_it_fails_from_one_moment_on() {
        let cases: Vec<_> = (0..8)
            .map(|n| match n >= 4 {
                true => fetch("GET", X).at(n).answer(200, &[]),
                false => fetch("GET", X).at(n).ok(),
            })
            .collect();
        silent(&cases, "flapping");
    }
}
