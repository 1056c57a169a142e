//! # options-unrouted
//!
//! The server's router knows no `OPTIONS` for this path, so that the preflight dies before any CORS layer: 404, 405 or
//! 501. Simple `GET`s work; everything that needs a preflight fails.
//!
//! ## Evidence
//! The preflight's status, an `Allow` field without `OPTIONS`, and other requests to the same host that pass.
//!
//! ## What to do
//! Let the CORS layer answer `OPTIONS` before routing, or add an `OPTIONS` route.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::Sign;
use crate::causes::words;
use crate::finding::{Confidence, Phase};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "options-unrouted",
    summary: "the server has no OPTIONS route, so the preflight gets 404, 405 or 501",
    file: include_str!("options_unrouted.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    let book = open.book;
    open.clusters(|cell, _| {
        let passes_at_times = book
            .route(cell.key.route)
            .is_some_and(|route| route.preflights.sum(|_| true).with > 0);
        let is_unrouted = match cell.status() {
            Some(404 | 405 | 501) => true,
            // API Gateway's way to say that there is no such method.
            Some(403) => cell.has(Sign::AmazonGateway),
            Some(400) => cell.fact("allow").is_some(),
            _ => false,
        };
        cell.phase == Phase::Preflight && is_unrouted && !passes_at_times
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let forced = match cluster.asked_headers().as_slice() {
        [] => format!("the method {}", words::list(&cluster.methods())),
        [name] => format!("the header {name}"),
        names => format!("the headers {}", words::list(names)),
    };
    let allow = match cluster.fact("allow") {
        Some(value) => format!(" (allow: {value})"),
        None => String::new(),
    };
    let gateway = match cluster.cells().any(|cell| cell.has(Sign::AmazonGateway)) {
        true => " API Gateway says so when the resource has no OPTIONS method.",
        false => "",
    };
    let where_ = match cluster.routes().as_slice() {
        [route] => (*route).to_owned(),
        routes => words::count(routes.len() as u64, "route"),
    };
    let text = format!(
        "{host} has no OPTIONS route for {where_}: the preflight gets {}{allow} before any CORS layer sees it. What makes it necessary is {forced}.{gateway}",
        cluster.statuses(),
    );
    fix::answer_preflight(cluster.claim(Confidence::Definite, text), cluster)
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const ITEMS: &str = "https://api.example.com/items";

    #[test]
    fn post_with_json_meets_405() {
        let cases = [
            fetch("GET", ITEMS).ok(),
            fetch("POST", ITEMS)
                .at(1)
                .asks("content-type")
                .preflight(405, &[("Allow", "GET, POST")]),
        ];
        let cause = first(&cases, "options-unrouted");
        assert!(
            cause.text.contains("the header content-type"),
            "{}",
            cause.text
        );
        assert_eq!(cause.fix[0].action, "answer-preflight");
    }

    #[test]
    fn silent_when_preflights_of_the_route_pass_at_times() {
        let cases = [
            fetch("PUT", ITEMS).preflight_ok().ok(),
            fetch("PUT", ITEMS).at(1).preflight(404, &[]),
        ];
        silent(&cases, "options-unrouted");
    }
}
