//! # scan
//!
//! Somebody tries out which origins the server reflects: a CORS scanner or a penetration test. Its refusals are correct
//! and no fault; they only look like violations.
//!
//! ## Evidence
//! One client asks with three or more made-up origins: `https://evil.com`, `https://api.example.com.attacker.net`,
//! hosts with strange bytes.
//!
//! ## What to do
//! Nothing about the refusals. If one of these origins was let through, the rules of the family `risk-…` say so.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::registry::PatternInfo;
use crate::causes::signs::Sign;
use crate::causes::words;
use crate::finding::{Confidence, MessageKind};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "scan",
    summary: "a scanner tries made-up origins; the refusals are correct",
    file: include_str!("scan.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, host| {
        let is_scanned = host
            .odd_clients
            .values()
            .any(|origins| origins.rows().len() >= 3);
        cell.has(Sign::OddOrigin) && is_scanned
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let origins = cluster.origins();
    let text = format!(
        "A scanner tried {} made-up origins on {} ({}); refusing them is correct.",
        origins.len(),
        cluster.host.name,
        words::list(&origins),
    );
    cluster.claim(Confidence::Likely, text).show(
        MessageKind::Recorded,
        ":origins",
        Some(&words::list(&origins)),
        "made up",
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const X: &str = "https://api.example.com/x";

    #[test]
    fn three_made_up_origins_from_one_client() {
        let odd = [
            "https://evil.com",
            "https://api.example.com.a.net",
            "https://xapi.example.com",
        ];
        let cases: Vec<_> = (0i64..)
            .zip(odd)
            .map(|(n, origin)| fetch("GET", X).at(n).origin(origin).answer(200, &[]))
            .collect();
        assert_eq!(first(&cases, "scan").failed, 3);
    }

    #[test]
    fn silent_for_two_clients_with_one_each() {
        let cases = [
            fetch("GET", X).origin("https://evil.com").answer(200, &[]),
            fetch("GET", X)
                .at(1)
                .client(2)
                .origin("https://attacker.net")
                .answer(200, &[]),
        ];
        silent(&cases, "scan");
    }
}
