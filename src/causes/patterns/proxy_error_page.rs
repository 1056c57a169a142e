//! # proxy-error-page
//!
//! A proxy or load balancer answers with an error page of its own; the application, which knows about CORS, never saw
//! the request.
//!
//! ## Evidence
//! An error status with the page or `Server` of a known proxy: nginx' and OpenResty's HTML, Envoy's
//! `upstream connect error`, `awselb`, Varnish, HAProxy, CloudFront.
//!
//! ## What to do
//! Find out why the proxy refuses (routing, host name, method, access rules), then add CORS headers at that layer too.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::Sign;
use crate::finding::{Confidence, Phase};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "proxy-error-page",
    summary: "a proxy's own error page answers instead of the application",
    file: include_str!("proxy_error_page.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, host| {
        let is_proxys = match cell.phase {
            Phase::Preflight => !matches!(cell.status(), Some(401 | 404 | 405 | 501)),
            _ => host.answers.sum(|status| status < 400).with == 0,
        };
        cell.has(Sign::GatewayMade) && cell.lacks_origin() && is_proxys
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let maker = cluster.fact(":maker").unwrap_or("a proxy");
    let what = match cluster.phase() {
        Phase::Preflight => "the preflight",
        _ => "the request",
    };
    let text = format!(
        "The real fault is the {} that {maker} in front of {host} answers itself: the application never saw {what}.",
        cluster.statuses()
    );
    let claim = fix::repair(
        cluster.claim(Confidence::Likely, text),
        format!(
            "find out why {maker} answers {} at {host}",
            cluster.statuses()
        ),
    );
    fix::headers_on_errors(claim, cluster)
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const X: &str = "https://api.example.com/x";
    const PAGE: &str = "<html><center><h1>404 Not Found</h1></center><hr><center>nginx</center>";

    #[test]
    fn nginx_finds_nothing() {
        let case = fetch("GET", X)
            .answer(404, &[("Server", "nginx")])
            .body(PAGE);
        let cause = first(&[case], "proxy-error-page");
        assert!(cause.text.contains("the 404 that nginx"), "{}", cause.text);
    }

    #[test]
    fn silent_for_the_applications_own_error() {
        let case = fetch("GET", X).answer(404, &[("Server", "uvicorn")]);
        silent(&[case], "proxy-error-page");
    }
}
