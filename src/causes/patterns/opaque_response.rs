//! # opaque-response
//!
//! A tag (`<img>`, `<script>`, …) loaded something of another origin that is not of its type: JSON, an error page, a sign-in
//! page. The browser withholds such answers (opaque response blocking).
//!
//! ## Evidence
//! The recorder's `net::ERR_BLOCKED_BY_ORB`, with the status and type of the answer.
//!
//! ## What to do
//! Look at what the URL answers, and correct the URL or the type. Data is for `fetch()` and CORS, not for a tag.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::finding::Confidence;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "opaque-response",
    summary: "a tag loaded something of another type, and the browser withheld it",
    file: include_str!("opaque_response.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| cell.rule == "orb-blocked")
        .iter()
        .map(claim)
        .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let what = match cluster.fact("content-type") {
        Some(kind) => format!(" of type {kind}"),
        None => String::new(),
    };
    let text = format!(
        "This is not CORS: a tag loads an answer of {host}{what}, which it cannot use, so the browser withholds it."
    );
    fix::repair(
        cluster.claim(Confidence::Likely, text),
        "look at what this URL answers, and correct the URL or its Content-Type; load data with fetch()",
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};
    use crate::cors::Fate;

    #[test]
    fn json_as_a_script() {
        let case = fetch("GET", "https://api.example.com/prices")
            .answer(200, &[("Content-Type", "application/json")])
            .fate(Fate::NetworkError("net::ERR_BLOCKED_BY_ORB".into()));
        first(&[case], "opaque-response");
    }

    #[test]
    fn silent_for_a_missing_header() {
        let case = fetch("GET", "https://api.example.com/prices").answer(200, &[]);
        silent(&[case], "opaque-response");
    }
}
