//! The engine against three real browsers: every row of `conformance/vectors.txt` must end as it did there,
//! under the name that the browser gave it. The credentials mode is given, as it was in the laboratory.
//!
//! The last rows come from randomised runs against two of them. Of the laboratory's 107 rows 100 are in the table, 4 (no-cors, and same-origin GET, POST, OPTIONS) are below as requests
//! outside of CORS. Three have no place in a recording and stay out: browsers refuse `m-same-origin` (mode same-origin to
//! another origin), `m-nocors-manual` (no-cors with a redirect mode other than follow) and `m-file` (a file: URL) before
//! there is a request. How long preflights are kept and which headers need one stands beside the code, in `fetch::cache`
//! and `fetch::safelist`.

#![expect(clippy::unwrap_used, reason = "a broken table fails the test")]

use corsight::cors::{
    ClientId, CorsFetch, CorsMode, Credentials, CredentialsMode, Decided, Fate, Hop, OriginSource,
    PageOrigin, Pairing,
};
use corsight::fetch::{Browser, redirect};
use corsight::finding::{Confidence, Enforcement, Finding, Severity};
use corsight::http::{Exchange, Fields, Locator, Request, Response, SourceId, Version};
use corsight::limits::Limits;
use corsight::rules::{self, Policy};
use corsight::time::Timestamp;
use std::sync::Arc;

const PAGE: &str = "http://127.0.0.1:9001";
const A: &str = "http://127.0.0.1:9002";
const B: &str = "http://127.0.0.1:9003";

struct Row<'a> {
    name: &'a str,
    method: &'a str,
    headers: Vec<String>,
    with_credentials: bool,
    preflight: &'a str,
    actual: &'a str,
    verdicts: [(Browser, &'a str); 3],
}

fn rows(text: &str) -> Vec<Row<'_>> {
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let cells: Vec<&str> = line.split(" | ").collect();
            let [name, request, preflight, actual, chromium, firefox, webkit] = cells[..] else {
                panic!("seven cells expected: {line}");
            };
            let mut words = request.split(' ');
            let method = words.next().unwrap();
            let mut headers: Vec<String> = words
                .clone()
                .filter(|word| !word.starts_with("+c"))
                .flat_map(|word| word.split('+'))
                .map(str::to_lowercase)
                .collect();
            headers.sort();
            Row {
                name,
                method,
                headers,
                with_credentials: words.any(|word| word == "+credentials"),
                preflight,
                actual,
                verdicts: [
                    (Browser::Chromium, chromium),
                    (Browser::Firefox, firefox),
                    (Browser::WebKit, webkit),
                ],
            }
        })
        .collect()
}

/// `204 · o={O} · m=PUT` as an answer; none for a closed connection.
fn answer(text: &str) -> Option<Response> {
    let mut parts = text.split(" · ");
    let status = parts.next()?.parse().ok()?;
    let mut fields = Fields::default();
    for part in parts {
        let (key, value) = part.split_once('=').unwrap();
        let name = match key {
            "o" => "Access-Control-Allow-Origin",
            "c" => "Access-Control-Allow-Credentials",
            "m" => "Access-Control-Allow-Methods",
            "h" => "Access-Control-Allow-Headers",
            "l" => "Location",
            "a" => "Allow",
            "w" => "WWW-Authenticate",
            "p" => "Proxy-Authenticate",
            _ => panic!("unknown key {key}"),
        };
        let value = value
            .replace("{O}", PAGE)
            .replace("{A}", A)
            .replace("{B}", B);
        fields.push(name, &value);
    }
    Some(Response {
        status,
        version: Version::Http11,
        fields,
        body_size: 0,
        body_head: "".into(),
        started: Timestamp(0),
    })
}

/// What the laboratory's server answered at the targets of redirects: to a preflight and to the request itself.
fn target(url: &str) -> (&'static str, &'static str) {
    match url.rsplit('/').next().unwrap() {
        "s-star" => ("404", "200 · o=*"),
        "s-missing" => ("404", "200"),
        "s-origin-a" | "s-origin-b" => ("404", "200 · o={O}"),
        "s-nullok" => ("404", "200 · o=null"),
        "p-null-ok" => ("204 · o=null · m=PUT · h=x-a", "200 · o=null"),
        "p-page-ok" => ("204 · o={O} · m=PUT · h=x-a", "200 · o=null"),
        "p-ok" => ("204 · o={O} · m=PUT · h=x-a", "200 · o={O}"),
        "p-get-xa" => ("204 · o={O} · h=x-a", "200 · o={O}"),
        other => panic!("no target {other}"),
    }
}

