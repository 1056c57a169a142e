//! Situations of replayed transactions, and the promise that a policy which allows all that is asked lets all pass.

use super::super::suggest::Wishes;
use super::*;
use crate::cors::test_support::{answered, at, in_chromium_har, request};
use crate::cors::{Decided, Pairing};
use crate::http::Exchange;
use crate::limits::Limits;
use proptest::prelude::*;
use std::sync::Arc;

const PAGE: (&str, &str) = ("origin", "https://app.test");
const CORS: (&str, &str) = ("sec-fetch-mode", "cors");
const URL: &str = "https://api.test/users/7";
const ALLOWED: (&str, &str) = ("access-control-allow-origin", "https://app.test");
const ANY: (&str, &str) = ("access-control-allow-origin", "*");

const JUDGING: rules::Policy<'static> = rules::Policy {
    browser: None,
    source: "a.har",
};

fn fetches(exchanges: &[Exchange]) -> Vec<CorsFetch> {
    let mut pairing = Pairing::new(&Limits::default());
    for (exchange, number) in exchanges.iter().zip(0..) {
        let exchange = at(exchange.clone(), number, number.unsigned_abs());
        pairing.push(Arc::new(exchange));
    }
    pairing.finish();
    std::iter::from_fn(|| pairing.poll())
        .filter_map(|decided| match decided {
            Decided::Fetch(fetch) => Some(*fetch),
            Decided::Other { .. } => None,
        })
        .collect()
}

fn replayed(policy: &str, exchanges: &[Exchange]) -> Replay {
    let policy = Policy::parse(policy).unwrap();
    let fetches = fetches(exchanges);
    assert_eq!(fetches.len(), 1, "{fetches:#?}");
    replay(&fetches[0], &policy, &JUDGING)
}

/// The outcome, and the rule under the policy.
fn outcome(policy: &str, exchanges: &[Exchange]) -> (Outcome, Option<&'static str>) {
    let replay = replayed(policy, exchanges);
    (replay.outcome, replay.then.map(|problem| problem.rule))
}

fn get(status: u16, fields: &[(&str, &str)]) -> Exchange {
    answered(request("GET", URL, &[PAGE, CORS]), status, fields)
}

/// With a cookie, so that credentials are certain.
fn get_with_cookie(status: u16, fields: &[(&str, &str)]) -> Exchange {
    let asked = [PAGE, CORS, ("cookie", "a=b")];
    answered(request("GET", URL, &asked), status, fields)
}

fn asks(method: &str) -> Exchange {
    let fields = [PAGE, ("access-control-request-method", method)];
    request("OPTIONS", URL, &fields)
}

const APP: &str = "origins = [\"https://app.test\"]\n";

#[test]
fn an_error_answer_without_fields_gets_them() {
    let policy = format!("{APP}credentials = true");
    assert_eq!(outcome(&policy, &[get(500, &[])]), (Outcome::Fixed, None));
}

#[test]
fn without_credentials_in_the_policy_it_depends_on_the_page() {
    let replay = replayed(APP, &[get(500, &[])]);
    assert_eq!(replay.outcome, Outcome::Depends);
    let then = replay.then.unwrap();
    assert_eq!(then.rule, "allow-credentials-not-true");
    assert!(then.settles.contains("credentials"));
    let (outcome, then) = outcome(APP, &[get_with_cookie(500, &[])]);
    assert_eq!(
        (outcome, then),
        (Outcome::StillFailing, Some("allow-credentials-not-true"))
    );
}

#[test]
fn what_hangs_on_the_same_fact_today_is_unchanged() {
    assert_eq!(
        outcome("origins = [\"*\"]", &[get(200, &[ANY])]).0,
        Outcome::Unchanged
    );
    assert_eq!(outcome(APP, &[get(200, &[ANY])]).0, Outcome::Unchanged);
}

#[test]
fn an_origin_that_is_not_on_the_list_breaks() {
    assert_eq!(
        outcome("origins = [\"https://www.test\"]", &[get(200, &[ANY])]),
        (Outcome::NewlyBroken, Some("allow-origin-missing"))
    );
}

