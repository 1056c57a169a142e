//! # static-single-origin
//!
//! The server sends the same `Access-Control-Allow-Origin` to everyone: one origin is written into its configuration,
//! and all other sites are refused.
//!
//! ## Evidence
//! One and the same value in all answers of the host, although at least two origins asked.
//!
//! ## What to do
//! Keep a list, answer with the one origin that asked if it is on the list, and send `Vary: Origin`. A list inside the
//! header does not work.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::Sign;
use crate::causes::words;
use crate::finding::Confidence;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "static-single-origin",
    summary: "the server sends one fixed origin to everyone",
    file: include_str!("static_single_origin.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, host| {
        let sent = host.allowed.rows();
        let is_one = sent.len() == 1 && sent.iter().all(|row| row.count() >= 2);
        let askers = host
            .origins
            .rows()
            .iter()
            .filter(|row| !row.text.is_empty());
        cell.has(Sign::AllowsOther)
            && !cell.has(Sign::OpaqueOrigin)
            && cell.rule.ends_with("mismatch")
            && is_one
            && askers.count() >= 2
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let fixed = cluster
        .fact("access-control-allow-origin")
        .unwrap_or_default();
    let origins = cluster.origins();
    let text = format!(
        "{host} sends access-control-allow-origin: {fixed} to everyone, also to {}: one origin is hard-wired.",
        words::list(&origins)
    );
    let mut params = cluster.params();
    params.origins.push(fixed.to_owned());
    cluster.claim(Confidence::Likely, text).fix(
        fix::ALLOW_ORIGIN,
        format!("keep a list on {host}, answer with the origin that asked if it is on the list, and send Vary: Origin"),
        params,
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{APP, fetch, first, silent};

    const X: &str = "https://api.example.com/x";
    const FIXED: [(&str, &str); 1] = [("Access-Control-Allow-Origin", APP)];

    #[test]
    fn everyone_gets_the_same_origin() {
        let cases = [
            fetch("GET", X).answer(200, &FIXED),
            fetch("GET", X)
                .at(1)
                .origin("https://shop.example.org")
                .answer(200, &FIXED),
        ];
        let cause = first(&cases, "static-single-origin");
        assert_eq!(
            cause.fix[0].params.origins,
            ["https://shop.example.org", APP]
        );
    }

    #[test]
    fn silent_when_the_server_answers_by_origin() {
        let cases = [
            fetch("GET", X).ok(),
            fetch("GET", X).at(1).origin("https://b.example.org").ok(),
            fetch("GET", X)
                .at(2)
                .origin("https://c.example.org")
                .answer(200, &FIXED),
        ];
        silent(&cases, "static-single-origin");
    }
}
