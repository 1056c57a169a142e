//! # redirect-taint
//!
//! A cross-origin redirect from a host that is itself cross-origin taints the request: the next hop gets `Origin: null`
//! instead of the page's origin. A target that lists the page's origin does not match any more. Typical for APIs that
//! redirect to a storage bucket.
//!
//! ## Evidence
//! A redirect to another origin, then a request with `Origin: null` whose answer lacks `*`.
//!
//! ## What to do
//! Let the API return the URL in its answer and have the page fetch it directly; or let the target answer `*` if the
//! data is public. Do not allow `null` for private data.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::patterns::login_redirect::without_query;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::Sign;
use crate::finding::{Confidence, FixParams};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "redirect-taint",
    summary: "a redirect to a third host makes the origin null, which the target does not allow",
    file: include_str!("redirect_taint.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| {
        let is_about_origin = cell.lacks_origin()
            || cell.rule.ends_with("mismatch")
            || cell.rule == "redirect-origin-became-null";
        cell.has(Sign::Tainted) && is_about_origin && cell.status().is_some()
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let target = without_query(cluster.fact("location").unwrap_or("another host"));
    let allowed = match cluster.fact("access-control-allow-origin") {
        Some(value) => format!("allows {value}"),
        None => "allows no origin".to_owned(),
    };
    let text = format!(
        "{host} redirects to {target}; after a redirect from one foreign host to another the browser sends Origin: null, and the target {allowed}, not null."
    );
    let params = FixParams {
        final_url: Some(target.to_owned()),
        ..cluster.params()
    };
    cluster
        .claim(Confidence::Definite, text)
        .fix(
            fix::NO_REDIRECT,
            format!("let {host} return the URL in its answer instead of redirecting, and let the page fetch {target} directly"),
            params.clone(),
        )
        .fix(
            fix::SET_ALLOW_ORIGIN,
            "or answer with access-control-allow-origin: * at the target, if the data is public",
            FixParams {
                origins: vec!["*".to_owned()],
                ..params
            },
        )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{APP, fetch, first, silent};

    const FILE: &str = "https://bucket.storage.example.net/a";

    #[test]
    fn the_bucket_lists_the_page_only() {
        let case = fetch("GET", "https://api.example.com/download/7")
            .answer(
                307,
                &[("Location", FILE), ("Access-Control-Allow-Origin", APP)],
            )
            .then(FILE, "null")
            .answer(200, &[("Access-Control-Allow-Origin", APP)]);
        let cause = first(&[case], "redirect-taint");
        assert!(
            cause
                .text
                .contains("and the target allows https://app.example.com, not null")
        );
    }

    #[test]
    fn silent_when_the_target_is_public() {
        let case = fetch("GET", "https://api.example.com/download/7")
            .answer(
                307,
                &[("Location", FILE), ("Access-Control-Allow-Origin", APP)],
            )
            .then(FILE, "null")
            .answer(200, &[("Access-Control-Allow-Origin", "*")]);
        silent(&[case], "redirect-taint");
    }
}
