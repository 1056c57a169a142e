//! # errors-lack-cors
//!
//! The server works, but when it fails its error answers carry no CORS headers. The browser then reports a CORS error,
//! and the status and message of the real fault stay hidden from the page.
//!
//! ## Evidence
//! Answers with status 400 and above lack `Access-Control-Allow-Origin`, while successful answers of the same host
//! carry it, or the preflight passed. Certain from three such errors on, likely with one, possible without any success.
//!
//! ## What to do
//! Look at the status first: it is the fault. Then have the layer that makes error answers add the CORS headers too:
//! nginx `add_header … always`, HAProxy `http-after-response`, the outermost handler of the framework, API Gateway's
//! gateway responses.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::registry::PatternInfo;
use crate::causes::signs::Sign;
use crate::causes::{fix, words};
use crate::finding::Confidence;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "errors-lack-cors",
    summary: "error answers carry no CORS headers, so the page sees a CORS error instead of the real fault",
    file: include_str!("errors_lack_cors.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| {
        cell.is_actual()
            && cell.lacks_origin()
            && cell.status().is_some_and(|status| status >= 400)
            && !cell.has(Sign::RefusedInWords)
    })
    .iter()
    .filter_map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Option<Claim> {
    let fine = cluster.host.answers.sum(|status| status < 400);
    let errors = cluster.host.answers.sum(|status| status >= 400);
    let shows_contrast = fine.with > 0
        && words::percent(fine.with, fine.count()) >= 90
        && words::percent(errors.without, errors.count()) >= 90;
    let preflight_passed = cluster.cells().any(|cell| cell.has(Sign::PreflightPassed));
    let is_crash = cluster
        .cells()
        .any(|cell| cell.status().is_some_and(|status| status >= 500));
    let confidence = match errors.without {
        _ if shows_contrast && errors.without >= 3 => Confidence::Definite,
        _ if shows_contrast => Confidence::Likely,
        _ if preflight_passed && is_crash => Confidence::Likely,
        _ if preflight_passed || (is_crash && fine.count() == 0) => Confidence::Possible,
        _ => return None,
    };
    let fault = fault(cluster);
    let host = &cluster.host.name;
    let share = words::share(errors.without, errors.count(), "error answer");
    let carry = match errors.without {
        1 => "carries",
        _ => "carry",
    };
    let contrast = match shows_contrast {
        true => format!(
            ", while {} {}",
            successes(cluster),
            match fine.with {
                1 => "does",
                _ => "do",
            }
        ),
        false if preflight_passed => ", although the preflight passed".to_owned(),
        false => String::new(),
    };
    let text =
        format!("The real fault is {fault}: {share} of {host} {carry} no CORS headers{contrast}.");
    let claim = cluster.claim(confidence, text);
    let claim = fix::repair(
        claim,
        format!(
            "find out why {host} answers {}; the CORS message is only a consequence",
            cluster.statuses()
        ),
    );
    Some(fix::headers_on_errors(claim, cluster))
}

/// `the 502 from upstream`, `the 500 of the server`, `the 404 and 422`.
fn fault(cluster: &Cluster<'_>) -> String {
    let statuses = cluster.statuses();
    let all = |low, high| {
        cluster.cells().all(|cell| {
            cell.status()
                .is_some_and(|status| (low..=high).contains(&status))
        })
    };
    match () {
        () if all(502, 504) => format!("the {statuses} from upstream"),
        () if all(500, 599) => format!("the {statuses} of the server"),
        () => format!("the {statuses}"),
    }
}

fn successes(cluster: &Cluster<'_>) -> String {
    let fine = cluster.host.answers.sum(|status| status < 400);
    let only: Vec<_> = cluster
        .host
        .answers
        .rows()
        .iter()
        .filter(|row| row.status < 400)
        .collect();
    match only.as_slice() {
        [row] => format!(
            "{} with status {}",
            words::share(fine.with, fine.count(), "answer"),
            row.status
        ),
        _ => words::share(fine.with, fine.count(), "successful answer"),
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const USERS: &str = "https://api.example.com/users";

    #[test]
    fn bad_gateways_beside_good_answers() {
        let mut cases: Vec<_> = (0..14).map(|n| fetch("GET", USERS).at(n).ok()).collect();
        cases.extend((20..47).map(|n| fetch("GET", USERS).at(n).answer(502, &[])));
        let cause = first(&cases, "errors-lack-cors");
        assert_eq!(
            cause.text,
            "The real fault is the 502 from upstream: all 27 error answers of https://api.example.com carry no CORS headers, while all 14 answers with status 200 do."
        );
        assert_eq!((cause.failed, cause.total), (27, 41));
        assert_eq!(cause.explains.len(), 1);
    }

    #[test]
    fn one_crash_after_a_good_preflight() {
        let case = fetch("PUT", USERS).preflight_ok().answer(500, &[]);
        let cause = first(&[case], "errors-lack-cors");
        assert!(
            cause.text.contains("the 500 of the server"),
            "{}",
            cause.text
        );
    }

    #[test]
    fn silent_when_nothing_of_the_host_carries_cors_headers() {
        let cases = [
            fetch("GET", USERS).answer(404, &[]),
            fetch("GET", USERS).at(1).answer(200, &[]),
        ];
        silent(&cases, "errors-lack-cors");
    }
}
