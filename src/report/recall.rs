//! JSON of the contract → findings, causes and counts again, so that every format can be written from reports.
//!
//! A report of another version may hold what this one does not know: unknown members are passed over, a finding with
//! an unknown severity or the like is not understood and left to the caller to count.

use super::merge::Object;
use crate::caveat::{Caveat, CaveatKind, Place};
use crate::finding::summary::FailedInput;
use crate::finding::{
    AlsoWrong, Cause, Codes, Confidence, Enforcement, Evidence, ExchangeRef, Finding, Fix,
    FixParams, Latency, MessageKind, Outcome, Phase, Severity, Summary,
};
use crate::http::Locator;
use crate::limits::{FOREIGN_NAME, FOREIGN_NAMES};
use crate::rules;
use crate::time::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Reads findings again. Names of rules and codes are kept for as long as the program runs, a bounded number of them.
#[derive(Debug, Default)]
pub(super) struct Recall {
    names: BTreeSet<&'static str>,
}

impl Recall {
    /// A finding; `None` where it is not understood.
    pub(super) fn finding(&mut self, object: &Object) -> Option<Finding> {
        let line = FindingLine::deserialize(object).ok()?;
        Some(Finding {
            rule: self.name(&line.rule),
            severity: line.severity,
            confidence: line.confidence,
            enforcement: line.enforcement,
            outcome: line.outcome,
            phase: line.phase,
            codes: Codes {
                chromium: self.option(line.codes.chromium),
                firefox: self.option(line.codes.firefox),
                webkit: self.option(line.codes.webkit),
            },
            parameter: line.parameter,
            tag: self.option(line.tag),
            source: line.source,
            time: time(&line.time),
            origin: line.origin,
            method: line.method,
            url: line.url,
            initiator: self.option(line.initiator),
            credentials: line.credentials,
            preflight: exchange(line.preflight, line.status.preflight),
            actual: exchange(line.actual, line.status.actual),
            evidence: evidence(line.evidence),
            also_wrong: line
                .also_wrong
                .into_iter()
                .map(|also| AlsoWrong {
                    rule: self.name(&also.rule),
                    parameter: also.parameter,
                })
                .collect(),
            cause: line.cause,
            settles: line.settles,
            fix: self.fixes(line.fix),
            explained_by: self.option(line.explained_by),
            caveats: line.caveats.iter().filter_map(caveat_kind).collect(),
            fingerprint: line.fingerprint,
            platform: self.option(line.platform),
            is_known: line.known,
            exchanges: Vec::new(),
        })
    }

    /// A root cause; `None` where it is not understood.
    pub(super) fn cause(&mut self, object: &Object) -> Option<Cause> {
        let line = CauseLine::deserialize(object).ok()?;
        Some(Cause {
            cause: self.name(&line.cause),
            confidence: line.confidence,
            scope: line.scope,
            text: line.text,
            failed: line.failed,
            total: line.total,
            first: time(&line.first),
            last: time(&line.last),
            examples: line.examples,
            evidence: evidence(line.evidence),
            fix: self.fixes(line.fix),
            explains: line.explains,
        })
    }

