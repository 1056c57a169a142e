//! # route-outside-cors
//!
//! The host knows about CORS and lets this origin pass on other routes, but not on this one: the route is outside of the
//! CORS layer (static files, a second application, a path that is not in the configured list).
//!
//! ## Evidence
//! Successful answers of one route without `Access-Control-Allow-Origin`, beside answers of other routes of the same
//! host to the same origin that carry it.
//!
//! ## What to do
//! Extend the CORS layer to the route: Laravel's `paths`, django-cors-headers' `CORS_URLS_REGEX`, the `location` block
//! of the web server, the router that the middleware is attached to.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::words;
use crate::finding::Confidence;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "route-outside-cors",
    summary: "this route lacks the CORS headers that other routes of the host send",
    file: include_str!("route_outside_cors.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    let book = open.book;
    open.clusters(|cell, host| {
        let passes_on_host = host
            .origins
            .get(&cell.origin)
            .is_some_and(|row| row.passed.count > 0);
        let passes_here = book.route(cell.key.route).is_some_and(|route| {
            route
                .origins
                .get(&cell.origin)
                .is_some_and(|row| row.passed.count > 0)
        });
        cell.lacks_origin() && passes_on_host && !passes_here
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let text = format!(
        "{} of {host} sends no CORS headers, while other routes of the host let {} pass.",
        words::list(&cluster.routes()),
        words::list(&cluster.origins()),
    );
    cluster.claim(Confidence::Likely, text).fix(
        fix::SET_ALLOW_ORIGIN,
        format!(
            "extend the CORS configuration of {host} to {}",
            words::list(&cluster.routes())
        ),
        cluster.params(),
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    #[test]
    fn files_lack_what_the_api_has() {
        let cases = [
            fetch("GET", "https://api.example.com/users").ok(),
            fetch("GET", "https://api.example.com/files/7")
                .at(1)
                .answer(200, &[]),
        ];
        first(&cases, "route-outside-cors");
    }

    #[test]
    fn silent_when_the_route_passes_at_times() {
        let cases = [
            fetch("GET", "https://api.example.com/users").ok(),
            fetch("GET", "https://api.example.com/users")
                .at(1)
                .answer(200, &[]),
        ];
        silent(&cases, "route-outside-cors");
    }
}
