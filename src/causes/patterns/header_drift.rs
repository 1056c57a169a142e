//! # header-drift
//!
//! The page's requests carry a header that they did not carry before, usually added by a tracing or monitoring library
//! (Sentry, Datadog, OpenTelemetry, New Relic). It forces a preflight, and the server does not list it.
//!
//! ## Evidence
//! The preflight asks for `sentry-trace`, `baggage`, `traceparent`, `x-datadog-…` or the like, and
//! `Access-Control-Allow-Headers` lacks it; or earlier preflights of the route passed without this header.
//!
//! ## What to do
//! On your own hosts list the header. On others' hosts tell the library where it may add it: `tracePropagationTargets`
//! (Sentry), `allowedTracingUrls` (Datadog), `propagateTraceHeaderCorsUrls` (OpenTelemetry).

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::tracing_library;
use crate::causes::words;
use crate::finding::{Confidence, FixParams};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "header-drift",
    summary: "a tracing library, or a new version of the page, adds a header that is not allowed",
    file: include_str!("header_drift.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    let book = open.book;
    open.clusters(|cell, _| {
        if cell.rule != "preflight-header-not-allowed" {
            return false;
        }
        // Whoever allows all means the new header, too: credentials make the difference.
        let allows_all = words::lists_all(cell.fact("access-control-allow-headers"));
        let is_new = !allows_all
            && book.route(cell.key.route).is_some_and(|route| {
                let had_preflights_before = route.preflights.sum(|_| true).with > 0
                    && route.origins.get(&cell.origin).is_some_and(|row| {
                        row.passed.count > 0 && row.passed.last < cell.span.first
                    });
                let never_passed = cell.missing_headers().any(|name| {
                    route.asked.get(&name).is_some_and(|row| {
                        row.passed.count == 0 && row.failed.first >= cell.span.first
                    })
                });
                had_preflights_before && never_passed
            });
        is_new
            || cell
                .missing_headers()
                .any(|name| tracing_library(&name).is_some())
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let mut headers: Vec<_> = cluster
        .cells()
        .flat_map(|cell| cell.missing_headers())
        .collect();
    headers.sort();
    headers.dedup();
    let library = headers.iter().find_map(|name| tracing_library(name));
    let listed = words::list(&headers);
    let (confidence, text) = match library {
        Some(library) => (
            Confidence::Definite,
            format!(
                "{library} adds {listed} to requests to {host}, which forces a preflight, and the server does not allow it."
            ),
        ),
        None => (
            Confidence::Likely,
            format!(
                "A new version of the page adds {listed} to requests to {host}: preflights passed before without it, and the server does not allow it."
            ),
        ),
    };
    let params = FixParams {
        headers: headers.clone(),
        ..cluster.params()
    };
    let claim = cluster.claim(confidence, text);
    let claim = match library {
        Some(_) => claim.fix(
            fix::REMOVE_HEADER,
            format!("keep the library from adding {listed} to requests to {host} (tracePropagationTargets, allowedTracingUrls), if it is not your host"),
            FixParams {
                headers,
                ..FixParams::default()
            },
        ),
        None => claim,
    };
    claim.fix(
        fix::ADD_HEADER,
        format!("add {listed} to access-control-allow-headers on {host}"),
        params,
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{APP, fetch, first, silent};

    const X: &str = "https://api.example.com/x";
    const FIELDS: [(&str, &str); 2] = [
        ("Access-Control-Allow-Origin", APP),
        ("Access-Control-Allow-Headers", "content-type"),
    ];

    #[test]
    fn sentry_adds_a_header() {
        let case = fetch("GET", X).asks("sentry-trace").preflight(204, &FIELDS);
        let cause = first(&[case], "header-drift");
        assert!(
            cause.text.starts_with("Sentry adds sentry-trace"),
            "{}",
            cause.text
        );
    }

    #[test]
    fn a_new_version_asks_for_more() {
        let cases = [
            fetch("POST", X)
                .asks("content-type")
                .preflight(204, &FIELDS)
                .ok(),
            fetch("POST", X)
                .at(9)
                .asks("content-type,x-new")
                .preflight(204, &FIELDS),
        ];
        first(&cases, "header-drift");
    }

    #[test]
    fn silent_for_a_header_that_never_worked() {
        let case = fetch("GET", X).asks("x-api-key").preflight(204, &FIELDS);
        silent(&[case], "header-drift");
    }
}
