//! # proxy-auth
//!
//! A proxy of the network between browser and server wants a password (407). A preflight cannot give one, so the first
//! call of a session fails although the server is fine.
//!
//! ## Evidence
//! 407 on the preflight or the request, or `net::ERR_UNEXPECTED_PROXY_AUTH`.
//!
//! ## What to do
//! Load any page through the proxy first so that the browser is signed in, or exempt the API's host from proxy
//! authentication. Nothing on the server mends it.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::NetFault;
use crate::finding::Confidence;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "proxy-auth",
    summary: "a proxy of the network wants a password, which a preflight cannot give",
    file: include_str!("proxy_auth.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| cell.key.fault == NetFault::ProxyAuth || cell.status() == Some(407))
        .iter()
        .map(claim)
        .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let text = format!(
        "A proxy between the browser and {host} asks for a password (407), which a preflight can never carry: the server is not at fault."
    );
    fix::repair(
        cluster.claim(Confidence::Definite, text),
        format!("sign in to the proxy first, or exempt {host} from its authentication"),
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    #[test]
    fn the_preflight_meets_407() {
        let case = fetch("PUT", "https://api.example.com/x")
            .preflight(407, &[("Proxy-Authenticate", "Basic")]);
        first(&[case], "proxy-auth");
    }

    #[test]
    fn silent_for_401() {
        let case = fetch("PUT", "https://api.example.com/x").preflight(401, &[]);
        silent(&[case], "proxy-auth");
    }
}