#[test]
fn a_preflight_is_answered_whatever_it_was_answered() {
    let redirect = [("location", "/login")];
    for answer in [
        asks("DELETE"),
        answered(asks("DELETE"), 404, &[]),
        answered(asks("DELETE"), 401, &[ALLOWED]),
        answered(asks("DELETE"), 302, &redirect),
    ] {
        let policy = format!("{APP}methods = [\"DELETE\"]\ncredentials = true");
        assert_eq!(
            outcome(&policy, std::slice::from_ref(&answer)),
            (Outcome::Fixed, None)
        );
        let (outcome, then) = outcome(APP, &[answer]);
        assert_eq!(
            (outcome, then),
            (Outcome::StillFailing, Some("preflight-method-not-allowed"))
        );
    }
}

#[test]
fn a_proxys_demand_for_a_password_stays() {
    let policy = format!("{APP}methods = [\"DELETE\"]\ncredentials = true");
    assert_eq!(
        outcome(&policy, &[answered(asks("DELETE"), 407, &[])]),
        (Outcome::StillFailing, Some("preflight-proxy-auth"))
    );
}

#[test]
fn behind_a_redirected_preflight_the_request_is_redirected_too() {
    let moved = [("location", "https://elsewhere.test/users/7")];
    let policy = format!("{APP}methods = [\"DELETE\"]\ncredentials = true");
    let replay = replayed(&policy, &[answered(asks("DELETE"), 308, &moved)]);
    assert_eq!(replay.outcome, Outcome::StillFailing);
    assert!(replay.assumed.unwrap().contains("redirected"));
}

#[test]
fn a_preflight_that_was_not_recorded_is_asked_again() {
    let put = in_chromium_har(
        answered(
            request("PUT", URL, &[PAGE, CORS, ("X-App", "1")]),
            200,
            &[ALLOWED],
        ),
        None,
    );
    let policy = format!("{APP}methods = [\"PUT\"]");
    assert_eq!(
        outcome(&policy, std::slice::from_ref(&put)),
        (Outcome::NewlyBroken, Some("preflight-header-not-allowed"))
    );
    let policy = format!("{policy}\nheaders = [\"x-app\"]");
    assert_eq!(outcome(&policy, &[put]).0, Outcome::Unchanged);
}

#[test]
fn what_the_network_did_no_policy_undoes() {
    let refused = in_chromium_har(
        request("GET", URL, &[PAGE, CORS]),
        Some("net::ERR_CONNECTION_REFUSED"),
    );
    assert_eq!(
        outcome(APP, &[refused]),
        (Outcome::StillFailing, Some("network-failed"))
    );
}

#[test]
fn a_scanner_that_is_let_in_is_told() {
    let evil = [("origin", "https://evil.test"), CORS];
    let scan = |fields: &[(&str, &str)]| answered(request("GET", URL, &evil), 200, fields);
    assert_eq!(
        replayed(APP, &[scan(&[])]).not_judged,
        Some(Unjudged::Scanner)
    );
    assert_eq!(
        outcome(
            "origin_patterns = [\"https://*.test\"]\ncredentials = true",
            &[scan(&[])]
        )
        .0,
        Outcome::NewlyOpen
    );
}

#[test]
fn other_hosts_stay_as_they_are() {
    let policy = format!("hosts = [\"cdn.test\"]\n{APP}");
    assert_eq!(
        replayed(&policy, &[get(200, &[ANY])]).not_judged,
        Some(Unjudged::OtherHost)
    );
    assert_eq!(
        replayed(&policy, &[get(200, &[])]).not_judged,
        Some(Unjudged::OtherHostFailing)
    );
}

#[test]
fn headers_that_can_no_longer_be_read_are_named() {
    let fields = [
        ANY,
        ("access-control-expose-headers", "x-total, link"),
        ("X-Total", "7"),
    ];
    let replay = replayed("origins = [\"*\"]", &[get(200, &fields)]);
    assert_eq!(
        (replay.outcome, replay.hidden),
        (Outcome::Unchanged, vec!["x-total".to_owned()])
    );
}

