//! Hand-made findings for the renderers' tests.

use crate::caveat::{Caveat, CaveatKind, CaveatSet, Place};
use crate::finding::summary::FailedInput;
use crate::finding::*;
use crate::http::Locator;
use crate::time::Timestamp;
use std::time::Duration;

/// The example of the design: DELETE is not listed.
pub(crate) fn method_not_allowed() -> Finding {
    Finding {
        rule: "preflight-method-not-allowed",
        severity: Severity::Blocked,
        confidence: Confidence::Definite,
        enforcement: Enforcement::BrowserProven,
        outcome: Outcome::Confirmed,
        phase: Phase::Preflight,
        codes: Codes {
            chromium: Some("MethodDisallowedByPreflightResponse"),
            firefox: Some("CORSMethodNotFound"),
            webkit: None,
        },
        parameter: Some("DELETE".into()),
        source: "a.har".into(),
        time: Timestamp::parse("2026-11-20T14:02:11.5Z").unwrap(),
        origin: "https://app.example.com".into(),
        method: "DELETE".into(),
        url: "https://api.example.com/users/7".into(),
        initiator: Some("fetch"),
        credentials: "unknown (sanitized export)".into(),
        preflight: Some(ExchangeRef {
            locator: Locator::Har { entry: 14 },
            status: Some(204),
            duration: Some(Duration::from_millis(38)),
        }),
        actual: Some(ExchangeRef {
            locator: Locator::Har { entry: 15 },
            status: None,
            duration: None,
        }),
        evidence: vec![
            Evidence {
                message: MessageKind::PreflightRequest,
                field: "access-control-request-method".into(),
                value: Some("DELETE".into()),
                note: String::new(),
                span: None,
            },
            Evidence {
                message: MessageKind::PreflightResponse,
                field: "access-control-allow-methods".into(),
                value: Some("GET, POST".into()),
                note: "DELETE is not listed".into(),
                span: Some((0, 9)),
            },
        ],
        also_wrong: vec![AlsoWrong {
            rule: "preflight-header-not-allowed",
            parameter: Some("content-type".into()),
        }],
        cause: "The preflight's answer allows GET and POST only.".into(),
        tag: None,
        fix: vec![Fix {
            action: "add-method",
            text: "answer OPTIONS /users/* with  access-control-allow-methods: GET, POST, DELETE"
                .into(),
            params: FixParams {
                methods: vec!["GET".into(), "POST".into(), "DELETE".into()],
                path: Some("/users/*".into()),
                ..FixParams::default()
            },
        }],
        explained_by: None,
        caveats: CaveatSet::EMPTY,
        settles: String::new(),
        fingerprint: "00000000000000aa".into(),
        platform: Some("nginx"),
        is_known: false,
        exchanges: Vec::new(),
    }
}

/// A capture's answer without the field.
pub(crate) fn origin_missing() -> Finding {
    Finding {
        rule: "allow-origin-missing",
        outcome: Outcome::Unseen,
        enforcement: Enforcement::BrowserLikely,
        confidence: Confidence::Likely,
        phase: Phase::Actual,
        codes: Codes {
            chromium: Some("MissingAllowOriginHeader"),
            firefox: Some("CORSMissingAllowOrigin2"),
            webkit: Some("is not allowed by Access-Control-Allow-Origin"),
        },
        parameter: None,
        source: "b.pcap".into(),
        method: "GET".into(),
        url: "https://api.example.com/orders".into(),
        preflight: None,
        actual: Some(ExchangeRef {
            locator: Locator::Pcap {
                transport: Default::default(),
                stream: 12,
                h2_stream: None,
                request_frame: Some(40),
                response_frame: Some(44),
            },
            status: Some(502),
            duration: Some(Duration::from_millis(1200)),
        }),
        evidence: vec![
            Evidence {
                message: MessageKind::ActualRequest,
                field: "origin".into(),
                value: Some("https://app.example.com".into()),
                note: String::new(),
                span: None,
            },
            Evidence {
                message: MessageKind::ActualResponse,
                field: "access-control-allow-origin".into(),
                value: None,
                note: "the answer carries no such field".into(),
                span: None,
            },
        ],
        also_wrong: Vec::new(),
        cause: "The gateway answered 502 and added no CORS fields.".into(),
        fix: Vec::new(),
        caveats: CaveatSet::EMPTY.with(CaveatKind::Gap),
        fingerprint: "00000000000000bb".into(),
        ..method_not_allowed()
    }
}

/// Allowed for another origin than the page's.
pub(crate) fn origin_mismatch() -> Finding {
    Finding {
        rule: "allow-origin-mismatch",
        evidence: vec![
            Evidence {
                message: MessageKind::ActualRequest,
                field: "origin".into(),
                value: Some("http://localhost:3000".into()),
                note: String::new(),
                span: None,
            },
            Evidence {
                message: MessageKind::ActualResponse,
                field: "access-control-allow-origin".into(),
                value: Some("http://localhost:8080".into()),
                note: "another port".into(),
                span: None,
            },
        ],
        settles: "an export with sensitive data shows whether a cookie was sent".into(),
        severity: Severity::Depends,
        fingerprint: "00000000000000cc".into(),
        ..origin_missing()
    }
}

/// A cause that explains [`origin_missing`].
pub(crate) fn cause() -> Cause {
    Cause {
        cause: "errors-lack-cors",
        confidence: Confidence::Definite,
        scope: "https://api.example.com /orders".into(),
        text: "5xx answers carry no CORS fields: the real fault is the 502 from upstream.".into(),
        failed: 27,
        total: 41,
        first: Timestamp::parse("2026-11-20T14:02:11Z").unwrap(),
        last: Timestamp::parse("2026-11-20T14:20:00Z").unwrap(),
        examples: vec![("b.pcap".into(), Locator::Har { entry: 3 })],
        evidence: Vec::new(),
        fix: vec![Fix {
            action: "allow-origin",
            text: "repair the upstream; add the fields to error answers with `always`".into(),
            params: FixParams::default(),
        }],
        explains: vec!["00000000000000bb".into()],
    }
}

/// Counts with something of everything.
pub(crate) fn summary() -> Summary {
    let mut summary = Summary {
        inputs: 2,
        bytes: 1_234_567,
        packets: 800,
        connections: 20,
        exchanges: 120,
        preflights: 12,
        pairs: 10,
        cors_requests: 41,
        failed_inputs: vec![FailedInput {
            source: "x.png".into(),
            error: "x.png: is a PNG image; expected a HAR file, a pcap or a pcapng capture".into(),
        }],
        ..Summary::default()
    };
    summary.count(&method_not_allowed());
    summary.count(&origin_missing());
    summary.note(
        Caveat {
            kind: CaveatKind::NoKeys,
            source: "b.pcap".into(),
            place: Place::Stream(3),
            detail: "TLS to login.example.com".into(),
        },
        20,
    );
    summary.skip("packet without TCP", 7);
    summary
}
