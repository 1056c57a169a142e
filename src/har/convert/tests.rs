//! Every exporter's quirk, one test each.

use super::*;
use crate::har::{Index, Part, Splitter};
use crate::http::ResourceType;
use proptest::prelude::*;
use std::time::Duration;

/// Entries as an exporter called `creator` writes them, read with everything kept.
fn read_by(creator: &str, interest: Interest, entries: &[&str]) -> Outcome {
    let mut converter = Converter::new(SourceId(3), interest, &Limits::default());
    let mut head = Head::default();
    head.learn(Part::Creator, format!("{creator:?}").as_bytes());
    head.learn(Part::Pages, br#"[{"id":"p","title":"https://page.test/"}]"#);
    converter.set_head(head);
    convert(&converter, entries.iter().map(|text| text.as_bytes()))
}

fn convert<'t>(converter: &Converter, texts: impl Iterator<Item = &'t [u8]>) -> Outcome {
    let indexed: Vec<_> = texts.map(|text| (text, Index::of(text))).collect();
    let entries = indexed.iter().enumerate();
    converter.convert(entries.map(|(place, (text, index))| (place as u64, index.value(text))))
}

fn one_by(creator: &str, entry: &str) -> Exchange {
    let mut outcome = read_by(creator, Interest::All, &[entry]);
    assert_eq!(outcome.broken, []);
    outcome.exchanges.remove(0)
}

/// An entry with these members in request, response and the entry itself.
fn entry(request: &str, response: &str, members: &str) -> String {
    format!(
        r#"{{"startedDateTime":"2026-11-20T10:00:00.000Z",
        "request":{{"method":"GET","url":"https://a.test/x",{request}"bodySize":0}},
        "response":{{{response}"headersSize":-1}}{members}}}"#
    )
}

fn observed(exchange: &Exchange) -> &crate::http::Observed {
    exchange.observed.as_ref().unwrap()
}

const HOST: &str = r#""headers":[{"name":"Host","value":"a.test"}],"#;
const OK: &str = r#""status":200,"headers":[{"name":"Vary","value":"Origin"}],"#;

#[test]
fn an_entry_becomes_an_exchange() {
    let exchange = one_by(
        "WebInspector",
        r#"{"_initiator":{"type":"script","stack":{"callFrames":[{"url":"no"}]},"url":"https://p.test/a.js"},
        "_resourceType":"fetch","startedDateTime":"2026-11-20T12:57:25.057+02:00","time":20.5,
        "request":{"method":"POST","url":"http://a.test/x#frag","httpVersion":"HTTP/1.1","bodySize":7,
            "headers":[{"name":"Host","value":"a.test"},{"name":"X","value":"a\"\u00e9"}],
            "postData":{"text":"{}","mimeType":"application/json"}},
        "response":{"status":201,"httpVersion":"HTTP/1.1","headers":[{"name":"Vary","value":"Origin"}],"redirectURL":"",
            "content":{"size":3,"text":"abc"},"bodySize":3,"_error":null},
        "timings":{"blocked":1,"dns":-1,"connect":2.5,"ssl":1,"send":0.5,"wait":10,"receive":4},
        "serverIPAddress":"10.0.0.9","connection":"8080","_connectionId":"17","pageref":"p"}"#,
    );
    assert_eq!(exchange.locator, Locator::Har { entry: 0 });
    assert_eq!(exchange.started.to_string(), "2026-11-20T10:57:25.057Z");
    assert_eq!(exchange.duration, Some(Duration::from_micros(20_500)));
    assert_eq!(exchange.server.unwrap().to_string(), "10.0.0.9:8080");
    assert_eq!(
        (exchange.method(), exchange.url()),
        ("POST", "http://a.test/x")
    );
    assert_eq!(exchange.request_field("x"), Some("a\"é"));
    let response = exchange.response.as_ref().unwrap();
    assert_eq!(
        (response.status, response.version, response.body_size),
        (201, Version::Http11, 3)
    );
    assert_eq!(
        response.started.since(exchange.started),
        Duration::from_millis(14)
    );
    let observed = observed(&exchange);
    assert_eq!(observed.recorder, Recorder::Chromium);
    assert_eq!(observed.resource_type, Some(ResourceType::Fetch));
    assert_eq!(
        observed.initiator_url.as_deref(),
        Some("https://p.test/a.js")
    );
    assert_eq!(observed.post_type.as_deref(), Some("application/json"));
    assert_eq!(observed.page_url.as_deref(), Some("https://page.test/"));
    assert_eq!(observed.body_delivered, Some(true));
    assert_eq!(observed.send_delay, Duration::from_micros(3500));
    assert_eq!(observed.connect, Some(Duration::from_micros(2500)));
    assert_eq!(observed.net_error, None);
    assert_eq!(exchange.caveats, CaveatSet::EMPTY);
}

