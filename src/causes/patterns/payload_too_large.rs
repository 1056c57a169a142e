//! # payload-too-large
//!
//! The body of the request is larger than a proxy in front of the application takes: 413, made by the proxy, without
//! CORS headers. Small uploads work, larger ones "fail with CORS".
//!
//! ## Evidence
//! Status 413; the size of the body; `Server` names the proxy.
//!
//! ## What to do
//! Raise the limit of that proxy (nginx `client_max_body_size`, ingress `proxy-body-size`, IIS
//! `maxAllowedContentLength`), or upload in parts.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::words;
use crate::finding::{Confidence, MessageKind};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "payload-too-large",
    summary: "the request's body is larger than a proxy takes (413)",
    file: include_str!("payload_too_large.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| cell.status() == Some(413))
        .iter()
        .map(claim)
        .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let size = cluster
        .cells()
        .map(|cell| cell.largest_body)
        .max()
        .unwrap_or(0);
    let body = match size {
        0 => "the body".to_owned(),
        size => format!("a body of {}", words::bytes(size)),
    };
    let server = cluster.fact("server").unwrap_or("a proxy");
    let text = format!(
        "The real fault is the 413: {server} in front of {host} does not take {body}, and its own error page carries no CORS headers."
    );
    let advice = match server {
        _ if words::has(server, "nginx") || words::has(server, "openresty") => {
            "raise client_max_body_size in nginx (ingress: proxy-body-size)".to_owned()
        }
        _ if words::has(server, "IIS") => {
            "raise maxAllowedContentLength in IIS' requestFiltering".to_owned()
        }
        _ => format!("raise the body limit of the proxy in front of {host}"),
    };
    let claim = cluster.claim(Confidence::Definite, text).show(
        MessageKind::ActualRequest,
        ":body-size",
        Some(&size.to_string()),
        "bytes sent",
    );
    fix::headers_on_errors(fix::repair(claim, advice), cluster)
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const UP: &str = "https://api.example.com/upload";

    #[test]
    fn nginx_takes_one_megabyte() {
        let cases = [
            fetch("POST", UP).preflight_ok().ok().body_size(1000),
            fetch("POST", UP)
                .at(1)
                .preflight_ok()
                .body_size(2_450_000)
                .answer(413, &[("Server", "nginx/1.22")]),
        ];
        let cause = first(&cases, "payload-too-large");
        assert!(cause.text.contains("a body of 2.4 MB"), "{}", cause.text);
        assert!(cause.fix[0].text.contains("client_max_body_size"));
    }

    #[test]
    fn silent_for_other_errors() {
        silent(
            &[fetch("POST", UP).preflight_ok().answer(400, &[])],
            "payload-too-large",
        );
    }
}
