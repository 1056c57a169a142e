//! # cache-poisoned
//!
//! A CDN or shared cache hands out a copy that was made for somebody else: for another origin, or for a request without
//! `Origin`, whose answer carries no CORS headers. It fails now and then, and a purge seems to mend it.
//!
//! ## Evidence
//! The failing answers come from a cache (`Age`, `X-Cache: Hit`, `CF-Cache-Status: HIT`), lack `Vary: Origin`, and name
//! another origin or none, while answers past the cache pass. Certain if the other origin was seen asking.
//!
//! ## What to do
//! Send `Vary: Origin` on every answer, also to requests without `Origin`, put `Origin` into the cache key, and purge.
//! For public data `Access-Control-Allow-Origin: *` on every answer is simplest.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::Sign;
use crate::finding::{Confidence, MessageKind};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "cache-poisoned",
    summary: "a shared cache hands out a copy that was made for another origin or for none",
    file: include_str!("cache_poisoned.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, host| {
        let is_cached = cell.has(Sign::CacheHit) && !cell.has(Sign::VaryOrigin);
        let passes_at_times = host.origins.rows().iter().any(|row| row.passed.count > 0);
        let is_others = cell.has(Sign::AllowsOther);
        let is_bare = cell.lacks_origin() && passes_at_times;
        is_cached && cell.is_actual() && (is_others || is_bare)
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let copy_of = cluster
        .cells()
        .filter(|cell| cell.has(Sign::AllowsOther))
        .find_map(|cell| cell.fact("access-control-allow-origin"));
    let is_known = copy_of.is_some_and(|origin| cluster.host.origins.get(origin).is_some());
    let sign = match (cluster.fact("x-cache"), cluster.fact("age")) {
        (Some(state), Some(age)) => format!("{state}, age {age}"),
        (Some(state), None) => state.to_owned(),
        (None, Some(age)) => format!("age {age}"),
        (None, None) => "a hit".to_owned(),
    };
    let text = match copy_of {
        Some(origin) => format!(
            "A cache in front of {host} hands out the copy that was made for {origin} ({sign}); the answer lacks Vary: Origin."
        ),
        None => format!(
            "A cache in front of {host} hands out a copy without CORS headers ({sign}), made for a request without Origin; the answer lacks Vary: Origin, and answers past the cache pass."
        ),
    };
    let confidence = match is_known {
        true => Confidence::Definite,
        false => Confidence::Likely,
    };
    cluster
        .claim(confidence, text)
        .show(
            MessageKind::ActualResponse,
            "vary",
            None,
            "Origin is missing although the answer depends on it",
        )
        .fix(
            fix::VARY,
            format!("send Vary: Origin on every answer of {host}, put Origin into the cache key, and purge the cache"),
            cluster.params(),
        )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const F: &str = "https://cdn.example.net/font.woff2";

    #[test]
    fn the_copy_of_another_site() {
        let other = "https://b.example.org";
        let echoed = [
            ("Access-Control-Allow-Origin", other),
            ("X-Cache", "Hit from cloudfront"),
            ("Age", "60"),
        ];
        let cases = [
            fetch("GET", F).origin(other).ok(),
            fetch("GET", F).at(60).answer(200, &echoed),
        ];
        let cause = first(&cases, "cache-poisoned");
        assert!(
            cause
                .text
                .contains("made for https://b.example.org (Hit from cloudfront, age 60)")
        );
        assert_eq!(cause.confidence, crate::finding::Confidence::Definite);
    }

    #[test]
    fn the_copy_of_a_request_without_origin() {
        let cases = [
            fetch("GET", F).ok(),
            fetch("GET", F).at(9).answer(200, &[("Age", "300")]),
        ];
        first(&cases, "cache-poisoned");
    }

    #[test]
    fn silent_when_the_cache_knows_the_origin() {
        let cases = [
            fetch("GET", F).ok(),
            fetch("GET", F)
                .at(9)
                .answer(200, &[("Age", "300"), ("Vary", "Origin")]),
        ];
        silent(&cases, "cache-poisoned");
    }
}
