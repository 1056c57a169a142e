//! # windows-auth
//!
//! IIS or another server with Windows login (Negotiate, NTLM, Kerberos) authenticates every request before the
//! application, preflights included, which never carry credentials.
//!
//! ## Evidence
//! `OPTIONS` is answered 401 with `WWW-Authenticate: Negotiate` or `NTLM`.
//!
//! ## What to do
//! Allow anonymous access for `OPTIONS` beside Windows authentication (IIS: enable both, and require users in the
//! application; or install the IIS CORS module, which runs before authentication).

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::patterns::auth_before_cors;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::Sign;
use crate::finding::Confidence;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "windows-auth",
    summary: "Windows login (Negotiate, NTLM) refuses preflights",
    file: include_str!("windows_auth.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| auth_before_cors::is_unauthorized(cell) && cell.has(Sign::Negotiate))
        .iter()
        .map(claim)
        .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let challenge = cluster.fact("www-authenticate").unwrap_or("Negotiate");
    let text = format!(
        "{host} wants a Windows login (www-authenticate: {challenge}) for the preflight already, which never carries credentials."
    );
    cluster.claim(Confidence::Definite, text).fix(
        fix::ANSWER_PREFLIGHT_BEFORE_AUTH,
        format!("allow anonymous OPTIONS on {host} beside Windows authentication, for example with the IIS CORS module"),
        cluster.params(),
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const X: &str = "https://intranet.example.com/x";

    #[test]
    fn iis_negotiates_with_a_preflight() {
        first(
            &[fetch("PUT", X).preflight(401, &[("WWW-Authenticate", "Negotiate")])],
            "windows-auth",
        );
    }

    #[test]
    fn silent_for_bearer_tokens() {
        silent(
            &[fetch("PUT", X).preflight(401, &[("WWW-Authenticate", "Bearer")])],
            "windows-auth",
        );
    }
}
