//! # single-client
//!
//! Only one browser or version fails; others pass with the same route and origin. Browsers differ in a few places
//! (wildcards, redirects after a preflight, early checks), and an extension changes one user's requests only.
//!
//! ## Evidence
//! Failing and passing requests of one route are told apart by `User-Agent`; three or more fail.
//!
//! ## What to do
//! Compare with `corsight explain` of the finding's rule, which says where browsers differ; try the browser without
//! extensions.

use crate::causes::book::Mark;
use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::patterns::backend_inconsistent::{Discriminator, discriminator};
use crate::causes::registry::PatternInfo;
use crate::causes::words;
use crate::finding::Confidence;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "single-client",
    summary: "only one browser or version fails",
    file: include_str!("single_client.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    let book = open.book;
    let clusters = open.clusters_by(|cell, _| {
        let route = book.route(cell.key.route)?;
        discriminator(route, &cell.origin, &[Mark::Browser]).filter(|only| only.failing.len() == 1)
    });
    clusters
        .iter()
        .filter(|(_, cluster)| cluster.failed() >= 3)
        .map(|(only, cluster)| claim(only, cluster))
        .collect()
}

fn claim(only: &Discriminator, cluster: &Cluster<'_>) -> Claim {
    let failing = words::list(&only.failing);
    let text = format!(
        "Only {failing} fails at {}; {} pass with the same requests.",
        cluster.scope(),
        words::list(&only.passing),
    );
    fix::repair(
        cluster.claim(Confidence::Likely, text),
        format!(
            "try {failing} without extensions, and read where browsers differ: corsight explain {}",
            cluster.cells().next().map_or("", |cell| cell.rule)
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const X: &str = "https://api.example.com/x";
    const FIREFOX: [(&str, &str); 1] = [("User-Agent", "Mozilla/5.0 Gecko/20100101 Firefox/153.0")];
    const CHROME: [(&str, &str); 1] = [("User-Agent", "Mozilla/5.0 Chrome/156.0 Safari/537.36")];

    #[test]
    fn firefox_alone_fails() {
        let cases: Vec<_> = (0..8)
            .map(|n| match n % 2 {
                1 => fetch("GET", X).at(n).request(&FIREFOX).answer(200, &[]),
                _ => fetch("GET", X).at(n).request(&CHROME).ok(),
            })
            .collect();
        assert!(
            first(&cases, "single-client")
                .text
                .starts_with("Only Firefox 153 fails")
        );
    }

    #[test]
    fn silent_when_both_fail_at_times() {
        let cases: Vec<_> = (0..8)
            .map(|n| match n % 4 {
                1 => fetch("GET", X).at(n).request(&FIREFOX).answer(200, &[]),
                2 => fetch("GET", X).at(n).request(&CHROME).answer(200, &[]),
                3 => fetch("GET", X).at(n).request(&FIREFOX).ok(),
                _ => fetch("GET", X).at(n).request(&CHROME).ok(),
            })
            .collect();
        silent(&cases, "single-client");
    }
}
