//! Properties of the whole: bounded memory, independence of order, nothing that panics.

#![cfg(test)]

use super::testing::{Case, causes, fetch, judge};
use super::{ALL, Patterns};
use crate::cors::{CredentialsMode, Fate};
use crate::finding::Cause;
use crate::limits::Limits;
use proptest::prelude::*;

#[test]
fn two_hundred_thousand_routes_stay_within_the_limit() {
    let limits = Limits {
        cause_groups: 1000,
        ..Limits::default()
    };
    let mut patterns = Patterns::new(&limits);
    for n in 0..200_000 {
        // Letters only: nothing that a template would fold.
        let name: String = format!("{n:06}")
            .bytes()
            .map(|digit| char::from(digit + 49))
            .collect();
        let host = n % 700;
        let url = format!("https://h{host}.example.com/{name}");
        let case = fetch("GET", &url).at(n).answer(200, &[]);
        patterns.observe(
            &case.fetch,
            &judge(&case.fetch).into_iter().collect::<Vec<_>>(),
        );
    }
    assert!(patterns.left_out() > 190_000);
    assert!(patterns.book.hosts.len() <= 251);
    assert!(patterns.book.routes.len() <= 1000 + 2 * 251);
    assert!(patterns.book.cells.len() <= 2000);
    let causes = patterns.finish();
    let failed: u64 = causes.iter().map(|cause| cause.failed).sum();
    assert_eq!(failed, 200_000, "failures without room are still counted");
}

#[test]
fn a_failure_belongs_to_one_cause_and_a_fingerprint_too() {
    let url = "https://api.example.com/x";
    let cases = [
        fetch("GET", url).ok(),
        fetch("GET", url).at(1).answer(502, &[]),
        fetch("GET", url).at(2).answer(429, &[]),
        fetch("GET", url).at(3).answer(429, &[]),
    ];
    let causes = causes(&cases);
    let failed: u64 = causes.iter().map(|cause| cause.failed).sum();
    assert_eq!(failed, 3);
    let explained: Vec<_> = causes.iter().flat_map(|cause| &cause.explains).collect();
    assert_eq!(explained.len(), 1, "{causes:#?}");
    assert_eq!((causes[0].cause, causes[0].failed), ("rate-limited", 2));
}

#[test]
fn silence_when_everything_passes() {
    let cases: Vec<_> = (0..10)
        .map(|n| fetch("GET", "https://api.example.com/x").at(n).ok())
        .collect();
    assert!(causes(&cases).is_empty());
}

const VALUES: [&str; 12] = [
    "",
    "*",
    "null",
    "https://app.example.com",
    "https://app.example.com/",
    "https://other.example.org",
    "https://a, https://b",
    "undefined",
    "Origin",
    "HIT",
    "negotiate",
    "\u{fffd}✓/../%",
];
const NAMES: [&str; 16] = [
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Max-Age",
    "Vary",
    "Server",
    "Via",
    "Age",
    "X-Cache",
    "CF-Ray",
    "Location",
    "WWW-Authenticate",
    "Allow",
    "Content-Type",
    "x-amzn-requestid",
    "a-name-that-is-longer-than-any-name-that-anyone-looks-at",
];
const URLS: [&str; 8] = [
    "https://api.example.com/users/7",
    "https://api.example.com/users",
    "http://127.0.0.1:8080/x",
    "https://x.ngrok.io/",
    "https://[::1]/é/%00?q#f",
    "not a url",
    "",
    "https://",
];
const ORIGINS: [&str; 5] = [
    "https://app.example.com",
    "https://www.app.example.com",
    "null",
    "https://evil.com",
    "",
];
const STATUSES: [u16; 14] = [
    0, 200, 204, 301, 302, 304, 401, 403, 404, 405, 413, 429, 500, 504,
];

fn fields() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let field = (
        proptest::sample::select(&NAMES[..]),
        proptest::sample::select(&VALUES[..]),
    );
    proptest::collection::vec(field, 0..5)
}

fn case() -> impl Strategy<Value = Case> {
    let messages = (
        proptest::option::of((proptest::sample::select(&STATUSES[..]), fields())),
        proptest::sample::select(&STATUSES[..]),
        fields(),
        proptest::sample::select(&VALUES[..]),
    );
    let rest = (
        proptest::sample::select(vec!["GET", "PUT", "patch", ""]),
        proptest::sample::select(&URLS[..]),
        proptest::sample::select(&ORIGINS[..]),
        0i64..40,
        any::<bool>(),
        proptest::sample::select(vec!["", "net::ERR_FAILED", "net::ERR_CERT_X", "✓"]),
    );
    (messages, rest).prop_map(|(messages, rest)| {
        let (preflight, status, answer, body) = messages;
        let (method, url, origin, at, include, error) = rest;
        let mut case = fetch(method, url)
            .origin(origin)
            .at(at)
            .asks("x-a, baggage");
        if let Some((status, fields)) = preflight {
            case = case.preflight(status, &fields);
        }
        case = match status {
            0 => case.fate(Fate::NetworkError(error.into())),
            status => case.answer(status, &answer).body(body),
        };
        match include {
            true => case.credentials(CredentialsMode::Include),
            false => case,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_traffic_gives_causes_that_add_up(cases in proptest::collection::vec(case(), 0..40)) {
        let failures = cases.iter().filter(|case| judge(&case.fetch).is_some()).count() as u64;
        let causes = causes(&cases);
        let explained: u64 = causes.iter().map(|cause| cause.failed).sum();
        prop_assert!(explained <= failures);
        let ranks: Vec<_> = causes.iter().map(|cause| std::cmp::Reverse(cause.failed)).collect();
        prop_assert!(ranks.is_sorted());
        for cause in &causes {
            prop_assert!(ALL.iter().any(|pattern| pattern.name == cause.cause));
            prop_assert!(cause.text.ends_with('.') && !cause.scope.is_empty());
        }
    }

    #[test]
    fn the_order_of_transactions_does_not_matter(
        cases in proptest::collection::vec(case(), 0..30),
        seed in any::<u64>(),
    ) {
        // Each transaction has a place of its own, as in a real input.
        let cases: Vec<_> = (0i64..).zip(cases).map(|(n, case)| case.at(n / 2)).collect();
        let mut places = 0u64;
        let cases: Vec<_> = cases.into_iter().map(|mut case| {
            places += 1;
            case.actual().locator = crate::http::Locator::Har { entry: places };
            for preflight in case.fetch.hops.iter_mut().flat_map(|hop| &mut hop.preflights) {
                places += 1;
                std::sync::Arc::make_mut(preflight).locator = crate::http::Locator::Har { entry: places };
            }
            case
        }).collect();
        let mut shuffled = cases.clone();
        shuffled.sort_by_key(|case| {
            let crate::http::Locator::Har { entry } = case.clone().actual().locator else { return 0 };
            entry.wrapping_mul(seed | 1) % 97
        });
        let one: Vec<Cause> = causes(&cases);
        let other = causes(&shuffled);
        prop_assert_eq!(one, other);
    }
}
