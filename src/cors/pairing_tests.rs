//! Tests of the pairing, one per situation.

use super::super::test_support::{answered, at, in_chromium_har, request};
use super::*;
use crate::cors::CredentialsMode;

const URL: &str = "http://api.test/x";
const PAGE: (&str, &str) = ("origin", "https://page.test");
const ASK: (&str, &str) = ("access-control-request-method", "PUT");
const ALLOW: [(&str, &str); 2] = [
    ("access-control-allow-origin", "https://page.test"),
    ("access-control-allow-methods", "PUT"),
];

fn preflight(ms: i64, number: u64, fields: &[(&str, &str)]) -> Exchange {
    at(
        answered(request("OPTIONS", URL, &[PAGE, ASK]), 204, fields),
        ms,
        number,
    )
}

fn put(ms: i64, number: u64) -> Exchange {
    let answer = [("access-control-allow-origin", "https://page.test")];
    at(
        answered(request("PUT", URL, &[PAGE]), 200, &answer),
        ms,
        number,
    )
}

fn decide(exchanges: impl IntoIterator<Item = Exchange>) -> Vec<Decided> {
    let mut pairing = Pairing::new(&Limits::default());
    let mut all = Vec::new();
    for exchange in exchanges {
        pairing.push(Arc::new(exchange));
        all.extend(std::iter::from_fn(|| pairing.poll()));
    }
    pairing.finish();
    all.extend(std::iter::from_fn(|| pairing.poll()));
    all
}

/// Per fetch: ordinals of its preflights, then of its actual requests.
fn fetches(decided: &[Decided]) -> Vec<(Vec<u64>, Vec<u64>)> {
    decided
        .iter()
        .filter_map(|decided| match decided {
            Decided::Fetch(fetch) => Some(fetch),
            Decided::Other { .. } => None,
        })
        .map(|fetch| {
            let of = |wanted: Role| {
                fetch
                    .exchanges()
                    .filter(|(_, role, _)| *role == wanted)
                    .map(|(exchange, ..)| ordinal(&exchange.locator))
                    .collect()
            };
            (of(Role::Preflight), of(Role::Actual))
        })
        .collect()
}

#[test]
fn on_the_wire_the_actual_follows_its_preflight() {
    let decided = decide([preflight(0, 1, &ALLOW), put(5, 2)]);
    assert_eq!(fetches(&decided), [(vec![1], vec![2])]);
}

#[test]
fn in_a_har_the_actual_may_stand_first_with_an_earlier_time() {
    let har = |exchange, number, ms| at(in_chromium_har(exchange, None), ms, number);
    let decided = decide([
        har(put(0, 0), 0, 0),
        har(preflight(0, 0, &ALLOW), 1, 1),
        har(put(0, 0), 2, 40),
        har(preflight(0, 0, &ALLOW), 3, 41),
    ]);
    assert_eq!(fetches(&decided), [(vec![1], vec![0]), (vec![3], vec![2])]);
}

#[test]
fn a_marked_preflight_belongs_to_the_request_listed_before_it_even_if_the_next_is_nearer() {
    let har = |exchange, number, ms| at(in_chromium_har(exchange, None), ms, number);
    let marked = |number, ms| {
        let mut exchange = har(preflight(0, 0, &ALLOW), number, ms);
        if let Some(observed) = &mut exchange.observed {
            observed.marked_preflight = true;
        }
        exchange
    };
    let decided = decide([
        har(put(0, 0), 0, 0),
        marked(1, 36),
        har(put(0, 0), 2, 40),
        marked(3, 75),
    ]);
    assert_eq!(fetches(&decided), [(vec![1], vec![0]), (vec![3], vec![2])]);
}

#[test]
fn a_preflight_that_is_sent_again_after_a_421_is_one() {
    let misdirected = at(
        answered(request("OPTIONS", URL, &[PAGE, ASK]), 421, &[]),
        0,
        1,
    );
    let decided = decide([misdirected, preflight(3, 2, &ALLOW), put(8, 3)]);
    assert_eq!(fetches(&decided), [(vec![1, 2], vec![3])]);
}

#[test]
fn a_stub_without_origin_belongs_to_its_failed_preflight() {
    let stub = in_chromium_har(request("PUT", URL, &[]), Some("net::ERR_FAILED"));
    let decided = decide([
        at(stub, 0, 0),
        at(in_chromium_har(preflight(0, 0, &[]), None), 1, 1),
    ]);
    assert_eq!(fetches(&decided), [(vec![1], vec![0])]);
}

#[test]
fn nothing_that_was_answered_belongs_to_a_failed_preflight() {
    let decided = decide([preflight(0, 1, &[]), put(5, 2)]);
    assert_eq!(fetches(&decided), [(vec![1], vec![]), (vec![], vec![2])]);
}

#[test]
fn identical_calls_at_the_same_time_pair_one_to_one() {
    let mut calls = Vec::new();
    for number in 0..3 {
        calls.push(preflight(0, number, &ALLOW));
        calls.push(put(5, 10 + number));
    }
    let decided = decide(calls);
    assert_eq!(fetches(&decided).len(), 3);
    assert!(
        fetches(&decided)
            .iter()
            .all(|(preflights, actuals)| preflights.len() == 1 && actuals.len() == 1)
    );
}

#[test]
fn tries_without_an_answer_are_one_preflight() {
    let unanswered = |ms, number| at(request("OPTIONS", URL, &[PAGE, ASK]), ms, number);
    let decided = decide([unanswered(0, 1), unanswered(3, 2)]);
    assert_eq!(fetches(&decided), [(vec![1, 2], vec![])]);
}

