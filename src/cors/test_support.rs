//! Builders of exchanges for the unit tests of this folder and of `rules`.

use crate::http::{Exchange, Fields, Locator, Observed, Recorder, Request, Response, SourceId};
use crate::time::Timestamp;
use std::time::Duration;

/// A request without an answer, at time zero, from a capture.
pub(crate) fn request(method: &str, url: &str, fields: &[(&str, &str)]) -> Exchange {
    Exchange {
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
            version: Default::default(),
            fields: fields.iter().copied().collect(),
            body_size: 0,
        }),
        response: None,
        observed: None,
        caveats: Default::default(),
    }
}

/// The same with an answer that took 1 ms.
pub(crate) fn answered(mut exchange: Exchange, status: u16, fields: &[(&str, &str)]) -> Exchange {
    exchange.duration = Some(Duration::from_millis(1));
    exchange.response = Some(Response {
        status,
        version: Default::default(),
        fields: fields.iter().copied().collect::<Fields>(),
        body_size: 0,
        body_head: "".into(),
        started: exchange.started,
    });
    exchange
}

/// The same at `ms` milliseconds, as packet or entry `number`.
pub(crate) fn at(mut exchange: Exchange, ms: i64, number: u64) -> Exchange {
    exchange.started = Timestamp(ms.saturating_mul(1_000_000));
    exchange.locator = match exchange.locator {
        Locator::Pcap { stream, .. } => Locator::Pcap {
            transport: Default::default(),
            stream,
            h2_stream: None,
            request_frame: Some(number),
            response_frame: None,
        },
        Locator::Har { .. } => Locator::Har { entry: number },
    };
    exchange
}

/// The same as an entry of Chromium's HAR with an error text.
pub(crate) fn in_chromium_har(mut exchange: Exchange, error: Option<&str>) -> Exchange {
    exchange.locator = Locator::Har { entry: 0 };
    exchange.observed = Some(Box::new(Observed {
        recorder: Recorder::Chromium,
        net_error: error.map(Into::into),
        unanswered: exchange.response.is_none(),
        provisional: exchange.response.is_none(),
        page_url: Some("https://page.test/".into()),
        ..Observed::default()
    }));
    exchange
}
