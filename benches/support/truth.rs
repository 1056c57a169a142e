//! The truth about a generated input: one JSON object a line for each exchange, and the totals.

use super::story::Exchange;
use serde_json::json;
use std::net::SocketAddr;

/// What became of an exchange on its way into the input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Captured {
    /// All of it is there, and all that came before it on its connection.
    #[default]
    Whole,
    /// All of it, but bytes are missing before it.
    AfterGap,
    /// Bytes of its field sections are missing.
    GapInHead,
    /// Bytes of its bodies are missing.
    GapInBody,
}

impl Captured {
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "ok",
            Self::AfterGap => "after-gap",
            Self::GapInHead => "gap-head",
            Self::GapInBody => "gap-body",
        }
    }
}

/// How much an input holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub bytes: u64,
    /// Packets of a capture.
    pub packets: u64,
    /// TCP conversations of a capture.
    pub flows: u64,
    pub exchanges: u64,
    /// Exchanges of which, and before which, no byte is missing.
    pub whole: u64,
    pub preflights: u64,
    /// Exchanges that break a rule, damaged ones too.
    pub violations: u64,
}

impl Totals {
    pub fn count(&mut self, exchange: &Exchange, captured: Captured) {
        self.exchanges += 1;
        self.whole += u64::from(captured == Captured::Whole);
        self.preflights += u64::from(exchange.method == "OPTIONS");
        self.violations += u64::from(exchange.rule().is_some());
    }

    /// For the end of the truth file.
    pub fn line(&self) -> String {
        json!({
            "totals": {
                "bytes": self.bytes, "packets": self.packets, "flows": self.flows, "exchanges": self.exchanges,
                "whole": self.whole, "preflights": self.preflights, "violations": self.violations,
            }
        })
        .to_string()
    }
}

/// The line about `exchange`. `time` is in nanoseconds since 1970, `ends` are client and server of a capture.
pub fn line(
    exchange: &Exchange,
    time: u64,
    ends: Option<[SocketAddr; 2]>,
    captured: Captured,
) -> String {
    json!({
        "id": exchange.id,
        "t": time as f64 / 1e9,
        "client": ends.map(|ends| ends[0].to_string()),
        "server": ends.map(|ends| ends[1].to_string()),
        "method": exchange.method,
        "url": exchange.url(),
        "origin": exchange.origin,
        "role": exchange.role.name(),
        "status": exchange.status,
        "violation": exchange.violation.map(|violation| violation.name()),
        "rule": exchange.rule(),
        "preflight": exchange.preflight,
        "cached": exchange.is_cached,
        "capture": captured.name(),
    })
    .to_string()
}