#[test]
fn a_kept_preflight_covers_the_next_call() {
    let mut fields = ALLOW.to_vec();
    fields.push(("access-control-max-age", "600"));
    let decided = decide([preflight(0, 1, &fields), put(5, 2), put(20_000, 3)]);
    let Some(Decided::Fetch(second)) = decided.get(1) else {
        panic!("two fetches expected");
    };
    let cached = second.hops[0]
        .cached_preflight
        .expect("covered by the first preflight");
    assert_eq!(ordinal(&cached), 1);
}

#[test]
fn users_behind_one_proxy_do_not_share_preflights() {
    let of = |user: &str, mut exchange: Exchange| {
        if let Some(request) = &mut exchange.request {
            request.fields.push("x-forwarded-for", user);
        }
        exchange
    };
    let decided = decide([
        of("1.1.1.1", preflight(0, 1, &ALLOW)),
        of("2.2.2.2", put(5, 2)),
    ]);
    assert_eq!(fetches(&decided).len(), 2);
}

#[test]
fn redirects_are_joined_and_taint_the_origin() {
    let page = [PAGE];
    let first = answered(
        request("GET", URL, &page),
        302,
        &[
            ("location", "http://store.test/y"),
            ("access-control-allow-origin", "*"),
        ],
    );
    let second = answered(
        request("GET", "http://store.test/y", &[("origin", "null")]),
        200,
        &[],
    );
    let decided = decide([at(first, 0, 1), at(second, 5, 2)]);
    let [Decided::Fetch(fetch)] = &decided[..] else {
        panic!("one fetch expected: {decided:?}");
    };
    assert_eq!(fetch.hops.len(), 2);
    assert_eq!(&*fetch.origin.text, "https://page.test");
    assert_eq!(&*fetch.hops[1].origin, "null");
}

#[test]
fn a_redirect_to_itself_loses_nothing() {
    let hop = |number: u64| {
        let fields = [("location", "/x"), ("access-control-allow-origin", "*")];
        let redirect = answered(request("GET", URL, &[PAGE]), 302, &fields);
        at(redirect, number as i64 * 5, number)
    };
    let decided = decide((0..21).map(hop));
    let [Decided::Fetch(fetch)] = &decided[..] else {
        panic!("one fetch expected: {}", decided.len());
    };
    assert_eq!(fetch.hops.len(), 21);
}

#[test]
fn what_follows_a_refused_redirect_is_another_request() {
    let fields = [("location", "/file")];
    let refused = answered(request("GET", URL, &[PAGE]), 302, &fields);
    let refused = in_chromium_har(refused, Some("net::ERR_FAILED"));
    let other = answered(request("GET", "http://api.test/file", &[PAGE]), 200, &[]);
    let other = in_chromium_har(other, Some("net::ERR_FAILED"));
    let decided = decide([at(refused, 0, 1), at(other, 300, 2)]);
    assert_eq!(fetches(&decided).len(), 2);
}

#[test]
fn a_script_sent_on_to_a_url_with_a_password_may_be_a_cors_request() {
    let of = |accept| {
        let fields = [("referer", "http://api.test/page"), ("accept", accept)];
        let location = [("location", "http://me:secret@store.test/y")];
        decide([answered(request("GET", URL, &fields), 302, &location)])
    };
    let [Decided::Fetch(fetch)] = &of("*/*")[..] else {
        panic!("one fetch expected");
    };
    assert_eq!(fetch.mode, crate::cors::CorsMode::Unclear);
    assert!(matches!(of("text/html,*/*")[..], [Decided::Other { .. }]));
}

#[test]
fn a_load_that_fails_for_no_other_reason_had_credentials() {
    let star = [("access-control-allow-origin", "*")];
    let refused = answered(request("GET", URL, &[PAGE]), 200, &star);
    let decided = decide([in_chromium_har(refused, Some("net::ERR_FAILED"))]);
    let [Decided::Fetch(fetch)] = &decided[..] else {
        panic!("one fetch expected");
    };
    assert_eq!(fetch.credentials.mode, CredentialsMode::Include);
}

#[test]
fn what_reached_the_page_without_permission_was_no_cors_request() {
    let text = ("content-type", "text/plain");
    let beacon = answered(request("POST", URL, &[PAGE, text]), 200, &[]);
    let decided = decide([in_chromium_har(beacon, None)]);
    assert!(matches!(
        decided[..],
        [Decided::Other {
            role: Role::NoCors,
            ..
        }]
    ));
}

#[test]
fn memory_is_bounded_when_nothing_ever_pairs() {
    let limits = Limits {
        pairing_bucket: 64,
        pairing_total: 100,
        ..Limits::default()
    };
    let mut pairing = Pairing::new(&limits);
    let mut count = 0;
    for number in 0..2000 {
        pairing.push(Arc::new(preflight(0, number, &ALLOW)));
        count += std::iter::from_fn(|| pairing.poll()).count();
        assert!(pairing.waiting() <= limits.pairing_total);
    }
    pairing.finish();
    count += std::iter::from_fn(|| pairing.poll()).count();
    assert_eq!(count, 2000);
}

#[test]
fn a_live_pipe_gets_its_decisions_without_an_end() {
    let mut pairing = Pairing::new(&Limits::default());
    pairing.push(Arc::new(preflight(0, 1, &[])));
    pairing.push(Arc::new(put(31_000, 2)));
    assert!(matches!(pairing.poll(), Some(Decided::Fetch(_))));
    assert!(pairing.poll().is_none());
}
