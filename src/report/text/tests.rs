//! Whole pages, as a reader sees them.

use super::*;
use crate::report::support;
use unicode_width::UnicodeWidthStr as _;

fn render(findings: &[Finding], causes: &[Cause], summary: &Summary, look: Look) -> String {
    let mut out = Vec::new();
    let mut sink = Text::new(&mut out, look);
    for finding in findings {
        sink.finding(finding).unwrap();
    }
    sink.finish(causes, summary).unwrap();
    String::from_utf8(out).unwrap()
}

fn page(findings: &[Finding], causes: &[Cause]) -> String {
    render(findings, causes, &support::summary(), Look::default())
}

#[test]
fn a_failed_preflight_shows_what_the_server_said_and_what_to_change() {
    insta::assert_snapshot!(page(&[support::method_not_allowed()], &[]), @r#"
    error[preflight-method-not-allowed]  DELETE https://api.example.com/users/7
      page       https://app.example.com   fetch, credentials unknown (sanitized
                 export)
      preflight  entry 14   OPTIONS → 204 in 38 ms
                   access-control-request-method: DELETE
                   access-control-allow-methods:  GET, POST
                                                  ^^^^^^^^^ DELETE is not listed
      actual     entry 15   never sent
      why        The preflight's answer allows GET and POST only.
      also       preflight-header-not-allowed (content-type)
      browsers   Chromium MethodDisallowedByPreflightResponse
                 Firefox CORSMethodNotFound
      fix        answer OPTIONS /users/* with
                   access-control-allow-methods: GET, POST, DELETE
                 (nginx detected:
                 corsight explain preflight-method-not-allowed --server nginx)
      certainty  confirmed: the recorder saw the load fail
      source     a.har, 2026-11-20T14:02:11.500Z

    2 blocked in 41 cross-origin requests
      read       2 inputs, 1.2 MB, 800 packets, 20 connections, 120 exchanges, 12
                 preflights, 10 paired
      not seen   x.png: is a PNG image; expected a HAR file, a pcap or a pcapng
                 capture
                 no-keys: b.pcap, tcp.stream 3: TLS to login.example.com
                 7× packet without TCP
    "#);
}

#[test]
fn a_missing_field_stands_where_it_should_and_the_capture_names_its_filter() {
    insta::assert_snapshot!(page(&[support::origin_missing()], &[support::cause()]), @r#"
    1 cause explains 1 of 2 failed requests
      1    27×  5xx answers carry no CORS fields: the real fault is the 502 from
                upstream.
                https://api.example.com /orders: 27 of 41 failed, from
                2026-11-20T14:02:11Z to 2026-11-20T14:20:00Z
                fix: repair the upstream; add the fields to error answers with
                `always`

    error[allow-origin-missing]  GET https://api.example.com/orders
      page       https://app.example.com   fetch, credentials unknown (sanitized
                 export)
      actual     tcp.stream 12, frame 40   GET → 502 in 1.20 s
                   origin:                      https://app.example.com
                   access-control-allow-origin: (missing)
                                                ^^^^^^^^^ the answer carries no such
                                                          field
      why        The gateway answered 502 and added no CORS fields.
      explained  by cause 1: errors-lack-cors
      browsers   Chromium MissingAllowOriginHeader
                 Firefox CORSMissingAllowOrigin2
                 Safari is not allowed by Access-Control-Allow-Origin
      certainty  what the browser did is not in the input; likely, not proven;
                 weakened by gap
      source     b.pcap, 2026-11-20T14:02:11.500Z
      wireshark  tcp.stream eq 12

    2 blocked in 41 cross-origin requests
      read       2 inputs, 1.2 MB, 800 packets, 20 connections, 120 exchanges, 12
                 preflights, 10 paired
      not seen   x.png: is a PNG image; expected a HAR file, a pcap or a pcapng
                 capture
                 no-keys: b.pcap, tcp.stream 3: TLS to login.example.com
                 7× packet without TCP
    "#);
}

#[test]
fn the_difference_of_two_origins_is_underlined() {
    insta::assert_snapshot!(page(&[support::origin_mismatch()], &[]), @r#"
    depends[allow-origin-mismatch]  GET https://api.example.com/orders
      page       https://app.example.com   fetch, credentials unknown (sanitized
                 export)
      actual     tcp.stream 12, frame 40   GET → 502 in 1.20 s
                   origin:                      http://localhost:3000
                   access-control-allow-origin: http://localhost:8080
                                                                 ^^^^ another port
      why        The gateway answered 502 and added no CORS fields.
      browsers   Chromium MissingAllowOriginHeader
                 Firefox CORSMissingAllowOrigin2
                 Safari is not allowed by Access-Control-Allow-Origin
      settled by an export with sensitive data shows whether a cookie was sent
      certainty  likely, not proven; weakened by gap
      source     b.pcap, 2026-11-20T14:02:11.500Z
      wireshark  tcp.stream eq 12

    2 blocked in 41 cross-origin requests
      read       2 inputs, 1.2 MB, 800 packets, 20 connections, 120 exchanges, 12
                 preflights, 10 paired
      not seen   x.png: is a PNG image; expected a HAR file, a pcap or a pcapng
                 capture
                 no-keys: b.pcap, tcp.stream 3: TLS to login.example.com
                 7× packet without TCP
    "#);
}

#[test]
fn nothing_wrong_is_said_with_counts() {
    let allowed = Summary {
        inputs: 1,
        exchanges: 40,
        cors_requests: 12,
        ..Summary::default()
    };
    let text = render(&[], &[], &allowed, Look::default());
    assert!(
        text.starts_with("12 cross-origin requests, all allowed\n"),
        "{text}"
    );
    let none = Summary {
        inputs: 1,
        exchanges: 40,
        ..Summary::default()
    };
    let text = render(&[], &[], &none, Look::default());
    assert!(
        text.starts_with("Nothing to judge: no cross-origin request in 40 exchanges\n"),
        "{text}"
    );
}

#[test]
fn quiet_is_one_line() {
    let look = Look {
        verbosity: Verbosity::Quiet,
        ..Look::default()
    };
    let text = render(
        &[support::method_not_allowed()],
        &[],
        &support::summary(),
        look,
    );
    assert_eq!(text, "2 blocked in 41 cross-origin requests\n");
}

#[test]
fn every_line_fits_whatever_the_width() {
    let mut long = support::method_not_allowed();
    long.url = format!("https://api.example.com/{}", "x".repeat(300));
    long.evidence[1].value = Some(format!("{}, POST", "GET, ".repeat(60)));
    long.evidence[1].span = Some((300, 304));
    let findings = [long, support::origin_missing(), support::origin_mismatch()];
    for width in [40, 60, 80, 120] {
        for verbosity in [Verbosity::Normal, Verbosity::Verbose] {
            let look = Look {
                width,
                verbosity,
                color: false,
                links: None,
            };
            let text = render(&findings, &[support::cause()], &support::summary(), look);
            for line in text.lines() {
                assert!(line.width() <= width, "{width}: {line}\n{text}");
            }
        }
    }
}

#[test]
fn colours_only_when_asked_and_never_from_the_input() {
    let mut hostile = support::method_not_allowed();
    hostile.url = "https://a.example/\u{1b}[31m".into();
    hostile.evidence[1].value = Some("\u{1b}]0;title\u{7}".into());
    let plain = render(
        std::slice::from_ref(&hostile),
        &[],
        &support::summary(),
        Look::default(),
    );
    assert!(!plain.contains('\u{1b}'));
    let look = Look {
        color: true,
        ..Look::default()
    };
    let colored = render(&[hostile], &[], &support::summary(), look);
    assert!(colored.contains("\u{1b}[") && !colored.contains("\u{1b}]0;"));
}

#[test]
fn beyond_a_hundred_kinds_the_rest_is_counted_by_rule() {
    let findings: Vec<Finding> = (0..130)
        .map(|number| Finding {
            fingerprint: format!("{number:016x}"),
            ..support::method_not_allowed()
        })
        .collect();
    let text = render(&findings, &[], &support::summary(), Look::default());
    assert!(
        text.contains("30 more kinds of findings; -v shows all"),
        "{text}"
    );
    assert_eq!(text.matches("error[").count(), 100);
    let all = Look {
        verbosity: Verbosity::Verbose,
        ..Look::default()
    };
    let text = render(&findings, &[], &support::summary(), all);
    assert_eq!(text.matches("error[").count(), 130);
}
