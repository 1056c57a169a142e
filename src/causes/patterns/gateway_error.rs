//! # gateway-error
//!
//! The gateway in front of the application gave up: the upstream is down (502, 503) or took too long (504). The gateway
//! makes the error page itself, without the CORS headers that the application would have added.
//!
//! ## Evidence
//! Status 502 to 504, or Cloudflare's 520 to 530, without CORS headers; a wait near a round number of seconds, which is
//! some timeout's setting.
//!
//! ## What to do
//! Mend the upstream, or raise the timeout that ran out. Then have the gateway send CORS headers on its own errors.

use crate::causes::cell::Cell;
use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::registry::PatternInfo;
use crate::causes::{fix, words};
use crate::finding::{Confidence, MessageKind, Phase};
use std::time::Duration;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "gateway-error",
    summary: "the gateway's own error page, for an upstream that is down or too slow, lacks CORS headers",
    file: include_str!("gateway_error.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    let clusters = open.clusters_by(|cell, host| {
        let is_gateways = matches!(cell.status(), Some(502..=504 | 520..=530));
        let others_carry = host.answers.sum(|status| status < 400).with > 0;
        let timeout = timeout(cell);
        // Beside good answers, a quick 502 is a plain error without CORS headers.
        let is_own_story = timeout.is_some() || !others_carry || cell.phase == Phase::Preflight;
        (is_gateways && is_own_story).then_some(timeout)
    });
    clusters
        .iter()
        .map(|(timeout, cluster)| claim(*timeout, cluster))
        .collect()
}

/// The setting that ran out, in seconds: the wait is at, or just beyond, a round number.
fn timeout(cell: &Cell) -> Option<u64> {
    let (shortest, _) = cell.wait?;
    ROUND.into_iter().find(|seconds| {
        let setting = Duration::from_secs(*seconds);
        let slack = (setting / 33).max(Duration::from_millis(300));
        shortest >= setting.saturating_sub(slack / 3) && shortest <= setting.saturating_add(slack)
    })
}

/// Seconds that timeouts are set to: API Gateway's 29, most proxies' 60, …
const ROUND: [u64; 15] = [
    5, 10, 15, 20, 29, 30, 40, 45, 60, 75, 90, 100, 120, 180, 300,
];

fn claim(timeout: Option<u64>, cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let statuses = cluster.statuses();
    let maker = cluster.fact(":maker").unwrap_or("the gateway");
    let what = match cluster.phase() {
        Phase::Preflight => "preflight",
        _ => "request",
    };
    let text = match timeout {
        Some(seconds) => format!(
            "The real fault is the {statuses}: the upstream of {host} gave no answer within {seconds} s, and {maker} made an error page without CORS headers."
        ),
        None => format!(
            "The real fault is the {statuses}: the upstream of {host} is down or broken, and {maker} answered {} itself, without CORS headers.",
            words::count(cluster.failed(), what),
        ),
    };
    let confidence = match timeout.is_some() {
        true => Confidence::Definite,
        false => Confidence::Likely,
    };
    let claim = cluster.claim(confidence, text);
    let claim = match timeout {
        Some(seconds) => claim.show(
            MessageKind::Recorded,
            ":wait",
            Some(&format!("{seconds} s")),
            "a timeout's setting",
        ),
        None => claim,
    };
    let advice = match timeout {
        Some(seconds) => {
            format!("find out why {host} needs more than {seconds} s, or raise that timeout")
        }
        None => format!("mend the upstream of {host}"),
    };
    fix::headers_on_errors(fix::repair(claim, advice), cluster)
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const X: &str = "https://api.example.com/report";

    #[test]
    fn the_upstream_needs_more_than_a_minute() {
        let cases = [
            fetch("GET", X).ok(),
            fetch("GET", X)
                .at(9)
                .answer(504, &[("Server", "nginx")])
                .wait(60_020),
        ];
        let cause = first(&cases, "gateway-error");
        assert!(
            cause.text.contains("within 60 s, and nginx"),
            "{}",
            cause.text
        );
        assert!(cause.fix[1].text.contains("always"));
    }

    #[test]
    fn nothing_else_answers_at_all() {
        first(&[fetch("GET", X).answer(503, &[])], "gateway-error");
    }

    #[test]
    fn silent_for_a_quick_502_beside_good_answers() {
        let cases = [fetch("GET", X).ok(), fetch("GET", X).at(1).answer(502, &[])];
        silent(&cases, "gateway-error");
    }
}
