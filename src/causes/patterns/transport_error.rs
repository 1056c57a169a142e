//! # transport-error
//!
//! The request got no answer: the name does not resolve, nobody listens, a firewall drops it, the connection broke.
//! Scripts see the same "failed to fetch" as for CORS; no header mends it.
//!
//! ## Evidence
//! The recorder's error text (`net::ERR_CONNECTION_REFUSED`, `…_TIMED_OUT`, `…_NAME_NOT_RESOLVED`,
//! `ERR_HTTP2_PROTOCOL_ERROR`, …), or a preflight that the connection swallowed. The same error on preflight and actual
//! request settles it.
//!
//! ## What to do
//! Check that the server runs and is reachable at this host and port from the browser's machine.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::NetFault;
use crate::finding::Confidence;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "transport-error",
    summary: "no answer came: refused, timed out, unresolved or broken connection, not CORS",
    file: include_str!("transport_error.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    let clusters = open.clusters_by(|cell, _| {
        let fault = cell.key.fault;
        is_transport(fault).then_some(fault)
    });
    clusters
        .iter()
        .map(|(fault, cluster)| claim(*fault, cluster))
        .collect()
}

fn is_transport(fault: NetFault) -> bool {
    matches!(
        fault,
        NetFault::Dns
            | NetFault::Offline
            | NetFault::Other
            | NetFault::Protocol
            | NetFault::Refused
            | NetFault::Timeout
    )
}

fn claim(fault: NetFault, cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let what = match fault {
        NetFault::Dns => format!("the name of {host} does not resolve"),
        NetFault::Offline => "the browser was offline".to_owned(),
        NetFault::Protocol => {
            format!("the connection to {host} broke before an answer was complete")
        }
        NetFault::Refused => format!("nothing listens at {host}"),
        NetFault::Timeout => {
            format!("{host} did not answer in time; a firewall may drop the packets")
        }
        _ => format!("{host} gave no answer"),
    };
    let error = match cluster.fact(":error") {
        Some(error) => format!(" ({error})"),
        None => String::new(),
    };
    let confidence = match fault {
        NetFault::Other => Confidence::Likely,
        _ => Confidence::Definite,
    };
    let claim = cluster.claim(confidence, format!("This is not CORS: {what}{error}."));
    fix::repair(
        claim,
        format!(
            "make {host} reachable from the browser: address, port, firewall, and the server itself"
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};
    use crate::cors::Fate;

    #[test]
    fn nothing_listens() {
        let case = fetch("GET", "http://localhost:5001/x")
            .fate(Fate::NetworkError("net::ERR_CONNECTION_REFUSED".into()));
        let cause = first(&[case], "transport-error");
        assert!(
            cause
                .text
                .contains("nothing listens at http://localhost:5001")
        );
    }

    #[test]
    fn a_preflight_without_answer() {
        let case = fetch("PUT", "https://api.example.com/x").preflight(0, &[]);
        first(&[case], "transport-error");
    }

    #[test]
    fn silent_for_a_refusal() {
        let case = fetch("GET", "https://api.example.com/x").answer(200, &[]);
        silent(&[case], "transport-error");
    }
}
