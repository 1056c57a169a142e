//! # service-worker
//!
//! A service worker of the page stands between page and network: it fetches again in mode `cors` what the page asked for
//! without it, adds headers that need a preflight, or answers with an opaque response.
//!
//! ## Evidence
//! The recorder marks the failing request as fetched or answered by a service worker.
//!
//! ## What to do
//! Reload with "bypass for network" in the browser's tools. If the fault is gone, let the worker leave requests of other
//! origins alone, or have it pass on the page's own request instead of building a new one.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::Sign;
use crate::finding::Confidence;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "service-worker",
    summary: "a service worker makes or answers the request that fails",
    file: include_str!("service_worker.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| cell.has(Sign::ServiceWorker))
        .iter()
        .map(claim)
        .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let page = cluster.origins().into_iter().next().unwrap_or_default();
    let text = format!(
        "A service worker of {page} is in the path of the failing requests to {}: what fails is the worker's request, not the page's.",
        cluster.host.name
    );
    let claim = cluster.claim(Confidence::Likely, text);
    fix::repair(
        claim,
        "reload while bypassing the service worker; if that works, let the worker leave other origins' requests alone",
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    #[test]
    fn the_worker_fetches_in_mode_cors() {
        let case = fetch("GET", "https://cdn.example.net/font.woff2")
            .answer(200, &[])
            .observed(|observed| observed.service_worker = true);
        first(&[case], "service-worker");
    }

    #[test]
    fn silent_without_a_worker() {
        let case = fetch("GET", "https://cdn.example.net/font.woff2").answer(200, &[]);
        silent(&[case], "service-worker");
    }
}
