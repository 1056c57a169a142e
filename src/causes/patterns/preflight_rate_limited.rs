//! # preflight-rate-limited
//!
//! The rate limiter counts preflights and answers them 429 too, so the browser does not even send the request. Every
//! call costs two of the limit.
//!
//! ## Evidence
//! Status 429 on `OPTIONS`.
//!
//! ## What to do
//! Do not count preflights, answer them before the limiter, and send `Access-Control-Max-Age` so that there are fewer.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::words;
use crate::finding::{Confidence, Phase};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "preflight-rate-limited",
    summary: "the rate limiter counts and refuses preflights",
    file: include_str!("preflight_rate_limited.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| cell.phase == Phase::Preflight && cell.status() == Some(429))
        .iter()
        .map(claim)
        .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let text = format!(
        "The rate limiter of {host} counts preflights too and answered {} with 429, so the requests were never sent.",
        words::count(cluster.failed(), "preflight"),
    );
    cluster.claim(Confidence::Definite, text).fix(
        fix::ANSWER_PREFLIGHT,
        format!("answer OPTIONS before the rate limiter of {host}, and send access-control-max-age so that there are fewer"),
        cluster.params(),
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const X: &str = "https://api.example.com/x";

    #[test]
    fn the_limiter_refuses_options() {
        first(
            &[fetch("PUT", X).preflight(429, &[])],
            "preflight-rate-limited",
        );
    }

    #[test]
    fn silent_when_only_the_request_is_limited() {
        let case = fetch("PUT", X).preflight_ok().answer(429, &[]);
        silent(&[case], "preflight-rate-limited");
    }
}
