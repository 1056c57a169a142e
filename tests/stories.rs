//! Each story that users told in public threads: the first cause must name what it really was.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

#[path = "support/traffic.rs"]
mod traffic;

use corsight::finding::{Cause, Summary};
use corsight::report::{self, Format, Look};
use traffic::Traffic;

const APP: &str = "https://app.example.com";
const ORDERS: &str = "https://api.example.com/orders";
const FONT: &str = "https://cdn.example.net/font.woff2";
const HTML: (&str, &str) = ("Content-Type", "text/html");
const ALLOW: (&str, &str) = ("Access-Control-Allow-Origin", APP);

/// The first cause is `name`, and its text holds all of `words`.
#[track_caller]
fn tells(traffic: &Traffic, name: &str, words: &[&str]) -> Cause {
    let (findings, causes) = traffic.causes();
    let rules: Vec<_> = findings.iter().map(|finding| finding.rule).collect();
    let names: Vec<_> = causes.iter().map(|cause| cause.cause).collect();
    let first = causes.into_iter().next();
    let first = first.unwrap_or_else(|| panic!("no cause; findings {rules:?}"));
    assert_eq!(first.cause, name, "{names:?} of {rules:?}: {}", first.text);
    for word in words {
        assert!(
            first.text.contains(word),
            "{word:?} is not in: {}",
            first.text
        );
    }
    assert!(!first.fix.is_empty(), "{name} names nothing to change");
    let report = text_report(traffic);
    assert!(
        report.contains(&format!("failed request 1 1× {} ", first.text))
            || report.contains(&format!("root cause 1 1× {} ", first.text))
            || report.contains(&format!(
                "failed requests 1 {}× {} ",
                first.failed, first.text
            )),
        "the report does not begin with the cause: {report}"
    );
    first
}

