//! What was read, what was found, and what was not seen.

use super::{Confidence, Finding, Latency, Severity};
use crate::caveat::{Caveat, CaveatKind};
use serde::Serialize;
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
    /// HTTP exchanges rebuilt.
    pub exchanges: u64,
    /// CORS preflights among them.
    pub preflights: u64,
    /// Preflights that were paired with an actual request.
    pub pairs: u64,
    /// How long browsers waited for the answers to preflights.
    pub preflight_time: Latency,
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
}

/// An input that gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedInput {
    /// As the user named it.
    pub source: String,
    /// The whole message.
    pub error: String,
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
