//! # resource-policy
//!
//! A picture, script or style sheet says with `Cross-Origin-Resource-Policy` that pages of other origins (or sites) may not
//! embed it. The browser threw the answer away. CORS headers do not matter: such a load does not ask for them.
//!
//! ## Evidence
//! The recorder's `net::ERR_BLOCKED_BY_RESPONSE…`, or the header's value on an answer to a foreign page.
//!
//! ## What to do
//! Send `Cross-Origin-Resource-Policy: cross-origin` if other pages may embed it, or load it with `crossorigin` and CORS.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::finding::{Confidence, FixParams};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "resource-policy",
    summary: "Cross-Origin-Resource-Policy forbids other pages to embed it",
    file: include_str!("resource_policy.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| cell.rule == "corp-blocked")
        .iter()
        .map(claim)
        .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let pages = cluster.origins().join(", ");
    let text = format!(
        "This is not CORS: {host} forbids {pages} to embed its files (Cross-Origin-Resource-Policy)."
    );
    cluster.claim(Confidence::Definite, text).fix(
        fix::ALLOW_EMBEDDING,
        "send  cross-origin-resource-policy: cross-origin  with what others may embed",
        FixParams::default(),
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};
    use crate::cors::Fate;

    #[test]
    fn a_picture_for_the_own_pages_only() {
        let case = fetch("GET", "https://cdn.example.net/logo.png")
            .answer(200, &[("Cross-Origin-Resource-Policy", "same-origin")])
            .fate(Fate::NetworkError(
                "net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin".into(),
            ));
        first(&[case], "resource-policy");
    }

    #[test]
    fn silent_for_a_missing_header() {
        let case = fetch("GET", "https://cdn.example.net/logo.png").answer(200, &[]);
        silent(&[case], "resource-policy");
    }
}
