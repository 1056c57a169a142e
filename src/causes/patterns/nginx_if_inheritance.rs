//! # nginx-if-inheritance
//!
//! nginx forgets all inherited `add_header` lines inside an `if` or `location` block that has one of its own. The usual
//! recipe adds `Access-Control-Max-Age` inside `if ($request_method = OPTIONS)` and so loses every other CORS header
//! there.
//!
//! ## Evidence
//! A preflight answer with status 2xx whose only CORS header is `Access-Control-Max-Age`.
//!
//! ## What to do
//! Repeat all CORS headers inside the `if` block.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::Sign;
use crate::causes::words;
use crate::finding::{Confidence, Phase};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "nginx-if-inheritance",
    summary: "nginx drops the inherited CORS headers inside the if block for OPTIONS",
    file: include_str!("nginx_if_inheritance.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| {
        cell.phase == Phase::Preflight
            && cell.has(Sign::MaxAgeOnly)
            && cell.status().is_some_and(|status| status < 300)
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let is_nginx = cluster
        .fact("server")
        .is_some_and(|server| words::has(server, "nginx") || words::has(server, "openresty"));
    let max_age = cluster.fact("access-control-max-age").unwrap_or_default();
    let text = format!(
        "The preflight answer of {host} has access-control-max-age: {max_age} and no other CORS header: in nginx an add_header inside the if block for OPTIONS drops all inherited ones."
    );
    let confidence = match is_nginx {
        true => Confidence::Definite,
        false => Confidence::Likely,
    };
    let claim = cluster.claim(confidence, text);
    fix::answer_preflight(
        claim.fix(
            fix::SET_ALLOW_ORIGIN,
            "repeat every add_header Access-Control-… line inside the if block",
            cluster.params(),
        ),
        cluster,
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{APP, fetch, first, silent};

    const X: &str = "https://api.example.com/x";

    #[test]
    fn only_the_max_age_is_left() {
        let fields = [
            ("Server", "nginx/1.22.1"),
            ("Access-Control-Max-Age", "86400"),
        ];
        first(
            &[fetch("PUT", X).preflight(204, &fields)],
            "nginx-if-inheritance",
        );
    }

    #[test]
    fn silent_when_the_origin_is_there_too() {
        let fields = [
            ("Access-Control-Allow-Origin", APP),
            ("Access-Control-Max-Age", "86400"),
        ];
        silent(
            &[fetch("PUT", X).preflight(204, &fields)],
            "nginx-if-inheritance",
        );
    }
}
