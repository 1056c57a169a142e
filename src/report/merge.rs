//! Several reports → one: findings that are equal by fingerprint become one, with counts by input.
//!
//! Works on the JSON of the contract, so that reports of other versions and machines can be joined: members that this
//! version does not know are kept.

use super::recall::{self, Recall};
use super::{SCHEMA, Sink};
use crate::redact::Redactor;
use serde::{Deserialize as _, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Write};

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// Joins reports.
#[derive(Debug, Default)]
pub struct Merger {
    findings: Vec<Merged>,
    index: HashMap<Key, usize>,
    causes: BTreeMap<(String, String), Map<String, Value>>,
    summary: Map<String, Value>,
}

/// Rule, severity, fingerprint.
type Key = (String, String, String);

#[derive(Debug, Serialize)]
struct Merged {
    #[serde(flatten)]
    finding: Map<String, Value>,
    count: u64,
    sources: BTreeMap<String, u64>,
}

/// Why a report could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// It is not JSON; with line and column of the first fault.
    #[error("not a readable report: {0}")]
    Json(#[from] serde_json::Error),
    /// It is JSON of something else.
    #[error("is no report of corsight: expected the JSON or NDJSON that `check` writes")]
    NotAReport,
    /// It follows another contract.
    #[error("is a report of schema {0}; this version knows schema {SCHEMA}")]
    Schema(Value),
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
}

impl Merger {
    /// Adds a report: a JSON document or NDJSON lines.
    ///
    /// # Errors
    /// When it is no report. What was read before the fault stays in.
    pub fn add(&mut self, report: impl io::Read) -> Result<(), MergeError> {
        let mut reader = serde_json::Deserializer::from_reader(report);
        let mut is_empty = true;
        loop {
            // Deeper than any report of ours; serde_json refuses hostile depth.
            let value = match Value::deserialize(&mut reader) {
                Ok(value) => value,
                Err(error) if error.is_eof() && !is_empty => break,
                Err(error) if error.is_io() => return Err(MergeError::Io(error.into())),
                Err(error) => return Err(error.into()),
            };
            is_empty = false;
            self.value(value)?;
        }
        Ok(())
    }

    fn value(&mut self, value: Value) -> Result<(), MergeError> {
        let Value::Object(mut object) = value else {
            return Err(MergeError::NotAReport);
        };
        match object.remove("schema") {
            Some(schema) if schema == SCHEMA => {}
            Some(schema) => return Err(MergeError::Schema(schema)),
            None => return Err(MergeError::NotAReport),
        }
        let kind = object.remove("type");
        match kind.as_ref().and_then(Value::as_str) {
            Some("finding") => self.finding(object),
            Some("cause") => self.cause(object),
            Some("summary") => self.summary(object),
            // Later kinds of lines.
            Some(_) => {}
            None => self.document(object)?,
        }
        Ok(())
    }

    fn document(&mut self, mut document: Map<String, Value>) -> Result<(), MergeError> {
        let (Some(Value::Array(findings)), Some(Value::Object(summary))) =
            (document.remove("findings"), document.remove("summary"))
        else {
            return Err(MergeError::NotAReport);
        };
        let objects = |values| {
            Vec::into_iter(values).filter_map(|value| match value {
                Value::Object(object) => Some(object),
                _ => None,
            })
        };
        for finding in objects(findings) {
            self.finding(finding);
        }
        if let Some(Value::Array(causes)) = document.remove("causes") {
            for cause in objects(causes) {
                self.cause(cause);
            }
        }
        self.summary(summary);
        Ok(())
    }

