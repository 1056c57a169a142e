//! Every rule has a recording of a real browser in which it fires, and a similar one in which it is silent.
//!
//! Rules without one stand here with the reason.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod support;

use Shows::{Evidence, Itself, Nowhere, Tag};
use corsight::rules;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use support::{corsight, folders, samples, stdout};

/// How a recording shows a rule.
#[derive(Debug, Clone, Copy)]
enum Shows {
    /// A finding of its own.
    Itself,
    /// The tag of another rule's finding.
    Tag(&'static str),
    /// A line of another finding's evidence.
    Evidence(&'static str),
    /// No recording, for this reason.
    Nowhere(&'static str),
}

/// A sample's folder and the end of a URL in it.
type Place = (&'static str, &'static str);

const NONE: Place = ("", "");
const FINE: Place = ("all-fine", "/products");
const BESIDE: &str = "blocked-beside-cors";
const COMPARISON: &str = "risk-origin-comparison";
const HALF: &str = "half-of-the-answers";
const LISTS: &str = "preflight-lists-malformed";
const REDIRECTS: &str = "redirects-refused";
const RISKY: &str = "risky-answers";
const SURPRISES: &str = "allowed-but-surprising";
const SAFE: Place = (RISKY, "/safe");
const LIST: Place = (COMPARISON, "list.example.com:8443/data");
const NOT_SENT: Shows = Nowhere("browsers refuse it before there is a request, and export nothing");

#[rustfmt::skip]
const TABLE: &[(&str, Shows, Place, Place)] = &[
    ("allow-origin-missing", Itself, ("allow-origin-missing", "/products"), FINE),
    ("allow-origin-wildcard-with-credentials", Itself, ("allow-origin-wildcard-with-credentials", "/cart"), ("client-blocked", "/cart")),
    ("allow-origin-multiple", Itself, ("allow-origin-multiple-two-layers", "/cart"), ("client-blocked", "/cart")),
    ("allow-origin-invalid", Itself, ("allow-origin-invalid", "/news"), FINE),
    ("allow-origin-mismatch", Itself, ("allow-origin-mismatch", "/prices"), FINE),
    ("allow-credentials-not-true", Itself, ("allow-credentials-not-true", "/me"), ("all-fine", "/me")),
    ("redirect-response-not-cors", Itself, (REDIRECTS, "/bare"), (REDIRECTS, "/fine")),
    ("redirect-origin-became-null", Itself, ("redirect-origin-became-null", "/bucket/12.txt"), (REDIRECTS, "/file")),
    ("redirect-to-credentials-url", Itself, (REDIRECTS, "/password"), (REDIRECTS, "/fine")),
    ("redirect-to-non-http", Itself, (REDIRECTS, "/data"), (REDIRECTS, "/fine")),
    ("redirect-too-many", Itself, (REDIRECTS, "/endless"), (REDIRECTS, "/fine")),
    ("preflight-no-response", Itself, ("preflight-no-response", "/sensors"), ("all-fine", "/products/1")),
    ("preflight-proxy-auth", Itself, ("preflight-proxy-auth", "/orders"), ("preflight-unauthenticated-options", "/contacts")),
    ("preflight-redirect", Itself, ("preflight-redirect-https", "/v1/orders"), (REDIRECTS, "/fine")),
    ("preflight-allow-origin-missing", Itself, (HALF, "/stock"), (HALF, "/orders")),
    ("preflight-allow-origin-wildcard-with-credentials", Itself, ("allow-origin-wildcard-with-credentials", "/cart"), SAFE),
    ("preflight-allow-origin-multiple", Itself, ("allow-origin-multiple-two-layers", "/cart"), ("preflight-method-case", "/cart/5")),
    ("preflight-allow-origin-invalid", Itself, (LISTS, "/host"), (LISTS, "/commas")),
    ("preflight-allow-origin-mismatch", Itself, ("origin-null-file-page", "/tasks/1"), ("risk-null-origin-allowed", "/tasks/1")),
    ("preflight-allow-credentials-not-true", Itself, ("allow-credentials-not-true", "/me"), SAFE),
    ("preflight-status", Itself, ("preflight-status-404", "/orders"), (HALF, "/orders")),
    ("preflight-allow-methods-unparsable", Itself, (LISTS, "/semicolons"), (LISTS, "/commas")),
    ("preflight-allow-headers-unparsable", Itself, (LISTS, "/quotes"), (LISTS, "/commas")),
    ("preflight-method-not-allowed", Itself, ("preflight-method-not-allowed", "/users/3"), (SURPRISES, "/fine")),
    ("preflight-header-not-allowed", Itself, ("preflight-header-not-allowed", "/search"), (SURPRISES, "/list")),
    ("preflight-authorization-under-wildcard", Itself, (SURPRISES, "/token"), (SURPRISES, "/listed-token")),
    ("preflight-private-network", Nowhere("only Chromium 98 to 141 sent Access-Control-Request-Private-Network"), NONE, NONE),
    ("client-blocked", Itself, ("client-blocked", "/track"), ("client-blocked", "/cart")),
    ("cookie-withheld", Itself, ("cookie-withheld", "/me"), ("cookie-withheld", "/public")),
    ("corp-blocked", Itself, (BESIDE, "/own.svg"), (BESIDE, "/free.svg")),
    ("csp-blocked", Itself, (BESIDE, "/pixel.svg"), (BESIDE, "api.shop.test:3001/count")),
    ("local-network-access", Itself, ("local-network-access", "/cart"), ("client-blocked", "/cart")),
    ("mixed-content", Itself, ("mixed-content", "/stock"), ("https-h2-with-keys", "/settings")),
    ("mode-no-cors-redirect", NOT_SENT, NONE, NONE),
    ("mode-same-origin", NOT_SENT, NONE, NONE),
    ("network-failed", Itself, ("network-failed-refused", "/orders"), ("preflight-no-response", "/sensors")),
    ("orb-blocked", Itself, (BESIDE, "/prices.json"), (BESIDE, "/prices.js")),
    ("refusal-not-recorded", Itself, (BESIDE, "stats.shop.test:3001/count"), (BESIDE, "api.shop.test:3001/count")),
    ("response-blocked-from-cache", Itself, ("response-blocked-from-cache", "/logo.svg"), (RISKY, "/logo.svg")),
    ("scheme-not-cors", NOT_SENT, NONE, NONE),
    ("server-rejected-origin", Itself, ("server-rejected-origin", "/api/cart"), ("looks-like-cors-but-is-not", "/api/cart")),
    ("websocket-origin-rejected", Itself, (BESIDE, "/members"), (BESIDE, "/live")),
    ("actual-only-headers", Tag("options-answered-by-server"), (HALF, "/stock"), (HALF, "/orders")),
    ("avoidable-preflight", Itself, (SURPRISES, "/list"), (SURPRISES, "/fine")),
    ("blocked-but-executed", Evidence("blocked but executed"), (HALF, "/orders"), (HALF, "/stock")),
    ("client-sends-response-headers", Itself, (SURPRISES, "/helpful"), (SURPRISES, "/list")),
    ("expose-headers-missing", Itself, ("expose-headers-missing", "/customers?page=1"), FINE),
    ("expose-wildcard-with-credentials", Itself, ("wildcards-with-credentials", "/notes"), SAFE),
    ("header-without-effect", Itself, ("preflight-status-404", "/orders"), (SURPRISES, "/fine")),
    ("max-age-capped", Itself, (SURPRISES, "/day"), (SURPRISES, "/fine")),
    ("max-age-invalid", Itself, (SURPRISES, "/minutes"), (SURPRISES, "/fine")),
    ("max-age-missing", Itself, (SURPRISES, "/draft"), (SURPRISES, "/fine")),
    ("method-case", Tag("method-case"), ("preflight-method-case", "/cart/5"), ("preflight-method-not-allowed", "/users/3")),
    ("no-cors-opaque", Itself, (SURPRISES, "/opaque"), (SURPRISES, "/list")),
    ("options-not-preflight", Itself, ("looks-like-cors-but-is-not", "/api/cart"), ("all-fine", "/products/1")),
    ("origin-null-seen", Itself, ("origin-null-file-page", "/tasks"), FINE),
    ("preflight-only-headers", Tag("preflight-only-headers"), (HALF, "/orders"), (HALF, "/stock")),
    ("wildcard-literal-with-credentials", Tag("wildcard-with-credentials"), ("wildcards-with-credentials", "/notes"), (SURPRISES, "/token")),
    ("risk-allow-credentials-with-wildcard-config", Itself, (RISKY, "/prices"), (RISKY, "/profile")),
    ("risk-any-subdomain-trusted", Itself, (COMPARISON, "tenants.example.com:8443/data"), LIST),
    ("risk-dev-origin-in-production", Itself, (COMPARISON, "dev.example.com:8443/data"), LIST),
    ("risk-http-origin-trusted", Itself, (COMPARISON, "plain.example.com:8443/data"), LIST),
    ("risk-max-age-long", Itself, (RISKY, "/settings"), SAFE),
    ("risk-null-origin-allowed", Itself, ("risk-null-origin-allowed", "/tasks"), ("origin-null-file-page", "/tasks")),
    ("risk-origin-not-checked-websocket", Itself, (RISKY, "/live"), (BESIDE, "/live")),
    ("risk-origin-parser-confusion", Itself, (COMPARISON, "starts.example.com:8443/data"), LIST),
    ("risk-origin-prefix-match", Itself, (COMPARISON, "starts.example.com:8443/data"), LIST),
    ("risk-origin-substring-match", Itself, (COMPARISON, "contains.example.com:8443/data"), LIST),
    ("risk-origin-suffix-match", Itself, (COMPARISON, "ends.example.com:8443/data"), (COMPARISON, "dots.example.com:8443/data")),
    ("risk-origin-unescaped-dot", Itself, (COMPARISON, "dots.example.com:8443/data"), (COMPARISON, "ends.example.com:8443/data")),
    ("risk-reflects-any-origin", Itself, (COMPARISON, "any.example.com:8443/data"), (COMPARISON, "news.example.com:8443/data")),
    ("risk-reflects-any-origin-with-credentials", Itself, (COMPARISON, "account.example.com:8443/data"), (COMPARISON, "any.example.com:8443/data")),
    ("risk-state-change-on-blocked-origin", Itself, (RISKY, "/orders"), (HALF, "/orders")),
    ("risk-third-party-origin", Itself, (COMPARISON, "docs.example.com:8443/data"), LIST),
    ("risk-vary-only-when-origin-present", Itself, (RISKY, "/logo.svg"), (RISKY, "/news")),
    ("risk-vary-origin-missing", Itself, (RISKY, "/news"), FINE),
    ("risk-wide-allow-lists", Itself, (RISKY, "/debug"), SAFE),
    ("risk-wildcard-sensitive", Itself, (RISKY, "/profile"), ("client-blocked", "/cart")),
];

#[test]
fn every_rule_is_in_the_table() {
    let listed: Vec<&str> = TABLE.iter().map(|(rule, ..)| *rule).collect();
    let known: Vec<&str> = rules::ALL.iter().map(|rule| rule.name).collect();
    assert_eq!(listed, known);
}

#[test]
fn every_rule_fires_in_its_recording_and_is_silent_in_a_similar_one() {
    let findings = findings();
    let urls = urls();
    let mut faults = Vec::new();
    for (rule, shows, fires, silent) in TABLE {
        if let Nowhere(reason) = shows {
            println!("{rule}: no recording: {reason}");
            if findings
                .values()
                .flatten()
                .any(|finding| finding["rule"] == *rule)
            {
                faults.push(format!("{rule} has a recording after all"));
            }
            continue;
        }
        let shown = |(sample, end): &Place| {
            findings.get(*sample).into_iter().flatten().any(|finding| {
                finding["url"].as_str().unwrap().ends_with(end) && is_shown(finding, rule, *shows)
            })
        };
        if !shown(fires) {
            faults.push(format!("{rule} is silent in {fires:?}"));
        }
        if shown(silent) {
            faults.push(format!("{rule} fires in {silent:?}"));
        }
        if !urls
            .get(silent.0)
            .into_iter()
            .flatten()
            .any(|url| url.ends_with(silent.1))
        {
            faults.push(format!("nothing is recorded of {silent:?}"));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn is_shown(finding: &Value, rule: &str, shows: Shows) -> bool {
    match shows {
        Itself => finding["rule"] == rule,
        Tag(tag) => finding["tag"] == tag,
        Evidence(words) => finding["evidence"]
            .as_array()
            .unwrap()
            .iter()
            .any(|line| line["note"].as_str().unwrap().contains(words)),
        Nowhere(_) => false,
    }
}

/// All findings in all recordings of a sample.
fn findings() -> BTreeMap<String, Vec<Value>> {
    let mut found: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for folder in folders(&samples()) {
        for name in [
            "devtools.har",
            "devtools-sensitive.har",
            "firefox.har",
            "capture.pcap",
            "capture.pcapng",
        ] {
            if !folder.join("truth.json").is_file() || !folder.join(name).is_file() {
                continue;
            }
            let mut command = corsight();
            command
                .args(["check", "--format", "ndjson"])
                .arg(folder.join(name));
            let keys = folder.join("tls-keys.log");
            if keys.is_file() {
                command.arg("--keylog").arg(keys);
            }
            let lines = stdout(&command.output().unwrap());
            let lines = lines
                .lines()
                .map(|line| serde_json::from_str::<Value>(line).unwrap());
            let sample = folder.file_name().unwrap().to_string_lossy().into_owned();
            found
                .entry(sample)
                .or_default()
                .extend(lines.filter(|line| line["type"] == "finding"));
        }
    }
    found
}

/// What the pages of a sample requested.
fn urls() -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for folder in folders(&samples()) {
        let Ok(truth) = fs::read_to_string(folder.join("truth.json")) else {
            continue;
        };
        let records: Vec<Value> = serde_json::from_str(&truth).unwrap();
        let urls = records
            .iter()
            .map(|record| record["url"].as_str().unwrap().to_owned());
        found.insert(
            folder.file_name().unwrap().to_string_lossy().into_owned(),
            urls.collect(),
        );
    }
    found
}
