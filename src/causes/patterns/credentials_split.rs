//! # credentials-split
//!
//! The same route works for requests without credentials and fails for those with them: the server answers `*`, or
//! leaves out `Access-Control-Allow-Credentials`.
//!
//! ## Evidence
//! Transactions of one route on both sides, told apart by nothing but the credentials mode.
//!
//! ## What to do
//! If the route needs no cookies, leave `credentials: "include"` (or `withCredentials`) out. If it does, answer with the
//! exact origin, `Access-Control-Allow-Credentials: true` and `Vary: Origin`.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::patterns::credentials_not_allowed::{fixes, is_about_credentials};
use crate::causes::registry::PatternInfo;
use crate::causes::words;
use crate::finding::Confidence;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "credentials-split",
    summary: "a route works without credentials and fails with them",
    file: include_str!("credentials_split.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    let book = open.book;
    open.clusters(|cell, _| {
        is_about_credentials(cell.rule)
            && book.route(cell.key.route).is_some_and(|route| {
                route.without_credentials.passed.count > 0
                    && route.with_credentials.passed.count == 0
            })
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let mut routes: Vec<_> = cluster.cells().map(|cell| cell.key.route).collect();
    routes.sort_unstable();
    routes.dedup();
    let passed = routes
        .iter()
        .filter_map(|route| cluster.book.route(*route))
        .fold(0u64, |sum, route| {
            sum.saturating_add(route.without_credentials.passed.count)
        });
    let text = format!(
        "{} works without credentials ({} passed) and fails with them ({} failed).",
        cluster.scope(),
        words::count(passed, "request"),
        cluster.failed(),
    );
    fixes(cluster.claim(Confidence::Likely, text), cluster)
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};
    use crate::cors::CredentialsMode;

    const X: &str = "https://api.example.com/x";
    const STAR: [(&str, &str); 1] = [("Access-Control-Allow-Origin", "*")];

    #[test]
    fn only_requests_with_cookies_fail() {
        let cases = [
            fetch("GET", X)
                .credentials(CredentialsMode::Omit)
                .answer(200, &STAR),
            fetch("GET", X)
                .at(1)
                .credentials(CredentialsMode::Include)
                .answer(200, &STAR),
        ];
        first(&cases, "credentials-split");
    }

    #[test]
    fn silent_when_nothing_works() {
        let case = fetch("GET", X)
            .credentials(CredentialsMode::Include)
            .answer(200, &STAR);
        silent(&[case], "credentials-split");
    }
}
