//! # mixed-or-lna
//!
//! The browser stopped the request before any CORS header could matter: a page loaded with `https` asked for `http`
//! (mixed content), or a public page asked a machine of the local network or the user's own (Local Network Access, a
//! permission in Chrome since version 142).
//!
//! ## Evidence
//! The recorder's error; or a request without any answer or preflight from an `https` page to an `http` or private
//! address.
//!
//! ## What to do
//! Mixed content: serve the API with `https`. Local network: have the user grant the permission, or serve page and API
//! from the same address space. No `Access-Control-…` header helps.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::{NetFault, Sign};
use crate::fetch::origin::{self, Reach};
use crate::finding::{Confidence, FixParams, Phase};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "mixed-or-lna",
    summary: "blocked before CORS: http from an https page, or a local address from a public page",
    file: include_str!("mixed_or_lna.rs"),
    find,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Mixed,
    Local,
}

fn find(open: Open<'_>) -> Vec<Claim> {
    let clusters = open.clusters_by(|cell, host| {
        if cell.rule == "csp-blocked" {
            return None;
        }
        let is_silent = cell.has(Sign::Unanswered)
            && cell.phase != Phase::Preflight
            && cell.key.preflight_status.is_none()
            && cell.key.fault == NetFault::None;
        let reach = origin::reach(&host.name);
        let is_local = matches!(reach, Some(Reach::Loopback | Reach::Private));
        let page_is_public = origin::reach(&cell.origin) == Some(Reach::Public);
        match cell.key.fault {
            NetFault::Mixed => Some((Kind::Mixed, true)),
            NetFault::LocalNetwork => Some((Kind::Local, true)),
            _ if is_silent && is_local && page_is_public => Some((Kind::Local, false)),
            _ if is_silent
                && !is_local
                && cell.origin.starts_with("https:")
                && host.name.starts_with("http:") =>
            {
                Some((Kind::Mixed, false))
            }
            _ => None,
        }
    });
    clusters
        .iter()
        .map(|((kind, is_told), cluster)| claim(*kind, *is_told, cluster))
        .collect()
}

fn claim(kind: Kind, is_told: bool, cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let page = cluster.origins().into_iter().next().unwrap_or_default();
    let confidence = match is_told {
        true => Confidence::Definite,
        false => Confidence::Likely,
    };
    match kind {
        Kind::Mixed => {
            let text = format!(
                "This is not CORS: the page {page} was loaded with https, and the browser sends nothing to {host} (mixed content)."
            );
            let params = FixParams {
                final_url: Some(host.replacen("http:", "https:", 1)),
                ..FixParams::default()
            };
            let advice = format!("serve {host} with https and call it there");
            cluster
                .claim(confidence, text)
                .fix(fix::HTTPS_API, advice, params)
        }
        Kind::Local => {
            let text = format!(
                "The public page {page} asks {host} in the local network: the browser wants the user's permission for that (Local Network Access) before any CORS header matters."
            );
            fix::repair(
                cluster.claim(confidence, text),
                "grant the browser's local network permission to the page, or serve page and API from the same network",
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};
    use crate::cors::Fate;

    #[test]
    fn http_from_an_https_page() {
        let case = fetch("GET", "http://api.example.com/x").fate(Fate::NetworkError("".into()));
        assert!(
            first(&[case], "mixed-or-lna")
                .text
                .contains("mixed content")
        );
    }

    #[test]
    fn a_public_page_asks_the_users_machine() {
        let case = fetch("GET", "http://127.0.0.1:8080/x").fate(Fate::Refused);
        assert!(
            first(&[case], "mixed-or-lna")
                .text
                .contains("Local Network Access")
        );
    }

    #[test]
    fn silent_between_local_addresses() {
        let case = fetch("GET", "http://127.0.0.1:8080/x")
            .origin("http://localhost:3000")
            .fate(Fate::Refused);
        silent(&[case], "mixed-or-lna");
    }
}
