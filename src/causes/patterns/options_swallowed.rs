//! # options-swallowed
//!
//! The web server or framework answers `OPTIONS` by itself (200 or 204 with `Allow`), so the preflight never reaches the
//! CORS layer, although the application does add CORS headers to its other answers.
//!
//! ## Evidence
//! A preflight answered 2xx without any CORS header, with `Allow` or `Public`, or beside other answers of the host that
//! carry `Access-Control-Allow-Origin`.
//!
//! ## What to do
//! Put the CORS layer before the automatic `OPTIONS` handler: middleware order in frameworks, `OPTIONSVerbHandler` in
//! IIS, the `OPTIONS` rule of the web server.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::Sign;
use crate::causes::words;
use crate::finding::{Confidence, Phase};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "options-swallowed",
    summary: "the web server answers OPTIONS itself, before the CORS layer",
    file: include_str!("options_swallowed.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    let book = open.book;
    open.clusters(|cell, host| {
        let passes_at_times = book
            .route(cell.key.route)
            .is_some_and(|route| route.preflights.sum(|_| true).with > 0);
        let others_carry = host.answers.sum(|_| true).with > 0;
        cell.phase == Phase::Preflight
            && cell.status().is_some_and(|status| status < 300)
            && cell.has(Sign::NoCorsFields)
            && !cell.has(Sign::VaryOrigin)
            && !passes_at_times
            && (cell.has(Sign::AllowField) || others_carry)
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let who = cluster.fact("server").unwrap_or("the web server");
    let allow = match cluster.fact("allow") {
        Some(value) => format!(" and allow: {value}"),
        None => String::new(),
    };
    let carry = cluster.host.answers.sum(|_| true);
    let contrast = match carry.with {
        0 => String::new(),
        _ => format!(
            ", while {} carry them",
            words::share(carry.with, carry.count(), "other answer")
        ),
    };
    let text = format!(
        "{who} answers OPTIONS of {host} itself, with {}{allow} and without CORS headers{contrast}: the preflight never reaches the CORS layer.",
        cluster.statuses()
    );
    fix::answer_preflight(cluster.claim(Confidence::Definite, text), cluster)
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const X: &str = "https://api.example.com/x";

    #[test]
    fn apache_answers_options_itself() {
        let fields = [("Server", "Apache"), ("Allow", "GET,POST,OPTIONS,HEAD")];
        let cases = [
            fetch("GET", X).ok(),
            fetch("PUT", X).at(1).preflight(200, &fields),
        ];
        let cause = first(&cases, "options-swallowed");
        assert!(
            cause.text.starts_with("Apache answers OPTIONS"),
            "{}",
            cause.text
        );
    }

    #[test]
    fn silent_when_the_cors_layer_refused() {
        let cases = [
            fetch("GET", X).ok(),
            fetch("PUT", X).at(1).preflight(200, &[("vary", "origin")]),
        ];
        silent(&cases, "options-swallowed");
    }
}