    /// The counts; those that are not understood are 0.
    pub(super) fn summary(&mut self, object: &Object) -> Summary {
        let count = |name: &str| object.get(name).and_then(Value::as_u64).unwrap_or(0);
        let counts = |name: &str| {
            let members = object.get(name).and_then(Value::as_object);
            members
                .into_iter()
                .flatten()
                .filter_map(|(name, count)| Some((name, count.as_u64()?)))
        };
        let list = |name: &str| object.get(name).and_then(Value::as_array);
        Summary {
            inputs: count("inputs"),
            failed_inputs: list("failed_inputs")
                .into_iter()
                .flatten()
                .filter_map(failed_input)
                .collect(),
            bytes: count("bytes"),
            packets: count("packets"),
            connections: count("connections"),
            exchanges: count("exchanges"),
            preflights: count("preflights"),
            pairs: count("pairs"),
            preflight_time: object
                .get("preflight_time")
                .and_then(latency)
                .unwrap_or_default(),
            preflight_endpoints: object
                .get("preflight_endpoints")
                .and_then(|value| Deserialize::deserialize(value).ok())
                .unwrap_or_default(),
            cors_requests: count("cors_requests"),
            findings: counts("findings")
                .filter_map(|(name, count)| Some((Severity::named(name)?, count)))
                .collect(),
            known: count("known"),
            rules: counts("rules")
                .map(|(name, count)| (self.name(name), count))
                .collect(),
            caveats: counts("caveats")
                .filter_map(|(name, count)| Some((caveat_kind(name)?, count)))
                .collect(),
            caveat_places: list("caveat_places")
                .into_iter()
                .flatten()
                .filter_map(caveat)
                .collect(),
            skipped: counts("skipped")
                .map(|(what, count)| (what.clone(), count))
                .collect(),
            protocols: object
                .get("protocols")
                .and_then(|value| Deserialize::deserialize(value).ok())
                .unwrap_or_default(),
            hints: list("hints")
                .into_iter()
                .flatten()
                .filter_map(|hint| hint.as_str().map(str::to_owned))
                .collect(),
        }
    }

    fn fixes(&mut self, fixes: Vec<FixLine>) -> Vec<Fix> {
        let fixes = fixes.into_iter();
        fixes
            .map(|fix| Fix {
                action: self.name(&fix.action),
                text: fix.text,
                params: fix.params,
            })
            .collect()
    }

    fn option(&mut self, name: Option<String>) -> Option<&'static str> {
        name.map(|name| self.name(&name))
    }

    /// `name` for good. Beyond the bounds, which only a forged report reaches, `other`.
    fn name(&mut self, name: &str) -> &'static str {
        if let Some(rule) = rules::find(name) {
            return rule.name;
        }
        if let Some(known) = self.names.get(name) {
            return known;
        }
        if self.names.len() >= FOREIGN_NAMES || name.len() > FOREIGN_NAME {
            return "other";
        }
        let kept: &'static str = name.to_owned().leak();
        self.names.insert(kept);
        kept
    }
}

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap_or_default()
}

fn exchange(locator: Option<Locator>, status: Option<u16>) -> Option<ExchangeRef> {
    locator.map(|locator| ExchangeRef {
        locator,
        status,
        duration: None,
    })
}

fn evidence(lines: Vec<EvidenceLine>) -> Vec<Evidence> {
    let lines = lines.into_iter();
    lines
        .map(|line| Evidence {
            message: line.message,
            field: Cow::Owned(line.field),
            value: line.value,
            note: line.note,
            span: None,
        })
        .collect()
}

fn caveat_kind(name: impl AsRef<str>) -> Option<CaveatKind> {
    CaveatKind::ALL
        .into_iter()
        .find(|kind| kind.name() == name.as_ref())
}

fn caveat(value: &Value) -> Option<Caveat> {
    let text = |name: &str| value.get(name)?.as_str();
    Some(Caveat {
        kind: caveat_kind(text("kind")?)?,
        source: text("source")?.to_owned(),
        place: Place::deserialize(value.get("place")?).ok()?,
        detail: text("detail").unwrap_or_default().to_owned(),
    })
}

fn failed_input(value: &Value) -> Option<FailedInput> {
    let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
    Some(FailedInput {
        source: text("source")?,
        error: text("error")?,
    })
}

/// Times that took something, from the counts of a summary.
pub(super) fn latency(times: &Value) -> Option<Latency> {
    let counts = times.get("counts_by_us")?.as_object()?;
    let counts: BTreeMap<u64, u64> = counts
        .iter()
        .filter_map(|(us, count)| Some((us.parse().ok()?, count.as_u64()?)))
        .collect();
    let total = times.get("total_us").and_then(Value::as_u64);
    Some(Latency::from_counts(counts, total.unwrap_or(0)))
}