    fn finding(&mut self, mut finding: Map<String, Value>) {
        let count = finding
            .remove("count")
            .and_then(|count| count.as_u64())
            .unwrap_or(1);
        let sources: BTreeMap<String, u64> = match finding.remove("sources") {
            Some(Value::Object(sources)) => sources
                .into_iter()
                .filter_map(|(name, count)| Some((name, count.as_u64()?)))
                .collect(),
            _ => BTreeMap::from([(text(&finding, "source"), count)]),
        };
        let key = (
            text(&finding, "rule"),
            text(&finding, "severity"),
            text(&finding, "fingerprint"),
        );
        match self
            .index
            .get(&key)
            .and_then(|at| self.findings.get_mut(*at))
        {
            Some(known) => {
                known.count += count;
                for (name, count) in sources {
                    *known.sources.entry(name).or_default() += count;
                }
            }
            None => {
                self.index.insert(key, self.findings.len());
                self.findings.push(Merged {
                    finding,
                    count,
                    sources,
                });
            }
        }
    }

    /// Causes of one pattern and scope are one.
    fn cause(&mut self, cause: Map<String, Value>) {
        let key = (text(&cause, "cause"), text(&cause, "scope"));
        let Some(known) = self.causes.get_mut(&key) else {
            self.causes.insert(key, cause);
            return;
        };
        for (name, value) in cause {
            let Some(own) = known.get_mut(&name) else {
                known.insert(name, value);
                continue;
            };
            match name.as_str() {
                "failed" | "total" => add(own, &value),
                // RFC 3339 in UTC sorts as text, as far as the second.
                "first" if value.as_str() < own.as_str() => *own = value,
                "last" if value.as_str() > own.as_str() => *own = value,
                "explains" => {
                    let all: BTreeSet<String> = [&*own, &value]
                        .into_iter()
                        .filter_map(Value::as_array)
                        .flatten()
                        .filter_map(|print| print.as_str().map(str::to_owned))
                        .collect();
                    *own = all.into_iter().map(Value::from).collect();
                }
                _ => {}
            }
        }
    }

    fn summary(&mut self, summary: Map<String, Value>) {
        for (name, value) in summary {
            match self.summary.get_mut(&name) {
                Some(own) => add(own, &value),
                None => {
                    self.summary.insert(name, value);
                }
            }
        }
        if let Some(times) = self.summary.get_mut("preflight_time") {
            renew_quantiles(times);
        }
    }

    /// A count of the joined summary; 0 where it is missing.
    pub fn count(&self, name: &str) -> u64 {
        self.summary.get(name).and_then(Value::as_u64).unwrap_or(0)
    }

    /// Gives each different finding to `each`, with its count in all and by input.
    pub fn each(&self, mut each: impl FnMut(&Map<String, Value>, u64, &BTreeMap<String, u64>)) {
        for merged in &self.findings {
            each(&merged.finding, merged.count, &merged.sources);
        }
    }

    /// How many different findings of at least `severities` there are.
    pub fn has_severity(&self, severities: &[&str]) -> bool {
        self.findings
            .iter()
            .any(|merged| severities.contains(&text(&merged.finding, "severity").as_str()))
    }

    /// Cleans everything: a report may have been written with its secrets.
    pub fn clean(&mut self, redactor: &Redactor) {
        if redactor.is_open() {
            return;
        }
        let mut recall = Recall::default();
        for Merged { finding, .. } in &mut self.findings {
            let clean = recall.finding(finding);
            let clean = clean.map(|own| to_object(redactor.finding(&own).as_ref()));
            overlay(finding, clean.unwrap_or_default(), redactor);
        }
        for cause in self.causes.values_mut() {
            let clean = recall.cause(cause);
            let clean = clean.map(|own| to_object(redactor.cause(&own).as_ref()));
            overlay(cause, clean.unwrap_or_default(), redactor);
        }
        let clean = recall.summary(&self.summary);
        let clean = to_object(redactor.summary(&clean).as_ref());
        overlay(&mut self.summary, clean, redactor);
    }

