//! # certificate-error
//!
//! The browser does not trust the server's certificate, or TLS failed, so no HTTP was spoken at all. Scripts cannot see
//! why and Firefox even prints "CORS request did not succeed": it is not CORS.
//!
//! ## Evidence
//! The recorder's error text (`net::ERR_CERT_…`, `net::ERR_SSL_…`), status 0, no fields.
//!
//! ## What to do
//! Open the API's address in a tab of its own to see the browser's certificate warning. Install a certificate that
//! browsers trust; for development use one made by a local authority such as mkcert.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::NetFault;
use crate::finding::Confidence;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "certificate-error",
    summary: "the server's certificate is not trusted or TLS failed: not CORS at all",
    file: include_str!("certificate_error.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| cell.key.fault == NetFault::Certificate)
        .iter()
        .map(claim)
        .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let error = cluster.fact(":error").unwrap_or("a TLS error");
    let text = format!(
        "This is not CORS: the browser refuses the certificate of {host} ({error}), so no request reached it."
    );
    fix::repair(
        cluster.claim(Confidence::Definite, text),
        format!(
            "give {host} a certificate that browsers trust; open it in a tab to see the browser's own words"
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};
    use crate::cors::Fate;

    #[test]
    fn an_unknown_authority() {
        let case = fetch("GET", "https://api.example.com/x")
            .fate(Fate::NetworkError("net::ERR_CERT_AUTHORITY_INVALID".into()));
        assert!(
            first(&[case], "certificate-error")
                .text
                .contains("not CORS")
        );
    }

    #[test]
    fn silent_when_the_port_is_closed() {
        let case = fetch("GET", "https://api.example.com/x")
            .fate(Fate::NetworkError("net::ERR_CONNECTION_REFUSED".into()));
        silent(&[case], "certificate-error");
    }
}
