//! # opaque-origin
//!
//! The page itself has no origin that a server could list: it was opened from a file, runs in a sandboxed frame, or came
//! from a `data:` URL or a `Content-Security-Policy: sandbox` document. Its requests say `Origin: null`.
//!
//! ## Evidence
//! `Origin: null` on the first request already, without a redirect before it.
//!
//! ## What to do
//! Serve the page from a web server (`http://localhost` for development), or give the frame `allow-same-origin`. Do not
//! allow `null` on the server: every sandboxed frame of every site would match.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::{NetFault, Sign};
use crate::finding::Confidence;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "opaque-origin",
    summary: "the page has no origin (file, sandbox, data URL), so its requests say Origin: null",
    file: include_str!("opaque_origin.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| {
        let is_about_origin = cell.lacks_origin() || cell.rule.ends_with("mismatch");
        cell.has(Sign::OpaqueOrigin) && is_about_origin && cell.key.fault == NetFault::None
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let text = format!(
        "The page has no origin of its own (opened from a file, a sandboxed frame or a data: URL): its requests to {} say Origin: null, which no server should list.",
        cluster.host.name
    );
    fix::repair(
        cluster.claim(Confidence::Definite, text),
        "open the page from a web server instead of a file, or add allow-same-origin to the frame's sandbox; do not allow null on the server",
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const X: &str = "https://api.example.com/x";

    #[test]
    fn a_page_from_the_disk() {
        first(
            &[fetch("GET", X).origin("null").answer(200, &[])],
            "opaque-origin",
        );
    }

    #[test]
    fn silent_after_a_redirect() {
        let allow = [
            ("Location", "https://b.example.net/x"),
            ("Access-Control-Allow-Origin", "*"),
        ];
        let case = fetch("GET", X)
            .answer(307, &allow)
            .then("https://b.example.net/x", "null")
            .answer(200, &[]);
        silent(&[case], "opaque-origin");
    }
}
