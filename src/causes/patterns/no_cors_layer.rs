//! # no-cors-layer
//!
//! The host never sends a CORS header: nobody has configured CORS there. Either it is your server and the layer is
//! missing, or it is somebody else's API that is not meant for browsers.
//!
//! ## Evidence
//! No answer of the host in the input carries `Access-Control-Allow-Origin`.
//!
//! ## What to do
//! Your own server: add the CORS middleware or headers. During development a proxy in the dev server avoids the question.
//! Somebody else's: call it from your own backend. `mode: "no-cors"` does not help, its answers cannot be read.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::Sign;
use crate::causes::words;
use crate::finding::{Confidence, FixParams, Phase};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "no-cors-layer",
    summary: "the host never sends a CORS header",
    file: include_str!("no_cors_layer.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, host| {
        let never_allows =
            host.answers.sum(|_| true).with == 0 && host.preflights.sum(|_| true).with == 0;
        cell.lacks_origin() && cell.has(Sign::NoCorsFields) && never_allows
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let failed = cluster.failed();
    let is_error = cluster
        .cells()
        .all(|cell| cell.status().is_some_and(|status| status >= 400));
    let none = match failed {
        1 => "the answer".to_owned(),
        count => format!("none of {count} answers"),
    };
    let verb = match failed {
        1 => "carries no CORS header",
        _ => "carries a CORS header",
    };
    let status = match (is_error, cluster.phase()) {
        (false, _) => String::new(),
        (true, Phase::Preflight) => format!(" The preflight was answered {}.", cluster.statuses()),
        (true, _) => format!(" Look at the status first: {}.", cluster.statuses()),
    };
    let text = format!("{host} has no CORS configuration: {none} {verb}.{status}");
    let confidence = match failed {
        0..=2 => Confidence::Likely,
        _ => Confidence::Definite,
    };
    let claim = cluster.claim(confidence, text);
    let params = cluster.params();
    let origins = words::list(&params.origins);
    let path = params.path.clone();
    claim
        .fix(
            fix::SET_ALLOW_ORIGIN,
            format!("if {host} is yours, send access-control-allow-origin for {origins} on every answer, and answer preflights"),
            params,
        )
        .fix(
            fix::DEV_PROXY,
            "if it is not, or during development, call it through your own backend or the dev server's proxy",
            FixParams {
                path,
                final_url: Some(host.to_string()),
                ..FixParams::default()
            },
        )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const X: &str = "https://api.example.com/x";

    #[test]
    fn nothing_ever_carries_the_header() {
        let cases = [
            fetch("GET", X).answer(200, &[]),
            fetch("GET", X).at(1).answer(404, &[]),
        ];
        let cause = first(&cases, "no-cors-layer");
        assert!(
            cause.text.contains("none of 2 answers carries"),
            "{}",
            cause.text
        );
    }

    #[test]
    fn silent_when_another_route_has_it() {
        let cases = [
            fetch("GET", X).answer(200, &[]),
            fetch("GET", "https://api.example.com/y").at(1).ok(),
        ];
        silent(&cases, "no-cors-layer");
    }
}
