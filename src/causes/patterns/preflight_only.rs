//! # preflight-only
//!
//! The preflight passes, but the answer to the request itself carries no `Access-Control-Allow-Origin`: CORS is
//! configured for `OPTIONS` only. Both answers need it.
//!
//! ## Evidence
//! A preflight answer that passes, and a successful answer to the actual request without the field.
//!
//! ## What to do
//! Send `Access-Control-Allow-Origin` on the answers of all methods.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::Sign;
use crate::finding::Confidence;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "preflight-only",
    summary: "CORS headers stand on the preflight's answer, not on the request's",
    file: include_str!("preflight_only.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| {
        cell.is_actual() && cell.lacks_origin() && cell.has(Sign::PreflightPassed)
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let text = format!(
        "{host} sends CORS headers on the preflight only: the answer to the request itself ({}) carries no access-control-allow-origin.",
        cluster.statuses()
    );
    cluster.claim(Confidence::Definite, text).fix(
        fix::SET_ALLOW_ORIGIN,
        format!("send access-control-allow-origin on the answers of all methods of {host}, not of OPTIONS only"),
        cluster.params(),
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const X: &str = "https://api.example.com/x";

    #[test]
    fn put_is_answered_without_the_field() {
        first(
            &[fetch("PUT", X).preflight_ok().answer(200, &[])],
            "preflight-only",
        );
    }

    #[test]
    fn silent_without_a_preflight() {
        silent(&[fetch("GET", X).answer(200, &[])], "preflight-only");
    }
}
