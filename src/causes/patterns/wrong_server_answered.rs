//! # wrong-server-answered
//!
//! Another program than the one that was meant answers at this address: on a Mac the AirPlay receiver owns port 5000,
//! on Windows HTTP.sys answers for applications that are not there, or a preflight and its request end at different
//! servers.
//!
//! ## Evidence
//! The `Server` field: of a program that is known to get in the way, or of another program than answered the preflight
//! of the same request.
//!
//! ## What to do
//! Stop the other program or move the API to a free port; behind a load balancer, route `OPTIONS` and the other methods
//! to the same backend.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::Sign;
use crate::finding::{Confidence, MessageKind};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "wrong-server-answered",
    summary: "another program than the one that was meant answers at this address",
    file: include_str!("wrong_server_answered.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| {
        let ends_elsewhere = cell.has(Sign::OtherServer)
            && cell.has(Sign::PreflightPassed)
            && cell.lacks_origin()
            && cell.status().is_some_and(|status| status < 500)
            && ![
                Sign::Html,
                Sign::GatewayMade,
                Sign::Filtered,
                Sign::Interstitial,
            ]
            .iter()
            .any(|sign| cell.has(*sign));
        cell.has(Sign::WrongServer) || ends_elsewhere
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let server = cluster.fact("server").unwrap_or_default();
    let is_known = cluster.cells().any(|cell| cell.has(Sign::WrongServer));
    let (confidence, text) = match (is_known, cluster.fact(":maker")) {
        (true, Some(program)) => (
            Confidence::Definite,
            format!(
                "Another program answers at {host}: {program} (server: {server}), with status {}. The API never saw the request.",
                cluster.statuses()
            ),
        ),
        _ => {
            let first = cluster.fact(":preflight-server").unwrap_or_default();
            (
                Confidence::Likely,
                format!(
                    "The preflight of {host} was answered by {first}, the request itself by {server} with status {} and no CORS headers: they end at different servers.",
                    cluster.statuses()
                ),
            )
        }
    };
    let claim = cluster.claim(confidence, text).show(
        MessageKind::ActualResponse,
        "server",
        Some(server),
        "not the program that was meant",
    );
    let advice = match cluster.fact("server") {
        Some(server) if server.contains("AirTunes") => {
            "switch off the AirPlay receiver (System Settings, General, AirDrop & Handoff), or use another port than 5000".to_owned()
        }
        _ => format!("stop the other program at {host}, or use a free port"),
    };
    fix::repair(claim, advice)
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    #[test]
    fn airplay_owns_port_5000() {
        let case = fetch("GET", "http://localhost:5000/api")
            .origin("http://localhost:3000")
            .answer(403, &[("Server", "AirTunes/770.8.1")]);
        let cause = first(&[case], "wrong-server-answered");
        assert!(cause.text.contains("AirPlay"), "{}", cause.text);
    }

    #[test]
    fn silent_when_one_server_answers_both() {
        let case = fetch("PUT", "https://api.example.com/x")
            .preflight_ok()
            .answer(200, &[("Server", "uvicorn")]);
        silent(&[case], "wrong-server-answered");
    }
}
