//! # credentials-not-allowed
//!
//! The page includes credentials (cookies, client certificates, HTTP login) and the server does not allow that: it
//! answers `*`, which never works with credentials, or leaves out `Access-Control-Allow-Credentials: true` on the
//! preflight or on the answer itself.
//!
//! ## Evidence
//! The credentials mode, as far as the input shows it (the finding lists why), and the answer's fields.
//!
//! ## What to do
//! Either send the request without credentials, or answer preflight *and* request with the exact origin,
//! `Access-Control-Allow-Credentials: true` and `Vary: Origin`.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::finding::{FixParams, Phase};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "credentials-not-allowed",
    summary: "credentials are included, but the server does not allow them",
    file: include_str!("credentials_not_allowed.rs"),
    find,
};

/// Whether a rule is about credentials.
pub(in crate::causes) fn is_about_credentials(rule: &str) -> bool {
    rule.ends_with("wildcard-with-credentials") || rule.ends_with("allow-credentials-not-true")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Wildcard,
    NotTrue,
}

fn find(open: Open<'_>) -> Vec<Claim> {
    let clusters = open.clusters_by(|cell, _| {
        let kind = match cell.rule.contains("wildcard") {
            true => Kind::Wildcard,
            false => Kind::NotTrue,
        };
        is_about_credentials(cell.rule).then_some((kind, cell.phase == Phase::Preflight))
    });
    clusters
        .iter()
        .map(|((kind, on_preflight), cluster)| claim(*kind, *on_preflight, cluster))
        .collect()
}

fn claim(kind: Kind, on_preflight: bool, cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let message = match on_preflight {
        true => "its preflight answer",
        false => "its answer",
    };
    let text = match kind {
        Kind::Wildcard => format!(
            "The page includes credentials in requests to {host}, and {message} allows the origin with `*`, which browsers refuse for credentials."
        ),
        Kind::NotTrue => format!(
            "The page includes credentials in requests to {host}, and {message} lacks access-control-allow-credentials: true."
        ),
    };
    fixes(cluster.claim(cluster.confidence(), text), cluster)
}

/// Without credentials, or with an answer that allows them.
pub(in crate::causes) fn fixes(claim: Claim, cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let params = FixParams {
        credentials: Some(true),
        ..cluster.params()
    };
    let origin = params.origins.first().cloned().unwrap_or_default();
    claim
        .fix(
            fix::ALLOW_CREDENTIALS,
            format!("answer preflight and request with access-control-allow-origin: {origin}, access-control-allow-credentials: true and vary: Origin on {host}"),
            params,
        )
        .fix(
            fix::CLIENT_OMIT,
            "or send the request without credentials, if it needs no cookies",
            FixParams::default(),
        )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};
    use crate::cors::CredentialsMode;

    const X: &str = "https://api.example.com/x";

    #[test]
    fn a_star_for_cookies() {
        let case = fetch("GET", X)
            .credentials(CredentialsMode::Include)
            .answer(200, &[("Access-Control-Allow-Origin", "*")]);
        first(&[case], "credentials-not-allowed");
    }

    #[test]
    fn true_only_on_the_preflight() {
        let case = fetch("GET", X).credentials(CredentialsMode::Include).ok();
        let cause = first(&[case], "credentials-not-allowed");
        assert!(
            cause
                .text
                .contains("lacks access-control-allow-credentials")
        );
    }

    #[test]
    fn silent_without_credentials() {
        silent(
            &[fetch("GET", X).answer(200, &[])],
            "credentials-not-allowed",
        );
    }
}
