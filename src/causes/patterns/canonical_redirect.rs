//! # canonical-redirect
//!
//! The page calls an address that the server only forwards to its canonical form: `https` instead of `http`, with or
//! without the final slash or `www.`, another case, a language in the path. A preflight may not be redirected at all,
//! and the redirect of an actual request must itself pass the CORS check, which servers forget.
//!
//! ## Evidence
//! A 3xx answer whose `Location` differs from the URL in that one thing only. Chrome's own "307 Internal Redirect"
//! (HSTS) does not count.
//!
//! ## What to do
//! Call the final URL directly: it is one change in the page. On the server, make the redirect after the CORS layer, or
//! not on API paths.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::patterns::login_redirect::without_query;
use crate::causes::redirect::Redirect;
use crate::causes::registry::PatternInfo;
use crate::finding::{Confidence, FixParams, MessageKind, Phase};
use url::Url;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "canonical-redirect",
    summary: "the page calls an address that is only redirected to its canonical form",
    file: include_str!("canonical_redirect.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    let clusters = open.clusters_by(|cell, _| {
        let redirect = cell.key.redirect;
        // Behind a redirect that passes, the fault lies with what follows.
        let is_the_redirect = cell
            .status()
            .is_some_and(|status| (300..400).contains(&status));
        let is_known =
            redirect.is_canonical() || matches!(redirect, Redirect::Path | Redirect::Host);
        // A redirect that may not be followed for another reason has that reason's own finding.
        let has_own_reason = cell.rule.starts_with("redirect-to-");
        (is_the_redirect && is_known && !has_own_reason).then_some(redirect)
    });
    clusters
        .into_iter()
        .map(|(redirect, cluster)| claim(redirect, &cluster))
        .collect()
}

fn claim(redirect: Redirect, cluster: &Cluster<'_>) -> Claim {
    let from = cluster
        .fact(":redirected-from")
        .or_else(|| cluster.fact(":url"))
        .unwrap_or_default();
    let location = cluster.fact("location").unwrap_or_default();
    let target = Url::parse(from)
        .and_then(|from| from.join(location))
        .map_or_else(|_| location.to_owned(), String::from);
    let status = cluster
        .cells()
        .next()
        .and_then(|cell| cell.status())
        .filter(|status| (300..400).contains(status));
    let status = status.map_or_else(|| "a redirect".to_owned(), |status| status.to_string());
    let rule = match cluster.phase() {
        Phase::Preflight => "a preflight may not be redirected",
        _ => "the redirect itself must pass the CORS check and does not",
    };
    let text = format!(
        "{} answers {} with {status} to {}: {} changes, and {rule}.",
        cluster.host.name,
        without_query(from),
        without_query(&target),
        redirect.text(),
    );
    let confidence = match redirect.is_canonical() {
        true => Confidence::Definite,
        false => Confidence::Likely,
    };
    let params = FixParams {
        final_url: Some(target.clone()),
        ..cluster.params()
    };
    cluster
        .claim(confidence, text)
        .show(
            MessageKind::RedirectResponse,
            "location",
            Some(location),
            format!("{} changes", redirect.text()),
        )
        .fix(
            fix::CALL_FINAL_URL,
            format!(
                "call {} directly, or let the server answer there without a redirect",
                without_query(&target)
            ),
            params,
        )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    #[test]
    fn http_is_redirected_to_https() {
        let case = fetch("PUT", "http://api.example.com/x")
            .preflight(301, &[("Location", "https://api.example.com/x")]);
        let cause = first(&[case], "canonical-redirect");
        assert!(
            cause.text.contains("only the scheme changes"),
            "{}",
            cause.text
        );
        assert_eq!(
            cause.fix[0].params.final_url.as_deref(),
            Some("https://api.example.com/x")
        );
    }

    #[test]
    fn a_slash_is_added_before_cors() {
        let case =
            fetch("GET", "https://api.example.com/items").answer(301, &[("Location", "/items/")]);
        let cause = first(&[case], "canonical-redirect");
        assert!(cause.text.contains("slash at the end"), "{}", cause.text);
    }

    #[test]
    fn silent_for_redirects_that_pass() {
        let allow = ("Access-Control-Allow-Origin", "https://app.example.com");
        let case = fetch("GET", "https://api.example.com/items")
            .answer(301, &[("Location", "/items/"), allow])
            .then("https://api.example.com/items/", "https://app.example.com")
            .ok();
        silent(&[case], "canonical-redirect");
    }
}
