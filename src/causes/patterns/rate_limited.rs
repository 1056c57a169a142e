//! # rate-limited
//!
//! A rate limiter answers 429 without CORS headers, so the page cannot see the status nor `Retry-After` and reports
//! CORS. Often it appears only under load.
//!
//! ## Evidence
//! Status 429 on the request. The report counts the requests of the busiest minute.
//!
//! ## What to do
//! Ask less often or raise the limit; then let the limiter add CORS headers (and expose `Retry-After`) on its 429.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::words;
use crate::finding::{Confidence, Phase};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "rate-limited",
    summary: "a rate limiter answers 429 without CORS headers",
    file: include_str!("rate_limited.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| cell.phase != Phase::Preflight && cell.status() == Some(429))
        .iter()
        .map(claim)
        .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let text = format!(
        "{host} limits the rate: {} answered 429, without CORS headers ({} in the busiest minute).",
        match cluster.failed() {
            1 => "1 request was".to_owned(),
            count => format!("{count} requests were"),
        },
        words::count(cluster.host.busiest_minute(), "request"),
    );
    let claim = fix::repair(
        cluster.claim(Confidence::Definite, text),
        format!("ask {host} less often, or raise its limit"),
    );
    claim.fix(
        fix::SET_ALLOW_ORIGIN,
        "let the rate limiter send the CORS headers with its 429, and expose Retry-After",
        cluster.params(),
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const X: &str = "https://api.example.com/x";

    #[test]
    fn the_61st_call_of_a_minute() {
        let mut cases: Vec<_> = (0..50).map(|n| fetch("GET", X).at(n).ok()).collect();
        cases.push(fetch("GET", X).at(50).answer(429, &[("Retry-After", "10")]));
        let cause = first(&cases, "rate-limited");
        assert!(
            cause.text.contains("51 requests in the busiest minute"),
            "{}",
            cause.text
        );
    }

    #[test]
    fn silent_when_the_limiter_sends_cors_headers() {
        let fields = [("Access-Control-Allow-Origin", "*")];
        silent(&[fetch("GET", X).answer(429, &fields)], "rate-limited");
    }
}
