//! What was read, what was found, and what was not seen.

use super::{Confidence, Finding, Latency, Severity};
use crate::caveat::{Caveat, CaveatKind};
use crate::error::Error;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The counts of one run. Sums of several runs are sums of these.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Inputs that were analysed.
    pub inputs: u64,
    /// Inputs that gave nothing, each with its one-line reason.
    pub failed_inputs: Vec<FailedInput>,
    /// Bytes read, after decompression.
    pub bytes: u64,
    /// Packets read (captures).
    pub packets: u64,
    /// TCP conversations seen (captures).
    pub connections: u64,
    /// What these and the QUIC connections carried, by protocol (captures).
    pub protocols: BTreeMap<String, Traffic>,
    /// HTTP exchanges rebuilt.
    pub exchanges: u64,
    /// CORS preflights among them.
    pub preflights: u64,
    /// Preflights that were paired with an actual request.
    pub pairs: u64,
    /// How long browsers waited for the answers to preflights.
    pub preflight_time: Latency,
    /// What they cost by endpoint (origin and route); [`OTHER_ENDPOINTS`] stands for all that cost less.
    pub preflight_endpoints: BTreeMap<String, PreflightCost>,
    /// Requests that a browser made under CORS: actual requests, cross-origin.
    pub cors_requests: u64,
    /// Findings by severity: `blocked`, `depends`, `risk`, `note`.
    pub findings: BTreeMap<Severity, u64>,
    /// Those of them that the user's baseline holds.
    pub known: u64,
    /// Findings by rule.
    pub rules: BTreeMap<&'static str, u64>,
    /// Caveats by kind, all occurrences.
    pub caveats: BTreeMap<CaveatKind, u64>,
    /// The first occurrences of each kind, with their place.
    pub caveat_places: Vec<Caveat>,
    /// Things that were passed over, by what they are: one of them in words: `packet without TCP: UDP`, `connection without HTTP`, …
    pub skipped: BTreeMap<String, u64>,
    /// What the user may want to do differently, a sentence each.
    pub hints: Vec<String>,
}

/// Connections of one protocol.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Traffic {
    /// How many there were.
    pub connections: u64,
    /// Bytes of payload in their packets.
    pub bytes: u64,
}

impl Traffic {
    /// Adds other connections of the protocol.
    pub fn add(&mut self, other: Self) {
        self.connections = self.connections.saturating_add(other.connections);
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

/// The endpoints that have no row of their own.
pub const OTHER_ENDPOINTS: &str = "other endpoints";

/// What the preflights to one endpoint cost its users.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct PreflightCost {
    /// How many had an answer.
    pub count: u64,
    /// Microseconds that browsers waited for the answers.
    pub total_us: u64,
    /// Those that `Access-Control-Max-Age: 7200`, the most that Chromium keeps, would have spared: the same client had
    /// asked the same before.
    pub repeated: u64,
    /// Microseconds waited for them.
    pub repeated_us: u64,
}

impl PreflightCost {
    /// Adds other preflights to the endpoint.
    pub fn add(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.total_us = self.total_us.saturating_add(other.total_us);
        self.repeated = self.repeated.saturating_add(other.repeated);
        self.repeated_us = self.repeated_us.saturating_add(other.repeated_us);
    }
}

/// An input that gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedInput {
    /// As the user named it.
    pub source: String,
    /// The whole message.
    pub error: String,
}

impl From<&Error> for FailedInput {
    fn from(error: &Error) -> Self {
        Self {
            source: error.input.clone(),
            error: error.to_string(),
        }
    }
}

impl Summary {
    /// Counts a finding.
    pub fn count(&mut self, finding: &Finding) {
        *self.findings.entry(finding.severity).or_default() += 1;
        *self.rules.entry(finding.rule).or_default() += 1;
        self.known += u64::from(finding.is_known);
    }

    /// Counts a caveat, keeping its place while fewer than `keep` of its kind are kept.
    pub fn note(&mut self, caveat: Caveat, keep: usize) {
        let count = self.caveats.entry(caveat.kind).or_default();
        *count += 1;
        if *count <= keep as u64 {
            self.caveat_places.push(caveat);
        }
    }

    /// Adds the counts of another run, keeping up to `keep` places of each kind of caveat.
    pub fn join(&mut self, other: &Self, keep: usize) {
        self.inputs += other.inputs;
        for failed in &other.failed_inputs {
            // A key log that cannot be read fails every run alike.
            if !self.failed_inputs.contains(failed) {
                self.failed_inputs.push(failed.clone());
            }
        }
        self.bytes += other.bytes;
        self.packets += other.packets;
        self.connections += other.connections;
        self.exchanges += other.exchanges;
        self.preflights += other.preflights;
        self.pairs += other.pairs;
        self.preflight_time.join(&other.preflight_time);
        for (endpoint, cost) in &other.preflight_endpoints {
            let own = self.preflight_endpoints.entry(endpoint.clone());
            own.or_default().add(*cost);
        }
        self.cors_requests += other.cors_requests;
        for (severity, count) in &other.findings {
            *self.findings.entry(*severity).or_default() += count;
        }
        self.known += other.known;
        for (rule, count) in &other.rules {
            *self.rules.entry(rule).or_default() += count;
        }
        for caveat in &other.caveat_places {
            let before = self.caveats.get(&caveat.kind).copied().unwrap_or(0);
            let kept = self
                .caveat_places
                .iter()
                .filter(|own| own.kind == caveat.kind);
            if before < keep as u64 && kept.count() < keep {
                self.caveat_places.push(caveat.clone());
            }
        }
        for (kind, count) in &other.caveats {
            *self.caveats.entry(*kind).or_default() += count;
        }
        for (what, count) in &other.skipped {
            self.skip(what, *count);
        }
        for (protocol, traffic) in &other.protocols {
            self.protocols
                .entry(protocol.clone())
                .or_default()
                .add(*traffic);
        }
        self.hints.extend_from_slice(&other.hints);
    }

    /// Counts something that was passed over.
    pub fn skip(&mut self, what: &str, count: u64) {
        if count > 0 {
            *self.skipped.entry(what.to_owned()).or_default() += count;
        }
    }
}

/// Least severity and confidence that a report shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// Least severity.
    pub severity: Severity,
    /// Least confidence.
    pub confidence: Confidence,
}