    /// Gives the joined report to a renderer; most frequent findings first.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write(mut self, sink: &mut dyn Sink) -> io::Result<()> {
        self.sort();
        let mut recall = Recall::default();
        let mut unknown = 0;
        for merged in &self.findings {
            match recall.finding(&merged.finding) {
                Some(finding) => sink.joined(&finding, &merged.sources)?,
                None => unknown += merged.count,
            }
        }
        let causes = self.sorted_causes().into_iter();
        let causes: Vec<_> = causes.filter_map(|cause| recall.cause(cause)).collect();
        let mut summary = recall.summary(&self.summary);
        summary.skip("finding of another version, not understood", unknown);
        sink.finish(&causes, &summary)
    }

    /// Writes the joined report as one JSON document; most frequent findings first.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_json(mut self, mut out: impl Write) -> io::Result<()> {
        self.sort();
        write!(out, "{{\"schema\":{SCHEMA},\"findings\":[")?;
        for (index, merged) in self.findings.iter().enumerate() {
            out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
            serde_json::to_writer(&mut out, merged)?;
        }
        out.write_all(b"\n],\n\"causes\":")?;
        serde_json::to_writer(&mut out, &self.sorted_causes())?;
        out.write_all(b",\n\"summary\":")?;
        serde_json::to_writer(&mut out, &self.summary)?;
        out.write_all(b"}\n")?;
        out.flush()
    }

    /// Writes the joined report as NDJSON.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_ndjson(mut self, mut out: impl Write) -> io::Result<()> {
        self.sort();
        for merged in &self.findings {
            super::ndjson::line(&mut out, "finding", merged)?;
        }
        for cause in self.sorted_causes() {
            super::ndjson::line(&mut out, "cause", cause)?;
        }
        super::ndjson::line(&mut out, "summary", &self.summary)?;
        out.flush()
    }

    fn sort(&mut self) {
        let key = |merged: &Merged| {
            (
                std::cmp::Reverse(merged.count),
                text(&merged.finding, "time"),
                text(&merged.finding, "fingerprint"),
            )
        };
        self.findings.sort_by_cached_key(key);
    }

    fn sorted_causes(&self) -> Vec<&Map<String, Value>> {
        let mut causes: Vec<_> = self.causes.values().collect();
        causes.sort_by_key(|cause| {
            std::cmp::Reverse(cause.get("failed").and_then(Value::as_u64).unwrap_or(0))
        });
        causes
    }
}

fn to_object(value: &impl Serialize) -> Object {
    match serde_json::to_value(value) {
        Ok(Value::Object(object)) => object,
        _ => Object::new(),
    }
}

/// Puts the members of `clean` in place of the object's own; those that it does not have are cleaned as they are.
fn overlay(object: &mut Object, mut clean: Object, redactor: &Redactor) {
    for (name, value) in object.iter_mut() {
        match clean.remove(name) {
            Some(clean) => *value = clean,
            None => scrub(value, redactor),
        }
    }
}

/// Cleans every text of a value whose meaning is not known.
fn scrub(value: &mut Value, redactor: &Redactor) {
    match value {
        Value::String(text) => *text = redactor.text(text).into_owned(),
        Value::Array(values) => values.iter_mut().for_each(|value| scrub(value, redactor)),
        Value::Object(members) => members
            .iter_mut()
            .for_each(|(_, value)| scrub(value, redactor)),
        _ => {}
    }
}

/// Quantiles do not add up: they are made anew from the counts, which do.
fn renew_quantiles(times: &mut Value) {
    let renewed = recall::latency(times).map(serde_json::to_value);
    if let Some(Ok(renewed)) = renewed {
        *times = renewed;
    }
}

fn text(object: &Map<String, Value>, name: &str) -> String {
    object
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// Numbers add up, lists are joined, objects are added member by member.
fn add(own: &mut Value, other: &Value) {
    match (own, other) {
        (Value::Array(own), Value::Array(other)) => own.extend(other.iter().cloned()),
        (Value::Object(own), Value::Object(other)) => {
            for (name, value) in other {
                match own.get_mut(name) {
                    Some(known) => add(known, value),
                    None => {
                        own.insert(name.clone(), value.clone());
                    }
                }
            }
        }
        (own, other) => {
            if let (Some(a), Some(b)) = (own.as_u64(), other.as_u64()) {
                *own = a.saturating_add(b).into();
            }
        }
    }
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;
