//! # regression
//!
//! Until a moment everything passed, since then everything fails: something was deployed or changed then. This stands
//! beside the causes that say *what* is wrong; failures that no other cause explains are its own.
//!
//! ## Evidence
//! On one route and for one origin, at least three successes, then at least three failures, and none of them mixed.
//!
//! ## What to do
//! Look at what was deployed, restarted or reconfigured at that time, on the server, the proxy and the CDN.

use crate::causes::book::Mark;
use crate::causes::cell::Cell;
use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::host::Host;
use crate::causes::registry::PatternInfo;
use crate::causes::words;
use crate::finding::{Confidence, MessageKind};
use crate::time::Timestamp;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "regression",
    summary: "from one moment on everything fails that passed before",
    file: include_str!("regression.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    // Annotates: what other patterns explain counts too.
    let all = Open { taken: &[], ..open };
    let book = open.book;
    let has_turned = |cell: &Cell, _: &Host| {
        let route = book.route(cell.key.route);
        let row = route.and_then(|route| route.origins.get(&cell.origin));
        row.is_some_and(|row| {
            row.passed.count >= 3 && row.failed.count >= 3 && row.passed.last < row.failed.first
        })
    };
    let unexplained = open.clusters(has_turned);
    let own = |host: &Host| {
        unexplained
            .iter()
            .find(|cluster| cluster.host.index == host.index)
    };
    all.clusters(has_turned)
        .iter()
        .map(|cluster| match own(cluster.host) {
            Some(own) => claim(own),
            None => {
                let mut claim = claim(cluster);
                claim.annotate();
                claim
            }
        })
        .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let since = cluster.span().first;
    let last_good = last_success(cluster);
    let text = format!(
        "{} worked until {last_good} and fails since {since}: something was changed or deployed in between.",
        cluster.scope(),
    );
    let claim = cluster.claim(Confidence::Likely, text).show(
        MessageKind::Recorded,
        ":last-success",
        Some(&last_good.to_string()),
        "the last that passed",
    );
    let claim = match changed_server(cluster) {
        Some((before, after)) => claim.show(
            MessageKind::ActualResponse,
            "server",
            Some(&after),
            format!("it was {before} before"),
        ),
        None => claim,
    };
    fix::repair(
        claim,
        format!("look at what was deployed between {last_good} and {since}"),
    )
}

fn last_success(cluster: &Cluster<'_>) -> Timestamp {
    cluster
        .cells()
        .filter_map(|cell| {
            let route = cluster.book.route(cell.key.route)?;
            Some(route.origins.get(&cell.origin)?.passed.last)
        })
        .max()
        .unwrap_or_default()
}

/// `Server` before and after, when it changed with the verdict.
fn changed_server(cluster: &Cluster<'_>) -> Option<(String, String)> {
    let cell = cluster.cells().next()?;
    let rows = cluster
        .book
        .route(cell.key.route)?
        .mark(Mark::Server)
        .rows();
    let of = |failed: bool| {
        let texts: Vec<_> = rows
            .iter()
            .filter(|row| match failed {
                true => row.passed.count == 0,
                false => row.failed.count == 0,
            })
            .map(|row| row.text.to_string())
            .collect();
        (!texts.is_empty()).then(|| words::list(&texts))
    };
    Some((of(false)?, of(true)?))
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{causes, fetch, silent};

    const X: &str = "https://api.example.com/x";

    #[test]
    fn a_change_that_nothing_else_explains() {
        let other = [("Access-Control-Allow-Origin", "https://app.example.co")];
        let cases: Vec<_> = (0..8)
            .map(|n| match n >= 4 {
                true => fetch("GET", X).at(n).answer(200, &other),
                false => fetch("GET", X).at(n).ok(),
            })
            .collect();
        let causes = causes(&cases);
        assert_eq!((causes[0].cause, causes[0].failed), ("regression", 4));
    }

    #[test]
    fn a_deployment_in_between() {
        let cases: Vec<_> = (0..8)
            .map(|n| match n >= 4 {
                true => fetch("GET", X).at(n).answer(500, &[("Server", "app/2")]),
                false => fetch("GET", X).at(n).ok(),
            })
            .collect();
        let causes = causes(&cases);
        assert_eq!(causes[0].cause, "errors-lack-cors");
        let beside = causes
            .iter()
            .find(|cause| cause.cause == "regression")
            .unwrap();
        assert!(
            beside
                .text
                .contains("until 1970-01-01T00:00:03Z and fails since 1970-01-01T00:00:04Z")
        );
        assert!(beside.explains.is_empty());
    }

    #[test]
    fn silent_when_successes_follow() {
        let cases: Vec<_> = (0..9)
            .map(|n| match n {
                4..=6 => fetch("GET", X).at(n).answer(500, &[]),
                _ => fetch("GET", X).at(n).ok(),
            })
            .collect();
        silent(&cases, "regression");
    }
}
