//! # login-redirect
//!
//! The session has ended, and the server sends the page's request to a sign-in page. That page is on another origin and
//! has no CORS headers, so the browser reports a CORS error where the user should see "please sign in".
//!
//! ## Evidence
//! A redirect to a host or path of a sign-in service: `/login`, `/signin`, `/oauth2/authorize`, `login.…`, known
//! identity providers.
//!
//! ## What to do
//! Sign in again. For good: answer requests of scripts (`Sec-Fetch-Mode: cors`, `X-Requested-With`) with 401 and CORS
//! headers instead of a redirect, and let the page send the user to the sign-in page.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::redirect::Redirect;
use crate::causes::registry::PatternInfo;
use crate::causes::words;
use crate::finding::{Confidence, MessageKind, Phase};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "login-redirect",
    summary: "the session ended and requests are redirected to a sign-in page",
    file: include_str!("login_redirect.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| cell.key.redirect == Redirect::Login)
        .iter()
        .map(claim)
        .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let location = cluster.fact("location").unwrap_or_default();
    let what = match cluster.phase() {
        Phase::Preflight => "preflight",
        _ => "request",
    };
    let text = format!(
        "The session is missing or has ended: {host} redirects {} to a sign-in page ({}), which no script may read.",
        match cluster.failed() {
            1 => format!("the {what}"),
            count => words::count(count, what),
        },
        without_query(location),
    );
    let params = cluster.params();
    let claim = cluster.claim(Confidence::Definite, text).show(
        MessageKind::RedirectResponse,
        "location",
        Some(location),
        "a sign-in page",
    );
    let claim = fix::repair(claim, "sign in again, and retry");
    claim.fix(
        fix::ANSWER_401,
        format!("let {host} answer requests of scripts with 401 and CORS headers instead of redirecting them to the sign-in page"),
        params,
    )
}

/// A URL without its query, which may hold secrets and is long.
pub(in crate::causes) fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const USERS: &str = "https://api.example.com/users";

    #[test]
    fn a_request_ends_at_the_identity_provider() {
        let login = "https://login.example.net/authorize?client_id=1";
        let case = fetch("GET", USERS)
            .answer(
                302,
                &[
                    ("Location", login),
                    ("Access-Control-Allow-Origin", "https://app.example.com"),
                ],
            )
            .then(login, "null")
            .answer(200, &[("Content-Type", "text/html")]);
        let cause = first(&[case], "login-redirect");
        assert!(
            cause.text.contains("(https://login.example.net/authorize)"),
            "{}",
            cause.text
        );
        assert!(cause.scope.starts_with("https://api.example.com"));
    }

    #[test]
    fn silent_for_other_redirects() {
        let fields = [("Location", "https://cdn.example.net/users")];
        silent(
            &[fetch("GET", USERS).answer(302, &fields)],
            "login-redirect",
        );
    }
}
