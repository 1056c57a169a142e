//! # interstitial-page
//!
//! A tunnel or dev environment shows a page of its own before the application: ngrok's and localtunnel's warning, the
//! sign-in of a codespace, workspace or dev tunnel whose port is private. A browser tab can click it away, a script
//! cannot.
//!
//! ## Evidence
//! Fields that only tunnels set (`ngrok-error-code`, …), hosts of dev environments that answer 401 or redirect to a
//! sign-in page, or HTML from another server than answered the preflight.
//!
//! ## What to do
//! Make the port public, or send the header that skips the page: `ngrok-skip-browser-warning` or
//! `bypass-tunnel-reminder` (the application must then allow that header).

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::Sign;
use crate::finding::{Confidence, FixParams};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "interstitial-page",
    summary: "a tunnel's or dev environment's own page answers instead of the application",
    file: include_str!("interstitial_page.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| {
        let is_foreign_page = cell.has(Sign::OtherServer)
            && cell.has(Sign::Html)
            && cell.has(Sign::PreflightPassed)
            && cell.lacks_origin()
            && cell.status().is_some_and(|status| status < 400);
        cell.has(Sign::Interstitial) || is_foreign_page
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let maker = cluster.fact(":maker");
    let what = match cluster.statuses().as_str() {
        "401" | "403" => "wants a sign-in first",
        _ => "shows a page of its own",
    };
    let (confidence, text) = match maker {
        Some(maker) => (
            Confidence::Definite,
            format!(
                "Not the application but {maker} answers at {host} ({}) and {what}; that page has no CORS headers.",
                cluster.statuses()
            ),
        ),
        None => (
            Confidence::Likely,
            format!(
                "An HTML page of another server ({}) answers at {host} instead of the application, which answered the preflight.",
                cluster.fact("server").unwrap_or("unknown")
            ),
        ),
    };
    let header = match maker {
        Some("ngrok") => Some("ngrok-skip-browser-warning"),
        Some("localtunnel") => Some("bypass-tunnel-reminder"),
        _ => None,
    };
    let claim = cluster.claim(confidence, text);
    match header {
        Some(header) => claim.fix(
            fix::CLIENT,
            format!("send the request header {header}, and allow it on the server"),
            FixParams {
                headers: vec![header.to_owned()],
                ..FixParams::default()
            },
        ),
        None => fix::repair(
            claim,
            format!("make the forwarded port behind {host} public, or sign in there first"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    #[test]
    fn ngrok_warns_before_the_application() {
        let case = fetch("GET", "https://a1.ngrok-free.app/api")
            .asks("authorization")
            .preflight_ok()
            .answer(
                200,
                &[
                    ("Ngrok-Error-Code", "ERR_NGROK_6024"),
                    ("Content-Type", "text/html"),
                ],
            );
        let cause = first(&[case], "interstitial-page");
        assert_eq!(cause.fix[0].params.headers, ["ngrok-skip-browser-warning"]);
    }

    #[test]
    fn a_codespaces_port_is_private() {
        let case = fetch("PUT", "https://x-3000.app.github.dev/api").preflight(401, &[]);
        first(&[case], "interstitial-page");
    }

    #[test]
    fn silent_when_the_application_behind_a_tunnel_fails() {
        let case = fetch("GET", "https://a1.ngrok-free.app/api")
            .answer(500, &[("Content-Type", "text/html")]);
        silent(&[case], "interstitial-page");
    }
}
