//! # content-policy
//!
//! The page's own `Content-Security-Policy` does not let it connect to this host. The server never saw the request.
//!
//! ## Evidence
//! The recorder says that the policy blocked the request; in Chromium's export, that something blocked it before it was
//! sent and that it was no mixed content.
//!
//! ## What to do
//! Add the host to `connect-src` (or the directive that the console names) of the page's policy.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::NetFault;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "content-policy",
    summary: "the page's Content-Security-Policy forbids the connection",
    file: include_str!("content_policy.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| cell.key.fault == NetFault::ContentPolicy || cell.rule == "csp-blocked")
        .iter()
        .map(claim)
        .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let text = format!(
        "This is not CORS: the page's own Content-Security-Policy does not let it connect to {host}."
    );
    fix::repair(
        cluster.claim(cluster.confidence(), text),
        format!(
            "add {host} to connect-src (or the directive that the console names) of the page's Content-Security-Policy"
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};
    use crate::cors::Fate;

    #[test]
    fn the_page_forbids_it_itself() {
        let case = fetch("GET", "https://api.example.com/x")
            .fate(Fate::NetworkError("net::ERR_BLOCKED_BY_CSP".into()));
        first(&[case], "content-policy");
    }

    #[test]
    fn silent_for_an_extension() {
        let case = fetch("GET", "https://api.example.com/x")
            .fate(Fate::NetworkError("net::ERR_BLOCKED_BY_CLIENT".into()));
        silent(&[case], "content-policy");
    }
}
