//! # stale-preflight
//!
//! The request needs a preflight, none is in the input, and the browser refused the request without sending it. An older
//! answer to the preflight is still in the browser's cache (`Access-Control-Max-Age`), or the recording began too late.
//! A fix that was deployed meanwhile seems not to work.
//!
//! ## Evidence
//! A refused request with a method that needs a preflight, without an answer and without a preflight in the input.
//!
//! ## What to do
//! Record again with "disable cache", or in a new private window. Keep `Access-Control-Max-Age` short (600) while the
//! policy changes.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::{NetFault, Sign};
use crate::finding::{Confidence, FixParams};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "stale-preflight",
    summary: "refused without a preflight in the input: an older preflight answer may be cached",
    file: include_str!("stale_preflight.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| {
        cell.key.preflight_status.is_none()
            && cell.has(Sign::Unanswered)
            && cell.key.fault == NetFault::None
            && !matches!(&*cell.method, "" | "GET" | "HEAD")
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let longest = cluster
        .host
        .max_ages
        .rows()
        .iter()
        .filter_map(|row| row.text.parse::<u64>().ok())
        .max();
    let kept = match longest {
        Some(seconds) => format!(" {host} lets browsers keep its answers for {seconds} s."),
        None => String::new(),
    };
    let text = format!(
        "The browser refused {} to {host} without sending it, and no preflight is in the input: it judged by a cached preflight answer, or the recording began later.{kept}",
        cluster.methods().join(", ")
    );
    cluster.claim(Confidence::Possible, text).fix(
        fix::MAX_AGE,
        "record again with the cache disabled; keep access-control-max-age short while the policy changes",
        FixParams::default(),
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};
    use crate::cors::Fate;

    const X: &str = "https://api.example.com/x";

    #[test]
    fn a_put_is_refused_unseen() {
        first(&[fetch("PUT", X).fate(Fate::Refused)], "stale-preflight");
    }

    #[test]
    fn silent_when_the_preflight_is_there() {
        silent(
            &[fetch("PUT", X).preflight(200, &[]).fate(Fate::Refused)],
            "stale-preflight",
        );
    }
}