#[derive(Deserialize)]
struct FindingLine {
    rule: String,
    severity: Severity,
    confidence: Confidence,
    enforcement: Enforcement,
    outcome: Outcome,
    phase: Phase,
    #[serde(default)]
    codes: CodesLine,
    parameter: Option<String>,
    tag: Option<String>,
    source: String,
    time: String,
    origin: String,
    method: String,
    url: String,
    initiator: Option<String>,
    #[serde(default)]
    credentials: String,
    preflight: Option<Locator>,
    actual: Option<Locator>,
    #[serde(default)]
    status: StatusLine,
    #[serde(default)]
    evidence: Vec<EvidenceLine>,
    #[serde(default)]
    also_wrong: Vec<AlsoLine>,
    #[serde(default)]
    cause: String,
    #[serde(default)]
    settles: String,
    #[serde(default)]
    fix: Vec<FixLine>,
    explained_by: Option<String>,
    #[serde(default)]
    caveats: Vec<String>,
    fingerprint: String,
    platform: Option<String>,
    #[serde(default)]
    known: bool,
}

#[derive(Default, Deserialize)]
struct CodesLine {
    chromium: Option<String>,
    firefox: Option<String>,
    webkit: Option<String>,
}

#[derive(Default, Deserialize)]
struct StatusLine {
    preflight: Option<u16>,
    actual: Option<u16>,
}

#[derive(Deserialize)]
struct EvidenceLine {
    message: MessageKind,
    field: String,
    value: Option<String>,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize)]
struct AlsoLine {
    rule: String,
    parameter: Option<String>,
}

#[derive(Deserialize)]
struct FixLine {
    action: String,
    text: String,
    #[serde(default)]
    params: FixParams,
}

#[derive(Deserialize)]
struct CauseLine {
    cause: String,
    confidence: Confidence,
    scope: String,
    text: String,
    failed: u64,
    total: u64,
    first: String,
    last: String,
    #[serde(default)]
    examples: Vec<(String, Locator)>,
    #[serde(default)]
    evidence: Vec<EvidenceLine>,
    #[serde(default)]
    fix: Vec<FixLine>,
    #[serde(default)]
    explains: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::support;

    fn object(value: impl serde::Serialize) -> Object {
        match serde_json::to_value(value).unwrap() {
            Value::Object(object) => object,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn what_was_written_is_read_again() {
        let mut recall = Recall::default();
        for written in [
            support::method_not_allowed(),
            support::origin_missing(),
            support::origin_mismatch(),
        ] {
            let line = object(&written);
            let read = recall.finding(&line).unwrap();
            assert_eq!(object(&read), line);
        }
        let cause = object(support::cause());
        assert_eq!(object(recall.cause(&cause).unwrap()), cause);
        let summary = object(support::summary());
        assert_eq!(object(recall.summary(&summary)), summary);
    }

    #[test]
    fn a_rule_of_a_later_version_keeps_its_name() {
        let mut line = object(support::origin_missing());
        line.insert("rule".into(), "written-tomorrow".into());
        line.insert("new".into(), 7.into());
        let mut recall = Recall::default();
        assert_eq!(recall.finding(&line).unwrap().rule, "written-tomorrow");
        line.insert("severity".into(), "catastrophe".into());
        assert!(recall.finding(&line).is_none());
    }

    #[test]
    fn a_forged_report_cannot_fill_the_memory_with_names() {
        let mut recall = Recall::default();
        for number in 0..FOREIGN_NAMES + 5 {
            recall.name(&format!("forged-{number}"));
        }
        assert_eq!(recall.names.len(), FOREIGN_NAMES);
        assert_eq!(recall.name(&"x".repeat(FOREIGN_NAME + 1)), "other");
    }
}
