//! # origin-not-listed
//!
//! The server lets other origins pass, but not the one that asked: its allow-list does not hold it.
//!
//! ## Evidence
//! The same host answers one origin with that origin in `Access-Control-Allow-Origin`, and another one without the
//! field or with a value that is not its own; or its CORS layer refuses in words; or its preflight answer has lists of
//! methods and headers, but no origin.
//!
//! ## What to do
//! If the origin should be allowed, add it to the list exactly as the browser sends it: scheme, host and port, no path,
//! no slash at the end. The report names the closest origin that is allowed and in what the two differ. If it should
//! not be allowed, the server is right and nothing needs to change.

use crate::causes::cell::Cell;
use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::host::Host;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::Sign;
use crate::causes::words;
use crate::fetch::Difference;
use crate::finding::{Confidence, MessageKind};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "origin-not-listed",
    summary: "the server lets other origins pass, but not this one",
    file: include_str!("origin_not_listed.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    let clusters =
        open.clusters_by(|cell, host| is_refused(open, cell, host).then(|| cell.origin.clone()));
    clusters
        .into_iter()
        .map(|(origin, cluster)| claim(&origin, &cluster))
        .collect()
}

fn is_refused(open: Open<'_>, cell: &Cell, host: &Host) -> bool {
    let is_about_origin = cell.lacks_origin() || cell.rule.ends_with("allow-origin-mismatch");
    if !is_about_origin || cell.has(Sign::OpaqueOrigin) || cell.has(Sign::Tainted) {
        return false;
    }
    if cell.has(Sign::RefusedInWords) {
        return true;
    }
    let passes_here = open
        .book
        .route(cell.key.route)
        .and_then(|route| route.origins.get(&cell.origin))
        .is_some_and(|row| row.passed.count > 0);
    // An answer that names another origin speaks for its own route only.
    if cell.has(Sign::AllowsOther) {
        return cell.rule.ends_with("mismatch") && !passes_here;
    }
    let is_plain = cell
        .status()
        .is_some_and(|status| status < 400 || status == 403);
    let passes_elsewhere = host
        .origins
        .get(&cell.origin)
        .is_some_and(|row| row.passed.count > 0);
    let others_pass = host
        .origins
        .rows()
        .iter()
        .any(|row| *row.text != *cell.origin && row.passed.count > 0)
        && host.allowed.rows().iter().any(|row| row.passed.count > 0);
    let looked_at_origin = cell.has(Sign::VaryOrigin)
        && (cell.has(Sign::AllowListsOnly) || cell.status() == Some(403));
    is_plain && !passes_elsewhere && (others_pass || looked_at_origin)
}

fn claim(origin: &str, cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let passing: Vec<_> = cluster
        .host
        .passing_origins()
        .into_iter()
        .filter(|own| *own != origin)
        .collect();
    let named = cluster
        .cells()
        .filter(|cell| cell.has(Sign::AllowsOther))
        .filter_map(|cell| cell.fact("access-control-allow-origin"));
    let known: Vec<_> = passing.iter().copied().chain(named).collect();
    let closest = closest(origin, &known);
    let refuser = cluster
        .cells()
        .filter(|cell| cell.has(Sign::RefusedInWords))
        .find_map(|cell| cell.fact(":maker"));
    let (confidence, reason) = match (closest, refuser) {
        (Some((allowed, difference)), _) => (
            Confidence::Definite,
            match difference {
                Difference::Unrelated if passing.is_empty() => {
                    format!("it allows {allowed} instead")
                }
                Difference::Unrelated => format!("it lets {} pass", words::list(&passing)),
                _ => format!(
                    "the closest that it lets pass is {allowed}: {}",
                    difference.text()
                ),
            },
        ),
        (None, Some(refuser)) => (Confidence::Definite, format!("{refuser} refuses it")),
        (None, None) => (
            Confidence::Likely,
            "its CORS layer looked at the origin (vary: Origin) and left access-control-allow-origin out".to_owned(),
        ),
    };
    let text = format!("{host} does not list {origin}: {reason}.");
    let claim = cluster.claim(confidence, text);
    let claim = match closest {
        Some((allowed, difference)) => claim.show(
            MessageKind::Recorded,
            "allowed origin",
            Some(allowed),
            format!("{} ({})", difference.text(), difference.name()),
        ),
        None => claim,
    };
    let mut params = cluster.params();
    params
        .origins
        .extend(passing.iter().map(|own| (*own).to_owned()));
    claim.fix(
        fix::ALLOW_ORIGIN,
        format!(
            "if {origin} should be allowed, add exactly this origin to the allow-list of {host}"
        ),
        params,
    )
}

/// The allowed origin that is most like `origin`, and in what they differ.
pub(in crate::causes) fn closest<'a>(
    origin: &str,
    allowed: &[&'a str],
) -> Option<(&'a str, Difference)> {
    allowed
        .iter()
        .map(|own| (*own, Difference::between(own, origin)))
        .min_by_key(|(_, difference)| match difference {
            Difference::TrailingSlash
            | Difference::HostCase
            | Difference::Path
            | Difference::DefaultPort
            | Difference::Userinfo => 0,
            Difference::LocalhostVsLoopback | Difference::WwwVsApex => 1,
            Difference::Scheme | Difference::Port => 2,
            Difference::Subdomain | Difference::WildcardPattern => 3,
            Difference::Null | Difference::OriginIsNull | Difference::Unrelated => 4,
        })
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const USERS: &str = "https://api.example.com/users";

    #[test]
    fn www_is_not_the_apex() {
        let cases = [
            fetch("GET", USERS).origin("https://example.com").ok(),
            fetch("GET", USERS)
                .at(1)
                .origin("https://www.example.com")
                .answer(200, &[]),
        ];
        let cause = first(&cases, "origin-not-listed");
        assert!(
            cause
                .text
                .contains("https://example.com: with and without www."),
            "{}",
            cause.text
        );
        assert_eq!(cause.fix[0].params.origins[0], "https://www.example.com");
    }

    #[test]
    fn a_cors_layer_says_so_itself() {
        let case = fetch("PUT", USERS).preflight(400, &[("vary", "Origin")]);
        let mut case = case;
        case.fetch.hops[0].actual = None;
        let preflight = std::sync::Arc::make_mut(&mut case.fetch.hops[0].preflights[0]);
        preflight.response.as_mut().unwrap().body_head = "Disallowed CORS origin".into();
        let cause = first(&[case], "origin-not-listed");
        assert!(cause.text.contains("Starlette"), "{}", cause.text);
    }

    #[test]
    fn silent_when_the_origin_passes_elsewhere() {
        let cases = [
            fetch("GET", USERS).ok(),
            fetch("GET", USERS)
                .at(1)
                .origin("https://b.example.com")
                .ok(),
            fetch("GET", USERS).at(2).answer(200, &[]),
        ];
        silent(&cases, "origin-not-listed");
    }
}
