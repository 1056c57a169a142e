//! The whole engine on arbitrary exchanges: nothing is lost, nothing panics, at most one finding is the primary one.

use super::*;
use crate::cors::test_support::{answered, at, in_chromium_har, request};
use crate::cors::{Decided, Pairing};
use crate::http::Locator;
use crate::limits::Limits;
use proptest::prelude::*;

fn decide(exchanges: impl IntoIterator<Item = Exchange>) -> Vec<Decided> {
    let mut pairing = Pairing::new(&Limits::default());
    for exchange in exchanges {
        pairing.push(Arc::new(exchange));
    }
    pairing.finish();
    std::iter::from_fn(|| pairing.poll()).collect()
}

fn number(locator: Locator) -> u64 {
    match locator {
        Locator::Har { entry } => entry,
        Locator::Pcap { request_frame, .. } => request_frame.unwrap_or_default(),
    }
}

prop_compose! {
    fn any_exchange()(
        method in prop::sample::select(vec!["GET", "PUT", "POST", "OPTIONS", "patch", ""]),
        url in prop::sample::select(vec!["http://api.test/x", "http://store.test/y", "https://page.test/z", "ws://x.test/", "%%", ""]),
        names in prop::collection::vec((0usize..7, 0usize..8), 0..5),
        answers in prop::collection::vec((0usize..7, 0usize..8), 0..5),
        status in prop::sample::select(vec![0u16, 200, 204, 302, 304, 404, 407, 500]),
        is_answered: bool,
        error in prop::option::of(prop::sample::select(vec!["net::ERR_FAILED", "net::ERR_ABORTED", ""])),
        is_har: bool,
        ms in prop_oneof![-5i64..100, -5i64..100_000],
    ) -> Exchange {
        const NAMES: [&str; 7] = [
            "origin", "access-control-request-method", "access-control-request-headers", "cookie",
            "content-type", "sec-fetch-mode", "referer",
        ];
        const VALUES: [&str; 8] = [
            "https://page.test", "PUT", "null", "cors", "", "x-a, \u{fffd}", "http://[::1", "http://api.test/x",
        ];
        const FIELDS: [&str; 7] = [
            "access-control-allow-origin", "access-control-allow-methods", "access-control-allow-headers",
            "access-control-allow-credentials", "location", "access-control-max-age", "vary",
        ];
        let fields: Vec<_> = names.iter().map(|(name, value)| (NAMES[*name], VALUES[*value])).collect();
        let answer: Vec<_> = answers.iter().map(|(name, value)| (FIELDS[*name], VALUES[*value])).collect();
        let mut exchange = request(method, url, &fields);
        if is_answered {
            exchange = answered(exchange, status, &answer);
        }
        if is_har {
            exchange = in_chromium_har(exchange, error);
        }
        at(exchange, ms, 0)
    }
}

proptest! {
    #[test]
    fn every_exchange_comes_out_exactly_once_and_no_rule_panics(exchanges in prop::collection::vec(any_exchange(), 0..40)) {
        let numbered: Vec<Exchange> = exchanges
            .into_iter()
            .enumerate()
            .map(|(number, exchange)| {
                let ms = exchange.started.0 / 1_000_000;
                at(exchange, ms, number as u64)
            })
            .collect();
        let total = numbered.len() as u64;
        let mut seen = Vec::new();
        let policy = Policy::default();
        let mut survey = Survey::default();
        for decided in decide(numbered) {
            match decided {
                Decided::Fetch(fetch) => {
                    seen.extend(fetch.exchanges().map(|(exchange, ..)| number(exchange.locator)));
                    let findings = evaluate(&fetch, &policy);
                    let primaries = findings
                        .iter()
                        .filter(|finding| find(finding.rule).is_some_and(|rule| rule.family <= Family::Beside))
                        .filter(|finding| !finding.rule.contains("wildcard") && !finding.rule.contains("private-network"));
                    prop_assert!(primaries.count() <= 1);
                    survey.observe(&fetch, &policy);
                }
                Decided::Other { exchange, role } => {
                    seen.push(number(exchange.locator));
                    evaluate_other(&exchange, role, &policy);
                }
            }
        }
        survey.finish();
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..total).collect::<Vec<_>>());
    }
}