fn exchange(
    method: &str,
    url: &str,
    fields: &[(&str, &str)],
    response: Option<Response>,
) -> Arc<Exchange> {
    Arc::new(Exchange {
        source: SourceId(0),
        locator: Locator::Pcap {
            transport: Default::default(),
            stream: 0,
            h2_stream: None,
            request_frame: Some(1),
            response_frame: None,
        },
        started: Timestamp(0),
        duration: None,
        client: None,
        server: None,
        request: Some(Request {
            method: method.into(),
            url: url.into(),
            version: Version::Http11,
            fields: fields.iter().copied().collect(),
            body_size: 0,
        }),
        response,
        observed: None,
        caveats: Default::default(),
    })
}

/// One hop as `browser` puts it on the wire.
fn hop(
    browser: Browser,
    (method, url, headers): (&str, &str, &[String]),
    origin: &str,
    (preflight, actual): (&str, &str),
) -> Hop {
    let announced = match browser {
        // After a redirect that taints, Firefox announces the page's origin all the same.
        Browser::Firefox => PAGE,
        _ => origin,
    };
    let names = headers.join(",");
    let mut asks = vec![
        ("Origin", announced),
        ("Access-Control-Request-Method", method),
    ];
    if !names.is_empty() {
        asks.push(("Access-Control-Request-Headers", &names));
    }
    let fields: Vec<(&str, &str)> = std::iter::once(("Origin", origin))
        .chain(headers.iter().map(|name| (name.as_str(), "1")))
        .collect();
    Hop {
        preflights: match preflight {
            "-" => Vec::new(),
            _ => vec![exchange("OPTIONS", url, &asks, answer(preflight))],
        },
        cached_preflight: None,
        actual: Some(exchange(method, url, &fields, answer(actual))),
        origin: origin.into(),
        checked: true,
    }
}

/// The chain of hops that a row leads to.
fn hops(row: &Row<'_>, browser: Browser) -> Vec<Hop> {
    let is_from_page = row.name == "r-from-same";
    let mut url = format!("{}/{}", if is_from_page { PAGE } else { A }, row.name);
    let mut first = hop(
        browser,
        (row.method, &url, &row.headers),
        PAGE,
        (row.preflight, row.actual),
    );
    first.checked = !is_from_page;
    let mut chain = vec![first];
    let mut headers = row.headers.clone();
    let mut origin = PAGE.to_owned();
    let mut method = row.method.to_owned();
    while let Some(response) = chain
        .last()
        .and_then(|hop| hop.actual.as_ref()?.response.clone())
        && let Some(location) = response.fields.first("location")
        && !location.is_empty()
        && let Some(next) = corsight::fetch::origin::resolve(&url, location)
        && next.starts_with("http")
        && !next.contains('@')
    {
        let after = redirect::method_after(response.status, &method).to_owned();
        let crosses = !corsight::fetch::origin::are_same(&url, &next);
        if after != method && browser != Browser::WebKit {
            headers.retain(|name| name != "content-type");
        }
        if crosses && browser == Browser::Chromium {
            headers.retain(|name| name != "authorization");
        }
        origin = redirect::origin_after(&origin, &url, &next).into_owned();
        (method, url) = (after, next);
        let (preflight, actual) = target(&url);
        let needs = !matches!(method.as_str(), "GET" | "POST") || !headers.is_empty();
        let preflight = if needs { preflight } else { "-" };
        chain.push(hop(
            browser,
            (&method, &url, &headers),
            &origin,
            (preflight, actual),
        ));
    }
    chain
}

