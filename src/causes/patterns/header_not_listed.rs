//! # header-not-listed
//!
//! The preflight passes, but its answer does not list a request header. Browsers name one missing header at a time; the
//! report names what all failing preflights of the host ask for.
//!
//! ## Evidence
//! `Access-Control-Request-Headers` and `Access-Control-Allow-Headers`.
//!
//! ## What to do
//! Add the headers, or do not send them. `Access-Control-Allow-…` headers belong into answers: remove them from the
//! page's requests.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::words;
use crate::finding::{Confidence, FixParams, MessageKind};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "header-not-listed",
    summary: "the preflight's answer does not list a request header",
    file: include_str!("header_not_listed.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    let clusters = open.clusters_by(|cell, _| match cell.rule {
        "preflight-header-not-allowed" => Some(false),
        "preflight-allow-headers-unparsable" => Some(true),
        _ => None,
    });
    clusters
        .iter()
        .map(|(is_unparsable, cluster)| claim(*is_unparsable, cluster))
        .collect()
}

fn claim(is_unparsable: bool, cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let listed = cluster.fact("access-control-allow-headers");
    let mut headers: Vec<String> = cluster
        .cells()
        .flat_map(|cell| cell.missing_headers())
        .collect();
    headers.sort();
    headers.dedup();
    let names = words::list(&headers);
    let shown = listed.unwrap_or("nothing");
    let responses = headers
        .iter()
        .find(|name| name.starts_with("access-control-"));
    let text = match responses {
        _ if is_unparsable => format!(
            "{host} sends access-control-allow-headers: {shown}, which is not a comma-separated list of header names."
        ),
        Some(name) => format!(
            "The page sends {name} with its requests to {host}; that header belongs into the server's answers and makes the preflight fail."
        ),
        None if words::lists_all(listed) => format!(
            "{host} lists * in access-control-allow-headers, which does not count for requests with credentials: {names} must be named."
        ),
        None => format!(
            "{host} does not allow {names} across origins: its preflight answer lists {shown}."
        ),
    };
    let params = FixParams {
        headers: headers.clone(),
        ..cluster.params()
    };
    let claim = cluster.claim(Confidence::Definite, text).show(
        MessageKind::PreflightResponse,
        "access-control-allow-headers",
        listed,
        match is_unparsable {
            true => "not a list of header names".to_owned(),
            false => format!("{names} is not in it"),
        },
    );
    match responses {
        _ if is_unparsable => claim.fix(
            fix::ADD_HEADER,
            format!(
                "write access-control-allow-headers of {host} as names with commas between them"
            ),
            params,
        ),
        Some(name) => claim.fix(
            fix::REMOVE_HEADER,
            format!("remove {name} from the page's requests"),
            params,
        ),
        None => claim.fix(
            fix::ADD_HEADER,
            format!("add {names} to access-control-allow-headers on {host}"),
            params,
        ),
    }
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
    fn an_api_key_is_not_listed() {
        let case = fetch("GET", X).asks("x-api-key").preflight(204, &FIELDS);
        let cause = first(&[case], "header-not-listed");
        assert_eq!(cause.fix[0].params.headers, ["x-api-key"]);
    }

    #[test]
    fn the_page_sends_the_servers_headers() {
        let case = fetch("GET", X)
            .asks("access-control-allow-origin")
            .preflight(204, &FIELDS);
        assert!(
            first(&[case], "header-not-listed").fix[0]
                .text
                .starts_with("remove")
        );
    }

    #[test]
    fn silent_when_it_is_listed() {
        let case = fetch("POST", X)
            .asks("content-type")
            .preflight(204, &FIELDS)
            .ok();
        silent(&[case], "header-not-listed");
    }
}
