//! The whole engine on arbitrary exchanges: nothing is lost, nothing panics, at most one finding is the primary one.

use super::*;
use crate::cors::test_support::{answered, at, in_chromium_har, request};
use crate::cors::{Decided, Pairing};
use crate::finding::{Confidence, Severity};
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

const PAGE: (&str, &str) = ("origin", "https://page.test");

/// Rule, severity and confidence of what stops the only request.
fn verdict(exchange: Exchange) -> Option<(&'static str, Severity, Confidence)> {
    decide([exchange]).iter().find_map(|decided| match decided {
        Decided::Fetch(fetch) => {
            let finding = primary(fetch, &Policy::default())?;
            Some((finding.rule, finding.severity, finding.confidence))
        }
        Decided::Other { .. } => None,
    })
}

fn get(fields: &[(&str, &str)], status: u16, answer: &[(&str, &str)]) -> Exchange {
    answered(request("GET", "http://api.test/x", fields), status, answer)
}

#[test]
fn after_a_421_on_the_wire_the_browser_may_have_asked_again() {
    let expected = (
        "allow-origin-missing",
        Severity::Depends,
        Confidence::Possible,
    );
    assert_eq!(verdict(get(&[PAGE], 421, &[])), Some(expected));
}

#[test]
fn a_script_may_want_a_redirect_as_it_is_but_a_font_is_never_loaded_so() {
    let answer = [
        ("access-control-allow-origin", "*"),
        ("location", "http://me@api.test/y"),
    ];
    let rule = "redirect-to-credentials-url";
    let of_script = (rule, Severity::Depends, Confidence::Likely);
    assert_eq!(verdict(get(&[PAGE], 302, &answer)), Some(of_script));
    let mode = ("sec-fetch-mode", "cors");
    let font = [PAGE, mode, ("sec-fetch-dest", "font")];
    let of_font = (rule, Severity::Blocked, Confidence::Definite);
    assert_eq!(verdict(get(&font, 302, &answer)), Some(of_font));
}

#[test]
fn a_304_that_nobody_asked_for_must_allow_the_page_itself() {
    let condition = ("if-none-match", "\"a\"");
    assert_eq!(verdict(get(&[PAGE, condition], 304, &[])), None);
    let unasked = verdict(get(&[PAGE], 304, &[])).map(|(rule, severity, _)| (rule, severity));
    assert_eq!(unasked, Some(("allow-origin-missing", Severity::Blocked)));
}

#[test]
fn chromiums_har_does_not_say_that_a_redirect_to_an_app_failed() {
    let answer = [
        ("access-control-allow-origin", "*"),
        ("location", "shop-app://cart"),
    ];
    let expected = (
        "redirect-to-non-http",
        Severity::Depends,
        Confidence::Likely,
    );
    let found = verdict(in_chromium_har(get(&[PAGE], 302, &answer), None));
    assert_eq!(found, Some(expected));
}

#[test]
fn a_refused_redirect_to_an_app_was_refused_for_its_credentials() {
    let answer = [
        ("access-control-allow-origin", "*"),
        ("location", "shop-app://cart"),
    ];
    let refused = in_chromium_har(get(&[PAGE], 302, &answer), Some("net::ERR_FAILED"));
    let rule = verdict(refused).map(|(rule, ..)| rule);
    assert_eq!(rule, Some("redirect-response-not-cors"));
}

#[test]
fn a_bad_copy_in_the_cache_may_be_the_reason_as_well_as_the_preflight() {
    let har = |exchange, error, ms| at(in_chromium_har(exchange, error), ms, ms.unsigned_abs());
    let image = answered(
        request("GET", "http://api.test/x", &[]),
        200,
        &[("cache-control", "max-age=60")],
    );
    let asks = [
        PAGE,
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "x-a"),
    ];
    let allows = [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-headers", "x-a"),
    ];
    let preflight = answered(request("OPTIONS", "http://api.test/x", &asks), 204, &allows);
    let stub = request("GET", "http://api.test/x", &[("x-a", "1")]);
    let decided = decide([
        har(image, None, 0),
        har(stub, Some("net::ERR_FAILED"), 900),
        har(preflight, None, 901),
    ]);
    let findings = decided.iter().filter_map(|decided| match decided {
        Decided::Fetch(fetch) => primary(fetch, &Policy::default()),
        Decided::Other { .. } => None,
    });
    let grades: Vec<_> = findings
        .map(|own| (own.rule, own.severity, own.confidence))
        .collect();
    let rule = "preflight-allow-origin-wildcard-with-credentials";
    assert_eq!(grades, [(rule, Severity::Depends, Confidence::Possible)]);
}
