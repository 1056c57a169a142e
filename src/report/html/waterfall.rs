//! The exchanges of a finding as the script draws them: bars over time, and the messages behind each bar.

use crate::finding::Finding;
use crate::http::{Exchange, Fields};
use serde::Serialize;
use std::time::Duration;

/// Exchanges of one finding that are drawn; a chain of redirects or retries is rarely longer.
const BARS: usize = 12;

/// One exchange.
#[derive(Serialize)]
pub(super) struct Bar<'f> {
    what: &'static str,
    place: String,
    at: f64,
    answered: Option<f64>,
    ms: Option<f64>,
    messages: Vec<Message<'f>>,
}

#[derive(Serialize)]
struct Message<'f> {
    line: String,
    fields: &'f Fields,
}

/// What the script knows of the exchanges that came with `finding`.
pub(super) fn data(finding: &Finding) -> Vec<Bar<'_>> {
    let Some(first) = finding.exchanges.iter().map(|one| one.started).min() else {
        return Vec::new();
    };
    let drawn = finding.exchanges.iter().take(BARS);
    drawn
        .map(|exchange| {
            let response = exchange.response.as_ref();
            let answered = response.map(|response| response.started.since(exchange.started));
            Bar {
                what: what(exchange),
                place: exchange.locator.to_string(),
                at: ms(exchange.started.since(first)),
                answered: answered.map(ms),
                ms: exchange.duration.map(ms),
                messages: messages(exchange),
            }
        })
        .collect()
}

fn what(exchange: &Exchange) -> &'static str {
    match exchange.status() {
        _ if exchange.is_preflight() => "preflight",
        Some(300..=399) => "redirect",
        _ => "request",
    }
}

fn messages(exchange: &Exchange) -> Vec<Message<'_>> {
    let request = exchange.request.as_ref().map(|request| {
        let version = request.version.name();
        let line = format!("{} {} {version}", request.method, request.url);
        message(line.trim_end(), &request.fields)
    });
    let response = exchange.response.as_ref().map(|response| {
        let line = format!("{} {}", response.version.name(), response.status);
        message(line.trim_start(), &response.fields)
    });
    request.into_iter().chain(response).collect()
}

fn message<'f>(line: &str, fields: &'f Fields) -> Message<'f> {
    let line = line.to_owned();
    Message { line, fields }
}

/// Milliseconds, to a tenth.
pub(super) fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e4).round() / 10.0
}