/// The report for a terminal, with every run of white space as one space.
fn text_report(traffic: &Traffic) -> String {
    let (findings, causes) = traffic.causes();
    let mut summary = Summary::default();
    let mut text = Vec::new();
    {
        let mut report = report::sink(Format::Text, Box::new(&mut text), Look::default());
        for finding in &findings {
            summary.count(finding);
            report.finding(finding).unwrap();
        }
        report.finish(&causes, &summary).unwrap();
    }
    let text = String::from_utf8(text).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn tells_nothing(traffic: &Traffic) {
    let (findings, causes) = traffic.causes();
    let blocked = findings
        .iter()
        .filter(|finding| finding.severity == corsight::finding::Severity::Blocked);
    assert_eq!(blocked.count(), 0, "{findings:?}");
    assert!(causes.is_empty(), "{causes:?}");
}

#[test]
fn story_01_a_crash_outside_of_the_cors_layer() {
    let mut t = Traffic::of(APP);
    t.preflight_ok("PUT", ORDERS, "content-type")
        .refused("PUT", ORDERS, 500, &[]);
    tells(
        &t,
        "errors-lack-cors",
        &["the 500 of the server", "the preflight passed"],
    );
}

#[test]
fn story_02_an_upload_is_too_large_for_the_proxy() {
    let mut t = Traffic::of(APP);
    t.preflight_ok("POST", ORDERS, "content-type")
        .refused("POST", ORDERS, 413, &[("Server", "nginx/1.25"), HTML])
        .with(&[("Content-Length", "2400000")]);
    tells(&t, "payload-too-large", &["413", "nginx/1.25", "2.4 MB"]);
}

#[test]
fn story_03_the_gateway_timed_out() {
    let mut t = Traffic::of(APP);
    t.fetch_ok("GET", ORDERS)
        .pass(9)
        .refused("GET", ORDERS, 504, &[("Server", "nginx"), HTML])
        .wait(60);
    let cause = tells(&t, "gateway-error", &["504", "within 60 s"]);
    assert!(
        cause.fix.iter().any(|fix| fix.text.contains("always")),
        "{:?}",
        cause.fix
    );
}

#[test]
fn story_04_the_rate_limiter() {
    let mut t = Traffic::of(APP);
    for _ in 0..20 {
        t.fetch_ok("GET", ORDERS);
    }
    t.refused("GET", ORDERS, 429, &[("Retry-After", "30")]);
    tells(&t, "rate-limited", &["429", "21 requests"]);
}

#[test]
fn story_05_the_rate_limiter_counts_preflights() {
    let mut t = Traffic::of(APP);
    t.preflight("PUT", ORDERS, "", 429, &[])
        .unsent("PUT", ORDERS, "net::ERR_FAILED");
    tells(&t, "preflight-rate-limited", &["429"]);
}

#[test]
fn story_06_authentication_before_cors() {
    let mut t = Traffic::of(APP);
    t.preflight(
        "GET",
        ORDERS,
        "authorization",
        401,
        &[("WWW-Authenticate", "Bearer")],
    )
    .unsent("GET", ORDERS, "net::ERR_FAILED");
    tells(&t, "auth-before-cors", &["401", "never sends credentials"]);
}

#[test]
fn story_07_windows_login() {
    let mut t = Traffic::of(APP);
    t.preflight(
        "GET",
        ORDERS,
        "x-a",
        401,
        &[
            ("WWW-Authenticate", "Negotiate"),
            ("WWW-Authenticate", "NTLM"),
        ],
    )
    .unsent("GET", ORDERS, "net::ERR_FAILED");
    tells(&t, "windows-auth", &["Negotiate"]);
}

#[test]
fn story_08_no_route_for_options() {
    let mut t = Traffic::of(APP);
    t.fetch_ok("GET", ORDERS)
        .pass(1)
        .preflight(
            "POST",
            ORDERS,
            "content-type",
            405,
            &[("Allow", "GET, POST")],
        )
        .unsent("POST", ORDERS, "net::ERR_FAILED");
    tells(&t, "options-unrouted", &["405", "the header content-type"]);
}

#[test]
fn story_09_the_session_expired() {
    let login = "https://login.example.org/oauth2/authorize?x=1";
    let mut t = Traffic::of(APP);
    t.fetch("GET", ORDERS, 302, &[("Location", login), ALLOW])
        .refused("GET", login, 200, &[HTML])
        .origin("null");
    tells(
        &t,
        "login-redirect",
        &["https://api.example.com", "sign-in page"],
    );
}

#[test]
fn story_10_http_is_redirected_to_https() {
    let mut t = Traffic::of("http://app.example.com");
    t.preflight(
        "PUT",
        "http://api.example.com/orders",
        "",
        307,
        &[("Location", ORDERS)],
    )
    .unsent("PUT", "http://api.example.com/orders", "net::ERR_FAILED");
    let cause = tells(&t, "canonical-redirect", &["only the scheme"]);
    assert_eq!(cause.fix[0].params.final_url.as_deref(), Some(ORDERS));
}

#[test]
fn story_11_a_slash_is_added() {
    let mut t = Traffic::of(APP);
    t.refused(
        "GET",
        ORDERS,
        301,
        &[("Location", "https://api.example.com/orders/")],
    );
    tells(&t, "canonical-redirect", &["slash at the end"]);
}

#[test]
fn story_12_moved_also_for_options() {
    let mut t = Traffic::of(APP);
    t.preflight("PUT", ORDERS, "", 308, &[("Location", "/purchases")])
        .unsent("PUT", ORDERS, "net::ERR_FAILED");
    tells(
        &t,
        "canonical-redirect",
        &["the path changes", "a preflight may not be redirected"],
    );
}

#[test]
fn story_13_proxy_and_application_both_set_it() {
    let mut t = Traffic::of(APP);
    let star = ("Access-Control-Allow-Origin", "*");
    t.refused("GET", ORDERS, 200, &[("Server", "nginx"), star, star]);
    tells(&t, "two-layers", &["twice", "equal", "nginx"]);
}

#[test]
fn story_14_a_copy_cached_without_origin() {
    let mut t = Traffic::of(APP);
    t.fetch_ok("GET", FONT).pass(60).refused(
        "GET",
        FONT,
        200,
        &[("X-Cache", "Hit from cloudfront"), ("Age", "600")],
    );
    tells(
        &t,
        "cache-poisoned",
        &["without CORS headers", "Hit from cloudfront"],
    );
}

#[test]
fn story_15_a_copy_made_for_another_site() {
    let other = "https://b.example.org";
    let mut t = Traffic::of(other);
    t.fetch_ok("GET", FONT).page(APP).pass(60).refused(
        "GET",
        FONT,
        200,
        &[("Access-Control-Allow-Origin", other), ("Age", "60")],
    );
    tells(&t, "cache-poisoned", &["made for https://b.example.org"]);
}

#[test]
fn story_16_a_bare_304_is_no_violation() {
    let mut t = Traffic::of(APP);
    t.fetch_ok("GET", FONT)
        .pass(60)
        .fetch("GET", FONT, 304, &[]);
    tells_nothing(&t);
}

#[test]
fn story_17_a_wildcard_with_credentials() {
    let mut t = Traffic::of(APP);
    t.refused("GET", ORDERS, 200, &[("Access-Control-Allow-Origin", "*")])
        .with(&[("Cookie", "a=b")]);
    tells(&t, "credentials-not-allowed", &["`*`"]);
}

#[test]
fn story_18_credentials_allowed_on_the_preflight_only() {
    let credentials = ("Access-Control-Allow-Credentials", "true");
    let methods = ("Access-Control-Allow-Methods", "PUT");
    let mut t = Traffic::of(APP);
    t.preflight("PUT", ORDERS, "", 204, &[ALLOW, credentials, methods])
        .refused("PUT", ORDERS, 200, &[ALLOW])
        .with(&[("Cookie", "a=b")]);
    tells(
        &t,
        "credentials-not-allowed",
        &["its answer lacks access-control-allow-credentials"],
    );
}

#[test]
fn story_19_localhost_is_not_127_0_0_1() {
    let mut t = Traffic::of("http://127.0.0.1:3000");
    let allow = ("Access-Control-Allow-Origin", "http://localhost:3000");
    t.refused("GET", "http://localhost:8000/x", 200, &[allow]);
    tells(
        &t,
        "origin-not-listed",
        &["localhost and 127.0.0.1 are different origins"],
    );
}

#[test]
fn story_20_a_slash_at_the_end_of_the_origin() {
    let mut t = Traffic::of(APP);
    t.refused(
        "GET",
        ORDERS,
        200,
        &[("Access-Control-Allow-Origin", "https://app.example.com/")],
    );
    tells(&t, "misspelt-origin", &["no slash at its end"]);
}

#[test]
fn story_21_a_page_without_an_origin() {
    let mut t = Traffic::of("null");
    t.refused("GET", ORDERS, 200, &[ALLOW]);
    tells(&t, "opaque-origin", &["Origin: null"]);
}

#[test]
fn story_22_a_redirect_to_storage() {
    let file = "https://bucket.storage.example.org/a";
    let mut t = Traffic::of(APP);
    t.fetch("GET", ORDERS, 307, &[("Location", file), ALLOW])
        .refused("GET", file, 200, &[ALLOW])
        .origin("null");
    tells(&t, "redirect-taint", &["Origin: null", "bucket.storage"]);
}

#[test]
fn story_23_an_untrusted_certificate() {
    let mut t = Traffic::of(APP);
    t.unsent("GET", ORDERS, "net::ERR_CERT_AUTHORITY_INVALID");
    tells(
        &t,
        "certificate-error",
        &["not CORS", "ERR_CERT_AUTHORITY_INVALID"],
    );
}

#[test]
fn story_24_airplay_owns_the_port() {
    let mut t = Traffic::of("http://localhost:3000");
    t.refused(
        "GET",
        "http://localhost:5000/x",
        403,
        &[("Server", "AirTunes/770.8.1")],
    );
    tells(&t, "wrong-server-answered", &["AirPlay"]);
}

#[test]
fn story_25_a_tracing_library_adds_headers() {
    let mut t = Traffic::of(APP);
    let answer = [ALLOW, ("Access-Control-Allow-Headers", "content-type")];
    t.preflight("GET", ORDERS, "baggage,sentry-trace", 204, &answer)
        .unsent("GET", ORDERS, "net::ERR_FAILED");
    tells(&t, "header-drift", &["Sentry", "baggage and sentry-trace"]);
}

#[test]
fn story_26_a_public_page_asks_the_users_machine() {
    let mut t = Traffic::of(APP);
    t.unsent("GET", "http://127.0.0.1:8080/x", "net::ERR_FAILED");
    tells(&t, "mixed-or-lna", &["Local Network Access"]);
}

#[test]
fn story_27_patch_in_lower_case() {
    let mut t = Traffic::of(APP);
    t.preflight(
        "patch",
        ORDERS,
        "",
        204,
        &[ALLOW, ("Access-Control-Allow-Methods", "GET, PATCH")],
    )
    .unsent("patch", ORDERS, "net::ERR_FAILED");
    tells(&t, "method-not-listed", &["in another case"]);
}

#[test]
fn story_28_authorization_under_a_star_passes_today() {
    let mut t = Traffic::of(APP);
    let star = ("Access-Control-Allow-Headers", "*");
    t.preflight("GET", ORDERS, "authorization", 204, &[ALLOW, star])
        .fetch("GET", ORDERS, 200, &[ALLOW]);
    tells_nothing(&t);
}

#[test]
fn story_29_a_proxy_wants_a_password() {
    let mut t = Traffic::of(APP);
    t.preflight("PUT", ORDERS, "", 407, &[]).unsent(
        "PUT",
        ORDERS,
        "net::ERR_UNEXPECTED_PROXY_AUTH",
    );
    tells(&t, "proxy-auth", &["407"]);
}

#[test]
fn story_30_a_service_worker_in_the_path() {
    let mut t = Traffic::of(APP);
    t.refused("GET", FONT, 200, &[])
        .change(|exchange| exchange.observed.as_mut().unwrap().service_worker = true);
    tells(&t, "service-worker", &["service worker"]);
}

#[test]
fn story_31_an_ad_blocker() {
    let mut t = Traffic::of(APP);
    t.unsent(
        "GET",
        "https://stats.example.net/track",
        "net::ERR_BLOCKED_BY_CLIENT",
    );
    tells(&t, "client-blocked", &["ad blocker"]);
}

#[test]
fn story_32_the_tunnels_warning_page() {
    let url = "https://a1.ngrok-free.app/api";
    let mut t = Traffic::of(APP);
    t.preflight_ok("GET", url, "authorization").refused(
        "GET",
        url,
        200,
        &[HTML, ("Ngrok-Error-Code", "ERR_NGROK_6024")],
    );
    tells(&t, "interstitial-page", &["ngrok"]);
}

#[test]
fn story_33_the_codespaces_port_is_private() {
    let url = "https://x-3000.app.github.dev/api";
    let mut t = Traffic::of(APP);
    t.preflight("PUT", url, "", 401, &[])
        .unsent("PUT", url, "net::ERR_FAILED");
    tells(&t, "interstitial-page", &["codespace", "sign-in"]);
    let mut t = Traffic::of(APP);
    t.refused(
        "GET",
        url,
        302,
        &[("Location", "https://github.dev/pf-signin")],
    );
    tells(&t, "interstitial-page", &["codespace"]);
}

#[test]
fn story_34_an_old_preflight_is_cached() {
    let mut t = Traffic::of(APP);
    t.unsent("PUT", ORDERS, "net::ERR_FAILED");
    tells(&t, "stale-preflight", &["no preflight is in the input"]);
}

#[test]
fn story_35_the_cdn_serves_an_error() {
    let mut t = Traffic::of(APP);
    t.fetch_ok("GET", FONT).pass(1).refused(
        "GET",
        FONT,
        520,
        &[("Server", "cloudflare"), ("CF-Ray", "8c1d-AMS")],
    );
    tells(&t, "errors-lack-cors", &["520"]);
}

#[test]
fn story_36_mixed_content() {
    let mut t = Traffic::of(APP);
    t.unsent("GET", "http://api.example.com/orders", "");
    tells(&t, "mixed-or-lna", &["mixed content"]);
}

#[test]
fn story_37_the_function_answers_without_cors() {
    let mut t = Traffic::of(APP);
    t.preflight_ok("POST", ORDERS, "content-type").refused(
        "POST",
        ORDERS,
        400,
        &[("x-amzn-RequestId", "1")],
    );
    tells(&t, "lambda-without-cors", &["the 400 of the function"]);
}

#[test]
fn story_38_nothing_listens() {
    let mut t = Traffic::of(APP);
    t.preflight("PUT", ORDERS, "", 0, &[])
        .change(|exchange| {
            let observed = exchange.observed.as_mut().unwrap();
            observed.net_error = Some("net::ERR_CONNECTION_TIMED_OUT".into());
        })
        .unsent("PUT", ORDERS, "net::ERR_CONNECTION_TIMED_OUT");
    tells(&t, "transport-error", &["not CORS", "in time"]);
}

#[test]
fn story_39_http2_broke_down() {
    let mut t = Traffic::of(APP);
    t.unsent("POST", ORDERS, "net::ERR_HTTP2_PROTOCOL_ERROR");
    tells(
        &t,
        "transport-error",
        &["broke before an answer was complete"],
    );
}