#[test]
fn a_suggestion_keeps_what_passes_and_leaves_strangers_out() {
    let from = |origin: &str, fields: &[(&str, &str)]| {
        answered(
            request("GET", URL, &[("origin", origin), CORS]),
            200,
            fields,
        )
    };
    let exchanges = [
        get_with_cookie(
            200,
            &[ALLOWED, ("access-control-allow-credentials", "true")],
        ),
        answered(asks("DELETE"), 204, &[ALLOWED]),
        from("https://beta.app.test", &[]),
        from("https://other.example", &[]),
        from("https://attacker.example", &[]),
    ];
    let mut wishes = Wishes::default();
    let fetches = fetches(&exchanges);
    fetches
        .iter()
        .for_each(|fetch| wishes.observe(fetch, &JUDGING));
    let suggestion = wishes.finish();
    let [host] = &suggestion.hosts[..] else {
        panic!("{suggestion:#?}");
    };
    assert_eq!(host.origins, ["https://app.test", "https://beta.app.test"]);
    assert_eq!(
        (&host.methods[..], host.credentials),
        (&["DELETE".to_owned()][..], true)
    );
    let left: Vec<_> = host
        .strangers
        .iter()
        .map(|own| own.origin.as_str())
        .collect();
    assert_eq!(left, ["https://attacker.example", "https://other.example"]);
    let policy = Policy::parse(&suggestion.to_string()).unwrap();
    let outcomes: Vec<_> = fetches
        .iter()
        .map(|fetch| replay(fetch, &policy, &JUDGING).outcome)
        .collect();
    let fixed = outcomes
        .iter()
        .filter(|own| **own == Outcome::Fixed)
        .count();
    assert_eq!(
        (fixed, outcomes.contains(&Outcome::NewlyBroken)),
        (2, false),
        "{outcomes:?}"
    );
}

fn any_exchange() -> impl Strategy<Value = Exchange> {
    let fields = proptest::collection::vec(
        (
            prop_oneof![
                Just("access-control-allow-origin"),
                Just("access-control-allow-credentials"),
                Just("access-control-allow-methods"),
                Just("access-control-allow-headers"),
                Just("vary"),
            ],
            prop_oneof![
                Just("*"),
                Just("https://app.test"),
                Just("true"),
                Just("x y"),
                Just("")
            ],
        ),
        0..4,
    );
    let names = prop_oneof![Just("x-a"), Just("x-a,authorization"), Just("content-type")];
    (
        any::<bool>(),
        prop_oneof![Just("GET"), Just("PUT"), Just("patch"), Just("DELETE")],
        proptest::option::of(names),
        proptest::option::of(prop_oneof![Just(200u16), Just(304), Just(404), Just(500)]),
        fields,
        any::<bool>(),
    )
        .prop_map(
            |(is_preflight, method, names, status, fields, has_cookie)| {
                let mut asked = vec![PAGE, CORS];
                if is_preflight {
                    asked.push(("access-control-request-method", method));
                    asked.extend(names.map(|names| ("access-control-request-headers", names)));
                } else if has_cookie {
                    asked.push(("cookie", "a=b"));
                }
                let method = if is_preflight { "OPTIONS" } else { method };
                match status {
                    Some(status) => answered(request(method, URL, &asked), status, &fields),
                    None => request(method, URL, &asked),
                }
            },
        )
}

proptest! {
    #[test]
    fn a_policy_that_allows_all_that_is_asked_lets_all_pass(
        exchanges in proptest::collection::vec(any_exchange(), 1..6),
        is_har in any::<bool>(),
    ) {
        let exchanges: Vec<_> = exchanges
            .into_iter()
            .map(|exchange| if is_har { in_chromium_har(exchange, None) } else { exchange })
            .collect();
        let policy = Policy::parse(
            "origins = [\"https://app.test\"]\nmethods = [\"PUT\", \"patch\", \"DELETE\"]\n\
             headers = [\"x-a\", \"authorization\", \"content-type\"]\ncredentials = true",
        )
        .unwrap();
        for fetch in fetches(&exchanges) {
            let replay = replay(&fetch, &policy, &JUDGING);
            let has_reason = today(&fetch, &JUDGING)
                .is_none_or(|today| is_of_protocol(&today) && !has_no_reason(&today));
            if has_reason && replay.not_judged.is_none() {
                prop_assert!(
                    matches!(replay.outcome, Outcome::Fixed | Outcome::Unchanged),
                    "{replay:#?}"
                );
            }
        }
    }

    #[test]
    fn a_suggestion_breaks_nothing(exchanges in proptest::collection::vec(any_exchange(), 1..6)) {
        let fetches = fetches(&exchanges);
        let mut wishes = Wishes::default();
        fetches.iter().for_each(|fetch| wishes.observe(fetch, &JUDGING));
        let text = wishes.finish().to_string();
        let policy = Policy::parse(&text).unwrap();
        for fetch in &fetches {
            let replay = replay(fetch, &policy, &JUDGING);
            prop_assert!(!replay.outcome.is_bad(), "{text}\n{replay:#?}");
        }
    }
}