#[test]
fn no_status_in_any_spelling_is_no_answer() {
    for status in ["0", "-1", "-2", "null", r#""""#, r#""0""#, "{}"] {
        let response = format!(r#""status":{status},"headers":[],"#);
        let exchange = one_by("ZAP", &entry(HOST, &response, r#","time":-1"#));
        assert_eq!(
            (exchange.status(), exchange.duration),
            (None, None),
            "{status}"
        );
        assert!(observed(&exchange).unanswered);
    }
    assert_eq!(one_by("pcap2har", &entry(HOST, "", "")).status(), None);
    let quoted = one_by("x", &entry(HOST, r#""status":"204","headers":[],"#, ""));
    assert_eq!(quoted.status(), Some(204));
}

#[test]
fn a_request_stopped_by_its_preflight_is_provisional() {
    let exchange = one_by(
        "WebInspector",
        &entry(
            r#""headers":[{"name":"Referer","value":"https://app.test/p"}],"#,
            r#""status":0,"headers":[],"_error":"net::ERR_FAILED","#,
            r#","serverIPAddress":"""#,
        ),
    );
    let observed = observed(&exchange);
    assert!(observed.provisional && observed.unanswered);
    assert_eq!(observed.net_error.as_deref(), Some("net::ERR_FAILED"));
    assert_eq!(observed.page_url.as_deref(), Some("https://app.test/p"));
    assert!(exchange.caveats.contains(CaveatKind::ProvisionalFields));
    assert_eq!(exchange.server, None);
}

#[test]
fn raw_requests_are_not_provisional() {
    let h1 = one_by("WebInspector", &entry(HOST, OK, ""));
    let h2 =
        r#""headers":[{"name":":authority","value":"a.test"},{"name":"accept","value":"*/*"}],"#;
    let h2 = one_by("WebInspector", &entry(h2, OK, ""));
    assert!(!observed(&h1).provisional && !observed(&h2).provisional);
    let accept = h2
        .request
        .as_ref()
        .unwrap()
        .fields
        .iter()
        .collect::<Vec<_>>();
    assert_eq!(accept, [("accept", "*/*")]);
    // Firefox and proxies know nothing provisional.
    let firefox = one_by("Firefox", &entry(r#""headers":[],"#, OK, ""));
    assert!(!observed(&firefox).provisional);
}

#[test]
fn an_error_may_be_text_empty_null_or_absent() {
    let error = |member: &str| {
        let exchange = one_by("WebInspector", &entry(HOST, &format!("{OK}{member}"), ""));
        observed(&exchange).net_error.as_deref().map(str::to_owned)
    };
    assert_eq!(
        error(r#""_error":"net::ERR_ABORTED","#).as_deref(),
        Some("net::ERR_ABORTED")
    );
    assert_eq!(error(r#""_error":"","#).as_deref(), Some(""));
    assert_eq!(error(r#""_error":null,"#), None);
    assert_eq!(error(""), None);
    assert_eq!(
        error(r#""_failureText":"net::ERR_FAILED","#).as_deref(),
        Some("net::ERR_FAILED")
    );
}

#[test]
fn joined_and_listed_values_are_fields_of_their_own() {
    let response = r#""status":200,"headers":[{"value":"a\nb\r\nc","name":"Vary"},{"name":"Set-Cookie","value":["x=1","y=2"]},
        {"name":"Content-Length","value":12},{"name":"Empty","value":null},{"comment":"x"}],"#;
    let exchange = one_by("Splash", &entry(HOST, response, ""));
    let fields: Vec<_> = exchange.response.as_ref().unwrap().fields.iter().collect();
    assert_eq!(
        fields,
        [
            ("Vary", "a"),
            ("Vary", "b"),
            ("Vary", "c"),
            ("Set-Cookie", "x=1"),
            ("Set-Cookie", "y=2"),
            ("Content-Length", "12"),
            ("Empty", "")
        ]
    );
}

#[test]
fn fields_may_be_one_object() {
    let response = r#""status":200,"headers":{"Vary":"Origin","X":["1","2"]},"#;
    let exchange = one_by("my tool", &entry(HOST, response, ""));
    let fields: Vec<_> = exchange.response.as_ref().unwrap().fields.iter().collect();
    assert_eq!(fields, [("Vary", "Origin"), ("X", "1"), ("X", "2")]);
}

#[test]
fn an_answer_without_any_field_proves_nothing_about_fields() {
    for headers in [r#""headers":[],"#, "", r#""headers":null,"#] {
        let exchange = one_by(
            "BrowserMob Proxy",
            &entry(HOST, &format!(r#""status":200,{headers}"#), ""),
        );
        assert!(exchange.caveats.contains(CaveatKind::IncompleteFields));
    }
    let unanswered = one_by("Firefox", &entry(HOST, r#""status":0,"headers":[],"#, ""));
    assert!(!unanswered.caveats.contains(CaveatKind::IncompleteFields));
}

#[test]
fn dates_that_cannot_be_read_leave_the_time_unknown() {
    for date in [
        r#""""#,
        r#""SCRUBBED""#,
        "null",
        r#""1970-01-01T00:00:00Z""#,
    ] {
        let text = entry(HOST, OK, "").replace(r#""2026-11-20T10:00:00.000Z""#, date);
        let exchange = one_by("x", &text);
        assert!(exchange.caveats.contains(CaveatKind::TimeUnknown), "{date}");
    }
}

#[test]
fn times_that_are_missing_come_from_the_phases() {
    let timings = r#","time":null,"timings":{"blocked":-1,"send":"","wait":"5","receive":2}"#;
    let exchange = one_by("x", &entry(HOST, OK, timings));
    assert_eq!(exchange.duration, Some(Duration::from_millis(7)));
    let nothing = one_by("Firefox", &entry(HOST, OK, r#","time":"-","timings":{}"#));
    assert_eq!(nothing.duration, Some(Duration::ZERO));
}

#[test]
fn versions_are_read_through_their_spellings() {
    let names = [
        "http/2.0",
        "h3-29",
        "h2",
        "1.1",
        "http/2.0+quic/46",
        "me:",
        "7.0.0",
    ];
    let read = names.map(|name| version(Text::new(name.as_bytes(), false)));
    use Version::{Http2, Http3, Http11, Unknown};
    assert_eq!(read, [Http2, Http3, Http2, Http11, Http3, Unknown, Unknown]);
    // A request header called `version` ends up where Chromium's request version should be.
    let request = format!(r#"{HOST}"httpVersion":"7.0.0","#);
    let exchange = one_by(
        "WebInspector",
        &entry(&request, &format!(r#"{OK}"httpVersion":"h3","#), ""),
    );
    assert_eq!(exchange.request.unwrap().version, Http3);
}

#[test]
fn the_server_is_where_the_exporter_says() {
    let server = |creator: &str, members: &str| {
        let exchange = one_by(creator, &entry(HOST, OK, members));
        exchange.server.map(|server| server.to_string())
    };
    let v6 = r#","serverIPAddress":"[::1]""#;
    assert_eq!(server("WebInspector", v6).as_deref(), Some("[::1]:443"));
    let port = r#","serverIPAddress":"1.2.3.4","connection":"3001""#;
    assert_eq!(server("Firefox", port).as_deref(), Some("1.2.3.4:3001"));
    // Without `_connectionId` Chromium's `connection` still is an id.
    assert_eq!(server("WebInspector", port).as_deref(), Some("1.2.3.4:443"));
    let own = r#","serverIPAddress":"1.2.3.4","_serverPort":8443"#;
    assert_eq!(server("Playwright", own).as_deref(), Some("1.2.3.4:8443"));
    let fiddler =
        r#","serverIPAddress":"1.2.3.4","connection":"ClientPort:64136;EgressPort:64137""#;
    assert_eq!(server("Fiddler", fiddler).as_deref(), Some("1.2.3.4:443"));
    assert_eq!(server("x", r#","serverIPAddress":"nonsense""#), None);
}

#[test]
fn ports_are_read_from_any_url() {
    let ports = [
        "http://u:p@a.test:81/x:9",
        "https://[::1]:8443?q",
        "wss://a.test",
        "blob:https://a",
        "x",
    ];
    assert_eq!(
        ports.map(port_of),
        [Some(81), Some(8443), Some(443), None, None]
    );
}

#[test]
fn urls_lose_what_never_travels() {
    let read = |url: &str| url_of(url).into_string();
    fn url_of(text: &str) -> Box<str> {
        url(Text::new(text.as_bytes(), false))
    }
    assert_eq!(read("https://a.test/x?q#frag"), "https://a.test/x?q");
    assert_eq!(read("data:text/html;base64,AAAA"), "data:text/html;base64,");
    assert_eq!(read("blob:https://a.test/1"), "blob:https://a.test/1");
    assert_eq!(
        read("chrome-extension://abc/x.js"),
        "chrome-extension://abc/x.js"
    );
}

#[test]
fn preflights_are_known_by_their_mark() {
    let members = r#","_resourceType":"preflight","_initiator":{"type":"preflight","url":"https://a.test/x","requestId":"9.1"}"#;
    let exchange = one_by("WebInspector", &entry(HOST, OK, members));
    let observed = observed(&exchange);
    assert!(observed.marked_preflight);
    assert_eq!(observed.initiator_url.as_deref(), Some("https://a.test/x"));
    assert_eq!(observed.initiator_request.as_deref(), Some("9.1"));
}

#[test]
fn an_initiator_may_be_a_bare_url() {
    let exchange = one_by(
        "WebPagetest",
        &entry(HOST, OK, r#","_initiator":"https://p.test/""#),
    );
    assert_eq!(
        observed(&exchange).initiator_url.as_deref(),
        Some("https://p.test/")
    );
    assert_eq!(observed(&exchange).recorder, Recorder::Automation);
}

#[test]
fn answers_from_caches_and_workers_are_marked() {
    let caveats = |creator: &str, response: &str, members: &str| {
        one_by(creator, &entry(HOST, &format!("{OK}{response}"), members)).caveats
    };
    let cache = CaveatKind::ServedFromCache;
    assert!(caveats("WebInspector", "", r#","_fromCache":"disk""#).contains(cache));
    assert!(caveats("WebInspector", "", r#","_fulfilledBy":"(memory cache)""#).contains(cache));
    assert!(caveats("WebKit Web Inspector", "", r#","_fetchType":"Disk Cache""#).contains(cache));
    assert!(caveats("Firefox", "", r#","time":0"#).contains(cache));
    assert!(!caveats("Firefox", "", r#","time":3"#).contains(cache));
    assert!(!caveats("StatusCake", "", r#","_fromDiskCache":false"#).contains(cache));
    let worker = CaveatKind::ServiceWorker;
    assert!(caveats("WebInspector", r#""_fetchedViaServiceWorker":true,"#, "").contains(worker));
    assert!(!caveats("WebInspector", r#""_fetchedViaServiceWorker":false,"#, "").contains(worker));
    assert!(
        caveats(
            "WebKit Web Inspector",
            "",
            r#","_fetchType":"Service Worker""#
        )
        .contains(worker)
    );
}

#[test]
fn answers_that_are_not_the_servers_are_marked() {
    let hsts = r#""status":307,"headers":[{"name":"Non-Authoritative-Reason","value":"HSTS"}],"#;
    assert!(observed(&one_by("WebInspector", &entry(HOST, hsts, ""))).internal_answer);
    let routed = one_by("Playwright", &entry(HOST, OK, r#","_wasFulfilled":true"#));
    assert!(observed(&routed).internal_answer);
    assert!(!observed(&one_by("WebInspector", &entry(HOST, OK, ""))).internal_answer);
}

#[test]
fn exporters_habits_become_caveats() {
    let caveats = |creator: &str| one_by(creator, &entry(HOST, OK, "")).caveats;
    assert!(caveats("Playwright").contains(CaveatKind::ExporterOmitsPreflights));
    assert!(caveats("Browsertime").contains(CaveatKind::ExporterOmitsFailures));
    assert!(caveats("WebKit Web Inspector").contains(CaveatKind::ExporterMergesFields));
    assert!(caveats("Firefox").is_empty());
}

#[test]
fn lower_case_methods_of_automation_are_what_browsers_send() {
    let method = |creator: &str, method: &str| {
        let text = entry(HOST, OK, "").replace("\"GET\"", &format!("{method:?}"));
        one_by(creator, &text).method().to_owned()
    };
    assert_eq!(method("WebPagetest", "get"), "GET");
    // Fetch does not normalise this one; its case decides over CORS.
    assert_eq!(method("WebInspector", "patch"), "patch");
    assert_eq!(method("mitmproxy", "get"), "get");
}

#[test]
fn firefox_counts_heads_as_body() {
    let text = r#"{"request":{"url":"https://a.test"},
        "response":{"status":200,"headers":[],"bodySize":450,"headersSize":150}}"#;
    let size = |creator: &str| one_by(creator, text).response.unwrap().body_size;
    assert_eq!((size("Firefox"), size("Charles Proxy")), (300, 450));
}

#[test]
fn error_answers_keep_the_start_of_their_body() {
    let head = |status: u16, content: &str| {
        let response = format!(r#""status":{status},"headers":[],"content":{{{content}}},"#);
        one_by("x", &entry(HOST, &response, ""))
            .response
            .unwrap()
            .body_head
            .into_string()
    };
    let long = format!(r#""text":"<h1>\u00e9\n{}""#, "x".repeat(5000));
    assert_eq!(head(403, &long).chars().count(), 256);
    assert!(head(403, &long).starts_with("<h1>é\nxx"));
    assert_eq!(
        head(502, r#""encoding":"base64","text":"YmFkIGdhdGV3YXk=""#),
        "bad gateway"
    );
    let base64 = format!(r#""encoding":"base64","text":"{}""#, "YWJj".repeat(1000));
    assert_eq!(head(502, &base64), "abc".repeat(85));
    assert_eq!(head(200, &long), "");
}

#[test]
fn fonts_are_asked_for_by_the_page_not_by_the_style_sheet() {
    let request = r#""headers":[{"name":"Host","value":"a"},{"name":"Referer","value":"https://cdn.test/a.css"}],"#;
    let font = entry(request, OK, r#","_resourceType":"font","pageref":"p""#);
    assert_eq!(
        observed(&one_by("x", &font)).page_url.as_deref(),
        Some("https://page.test/")
    );
    let script = font.replace("font", "fetch");
    assert_eq!(
        observed(&one_by("x", &script)).page_url.as_deref(),
        Some("https://cdn.test/a.css")
    );
}

#[test]
fn under_cors_only_what_bears_on_it_is_kept() {
    let kept = |request: &str, response: &str, members: &str| {
        let text = entry(request, response, members);
        let outcome = read_by("x", Interest::Cors, &[&text]);
        assert_eq!(outcome.read, 1);
        !outcome.exchanges.is_empty()
    };
    let with =
        |name: &str, value: &str| format!(r#""headers":[{{"name":"{name}","value":"{value}"}}],"#);
    assert!(!kept(HOST, OK, ""));
    assert!(kept(&with("ORIGIN", "null"), OK, ""));
    assert!(kept(&with("Sec-Fetch-Mode", "cors"), OK, ""));
    assert!(!kept(&with("Sec-Fetch-Mode", "no-cors"), OK, ""));
    assert!(kept(
        HOST,
        &format!(
            r#""status":200,{}"#,
            with("access-control-allow-origin", "*")
        ),
        ""
    ));
    assert!(kept(HOST, r#""status":302,"headers":[],"#, ""));
    assert!(kept(HOST, r#""status":0,"headers":[],"#, ""));
    assert!(kept(
        HOST,
        &format!(r#"{OK}"_error":"net::ERR_FAILED","#),
        ""
    ));
    assert!(!kept(HOST, &format!(r#"{OK}"_error":null,"#), ""));
    assert!(kept(HOST, OK, r#","_initiator":{"type":"preflight"}"#));
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_read() {
    let good = entry(HOST, OK, "");
    let outcome = read_by(
        "x",
        Interest::All,
        &[r#"{"request":{"url":}}"#, "{}", &good],
    );
    assert_eq!(outcome.exchanges.len(), 1);
    let broken: Vec<_> = outcome
        .broken
        .iter()
        .map(|broken| (broken.index, broken.at, &*broken.detail))
        .collect();
    assert_eq!(
        broken,
        [
            (0, 18, "expected a value"),
            (1, 0, "there is neither a request nor an answer in it")
        ]
    );
}

#[test]
fn fields_beyond_the_limits_are_left_out_and_told() {
    let many = r#"{"name":"a","value":"b"},"#.repeat(600);
    let request = format!(r#""headers":[{many}{{"name":"Host","value":"x"}}],"#);
    let outcome = read_by("x", Interest::All, &[&entry(&request, OK, "")]);
    let exchange = &outcome.exchanges[0];
    assert_eq!(exchange.request.as_ref().unwrap().fields.len(), 512);
    assert!(exchange.caveats.contains(CaveatKind::LimitReached));
    assert!(exchange.caveats.contains(CaveatKind::IncompleteFields));
    assert_eq!(
        outcome.broken[0].detail,
        "89 fields beyond the limit were left out"
    );
}

proptest! {
    /// Whatever is done to a file, it is read without a panic, and untouched entries still come out.
    #[test]
    fn mutated_entries_do_no_harm(at in 0usize..700, with in any::<Vec<u8>>(), cut in 0usize..20) {
        let mut text = entry(HOST, OK, r#","time":1,"timings":{"wait":1e300},"pageref":"p""#).into_bytes();
        let at = at.min(text.len());
        let end = (at + cut).min(text.len());
        text.splice(at..end, with);
        let converter = Converter::new(SourceId(0), Interest::All, &Limits::default());
        let outcome = convert(&converter, [&text[..]].into_iter());
        prop_assert!(outcome.exchanges.len() + outcome.broken.len() >= 1);
        let mut splitter = Splitter::new();
        let _ = splitter.push(&text);
    }

    #[test]
    fn any_bytes_do_no_harm(text in any::<Vec<u8>>()) {
        let converter = Converter::new(SourceId(0), Interest::All, &Limits::default());
        let _ = convert(&converter, [&text[..]].into_iter());
    }
}
