//! # preflight-error
//!
//! The server answers the preflight with an error of another kind than "no such route" or "not signed in": it crashes,
//! redirects, or refuses for a reason of its own. A preflight passes only with a status of 200 to 299.
//!
//! ## Evidence
//! The preflight's status and the first bytes of its answer.
//!
//! ## What to do
//! Answer `OPTIONS` with 204 before any other code of the application runs. A 500 for some origins only is typical of an
//! allow-list callback that throws.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::words;
use crate::finding::{Confidence, Phase};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "preflight-error",
    summary: "the server answers the preflight with an error",
    file: include_str!("preflight_error.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| {
        cell.phase == Phase::Preflight && cell.status().is_some_and(|status| status >= 300)
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let body = match cluster.fact(":body") {
        Some(body) => format!(" (“{}”)", words::head(body, 60)),
        None => String::new(),
    };
    let is_crash = cluster
        .cells()
        .any(|cell| cell.status().is_some_and(|status| status >= 500));
    let hint = match is_crash {
        true => {
            " The server's log tells why; some allow-list callbacks throw for origins that they do not know."
        }
        false => "",
    };
    let text = format!(
        "The real fault is the {} with which {host} answers the preflight{body}; only 200 to 299 passes.{hint}",
        cluster.statuses()
    );
    fix::answer_preflight(cluster.claim(Confidence::Definite, text), cluster)
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{APP, fetch, first, silent};

    const X: &str = "https://api.example.com/x";

    #[test]
    fn the_server_crashes_on_options() {
        let case = fetch("PUT", X).preflight(500, &[("Access-Control-Allow-Origin", APP)]);
        assert!(
            first(&[case], "preflight-error")
                .text
                .contains("the 500 with which")
        );
    }

    #[test]
    fn silent_for_success() {
        silent(&[fetch("PUT", X).preflight(200, &[])], "preflight-error");
    }
}