fn evaluate(row: &Row<'_>, browser: Browser) -> Option<Finding> {
    let fetch = CorsFetch {
        source: SourceId(0),
        client: ClientId(0),
        browser: Some(browser),
        origin: PageOrigin {
            text: PAGE.into(),
            learnt: OriginSource::OriginField,
        },
        mode: CorsMode::Proven,
        initiator: Some("fetch"),
        credentials: Credentials {
            mode: match row.with_credentials {
                true => CredentialsMode::Include,
                false => CredentialsMode::Omit,
            },
            confidence: Confidence::Definite,
            evidence: Vec::new(),
            sanitized: false,
        },
        failures: Default::default(),
        hops: hops(row, browser),
        enforcement: Enforcement::BrowserProven,
        fate: Fate::Unknown,
        stored: None,
        is_host_held_back: false,
        caveats: Default::default(),
    };
    let policy = Policy {
        browser: Some(browser),
        source: "vectors",
    };
    rules::evaluate(&fetch, &policy)
        .into_iter()
        // The laboratory followed redirects; the wire does not show that, so where it matters the verdict says so.
        .find(|finding| {
            finding.severity == Severity::Blocked
                || (finding.severity == Severity::Depends && finding.settles.contains("manual"))
        })
}

/// The finding in the words of the table.
fn verdict(finding: Option<&Finding>, browser: Browser) -> &'static str {
    let Some(finding) = finding else {
        return "ok";
    };
    match browser {
        Browser::Chromium if finding.rule == "preflight-no-response" => "net::ERR_EMPTY_RESPONSE",
        Browser::Chromium => finding.codes.chromium.unwrap_or("none"),
        Browser::Firefox => finding.codes.firefox.unwrap_or("none"),
        Browser::WebKit => webkit_kind(finding.codes.webkit.unwrap_or("none")),
    }
}

fn webkit_kind(message: &'static str) -> &'static str {
    const KINDS: [(&str, &str); 13] = [
        ("by Access-Control-Allow-Origin", "W-origin"),
        ("is not successful", "W-status"),
        ("Cannot use wildcard", "W-wildcard"),
        ("more than one origin", "W-multiple"),
        ("Credentials flag", "W-credentials"),
        ("Allow-Methods has an invalid", "W-acam"),
        ("Allow-Headers has an invalid", "W-acah"),
        ("by Access-Control-Allow-Methods", "W-method"),
        ("by Access-Control-Allow-Headers", "W-header"),
        ("Resource Sharing policy", "W-redirect: origin"),
        ("URL has credentials", "W-redirect: creds"),
        ("non CORS scheme", "W-redirect: scheme"),
        ("connection was lost", "network error"),
    ];
    KINDS
        .iter()
        .find(|(part, _)| message.contains(part))
        .map_or(message, |(_, kind)| kind)
}

#[test]
fn every_row_ends_as_in_the_three_browsers() {
    let text = include_str!("conformance/vectors.txt");
    let rows = rows(text);
    assert_eq!(rows.len(), 108);
    let mut wrong = Vec::new();
    for row in &rows {
        for (browser, expected) in row.verdicts {
            let found = verdict(evaluate(row, browser).as_ref(), browser);
            if found != expected && expected != "?" {
                wrong.push(format!(
                    "{} in {browser}: {found}, expected {expected}",
                    row.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Name, method, site and fields of a request.
type Case<'a> = (&'a str, &'a str, &'a str, Vec<(&'a str, &'a str)>);

/// Requests of a page that carry `Origin`, or fail, without CORS having anything to say.
#[test]
fn requests_outside_of_cors_are_left_alone() {
    let own = ("Origin", PAGE);
    let text = ("Content-Type", "text/plain");
    let cases: [Case<'_>; 6] = [
        (
            "no-cors POST",
            "POST",
            A,
            vec![own, text, ("Sec-Fetch-Mode", "no-cors")],
        ),
        (
            "form POST",
            "POST",
            A,
            vec![own, ("Accept", "text/html,*/*")],
        ),
        ("WebSocket", "GET", A, vec![own, ("Upgrade", "websocket")]),
        ("same-origin POST", "POST", PAGE, vec![own, text]),
        ("same-origin GET", "GET", PAGE, vec![]),
        ("same-origin OPTIONS", "OPTIONS", PAGE, vec![own]),
    ];
    for (name, method, site, fields) in cases {
        let mut pairing = Pairing::new(&Limits::default());
        pairing.push(exchange(
            method,
            &format!("{site}/x"),
            &fields,
            answer("200"),
        ));
        pairing.finish();
        let decided = pairing.poll();
        assert!(
            matches!(decided, Some(Decided::Other { .. })),
            "{name}: {decided:?}"
        );
    }
}
