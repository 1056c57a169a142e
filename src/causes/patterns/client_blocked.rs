//! # client-blocked
//!
//! An extension, an ad blocker or an administrator's rule stopped the request inside the browser. It happens on this
//! machine only; the server never saw the request.
//!
//! ## Evidence
//! `net::ERR_BLOCKED_BY_CLIENT` (or `…_BY_ADMINISTRATOR`).
//!
//! ## What to do
//! Try again in a window without extensions. If your users block it too, rename paths that filter lists know (`/ads`,
//! `/analytics`, `/track`).

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::NetFault;
use crate::finding::Confidence;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "client-blocked",
    summary: "an extension or ad blocker stopped the request inside the browser",
    file: include_str!("client_blocked.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| cell.key.fault == NetFault::Client)
        .iter()
        .map(claim)
        .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let text = format!(
        "This is not CORS: an extension or ad blocker of this browser stopped the requests to {} before they were sent.",
        cluster.host.name
    );
    fix::repair(
        cluster.claim(Confidence::Definite, text),
        "try again without extensions; rename paths that filter lists block",
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};
    use crate::cors::Fate;

    #[test]
    fn blocked_by_an_extension() {
        let case = fetch("GET", "https://stats.example.net/track")
            .fate(Fate::NetworkError("net::ERR_BLOCKED_BY_CLIENT".into()));
        first(&[case], "client-blocked");
    }

    #[test]
    fn silent_for_a_dropped_connection() {
        let case = fetch("GET", "https://stats.example.net/track")
            .fate(Fate::NetworkError("net::ERR_CONNECTION_RESET".into()));
        silent(&[case], "client-blocked");
    }
}
