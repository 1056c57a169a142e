//! # waf-block
//!
//! A firewall, bot filter or challenge page answers instead of the server. Its page has no CORS headers, so the browser
//! reports CORS.
//!
//! ## Evidence
//! Fields and bodies of known filters: `cf-mitigated`, `x-amzn-waf-action`, `AkamaiGHost` with 403, `x-sucuri-id`,
//! Incapsula, DataDome, F5, ModSecurity. The request or ray id helps the filter's owner to find the rule.
//!
//! ## What to do
//! Let preflights pass the filter (they carry no credentials and change nothing), and exempt the API's paths from
//! challenges that only a human can solve.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::Sign;
use crate::causes::words;
use crate::finding::{Confidence, Phase};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "waf-block",
    summary: "a firewall or bot filter answers instead of the server",
    file: include_str!("waf_block.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| cell.has(Sign::Filtered))
        .iter()
        .map(claim)
        .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let filter = cluster.fact(":maker").unwrap_or("a firewall");
    let what = match cluster.phase() {
        Phase::Preflight => "preflight",
        _ => "request",
    };
    let ray = match cluster.fact("cf-ray") {
        Some(ray) => format!(" (cf-ray {ray})"),
        None => String::new(),
    };
    let text = format!(
        "Not the server but {filter} answers at {host}: it blocked {} with {}{ray}, and its page carries no CORS headers.",
        words::count(cluster.failed(), what),
        cluster.statuses(),
    );
    cluster.claim(Confidence::Likely, text).fix(
        fix::WAF_BYPASS,
        format!("let OPTIONS with access-control-request-method, and the API's paths, pass {filter} at {host}"),
        cluster.params(),
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const X: &str = "https://api.example.com/x";

    #[test]
    fn cloudflare_challenges_the_preflight() {
        let fields = [
            ("cf-mitigated", "challenge"),
            ("cf-ray", "8c1d-AMS"),
            ("Server", "cloudflare"),
        ];
        let case = fetch("PUT", X).preflight(403, &fields);
        let cause = first(&[case], "waf-block");
        assert!(cause.text.contains("Cloudflare") && cause.text.contains("8c1d-AMS"));
    }

    #[test]
    fn silent_for_the_applications_403() {
        silent(
            &[fetch("PUT", X).preflight(403, &[("Server", "cloudflare")])],
            "waf-block",
        );
    }
}
