//! SARIF 2.1.0, for code scanning. Equal findings are one result with an `occurrenceCount`.
//!
//! Within GitHub's bounds: at most 25 000 results of a run, 25 MB in all, worst first; what is left out is said in a
//! notification.

use super::group::{Group, Groups};
use super::{Sink, links, words};
use crate::finding::{Cause, Finding, Severity, Summary};
use crate::rules;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Most results of one run that GitHub takes.
const RESULTS: usize = 25_000;
/// Bytes of the results: with the rules the file stays below 25 MB, which services take uncompressed.
const BYTES: usize = 24_000_000;

/// The renderer.
pub struct Sarif<W> {
    out: W,
    groups: Groups,
}

impl<W: Write> Sarif<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            groups: Groups::default(),
        }
    }
}

impl<W: Write> Sink for Sarif<W> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.groups.add(finding);
        Ok(())
    }

    fn joined(&mut self, finding: &Finding, sources: &BTreeMap<String, u64>) -> io::Result<()> {
        self.groups.join(finding, sources);
        Ok(())
    }

    fn finish(&mut self, causes: &[Cause], summary: &Summary) -> io::Result<()> {
        let (groups, beyond) = std::mem::take(&mut self.groups).finish(causes);
        let candidates = groups.get(..groups.len().min(RESULTS)).unwrap_or_default();
        let rules: BTreeSet<&str> = candidates.iter().map(|group| group.first.rule).collect();
        let rules: Vec<&str> = rules.into_iter().collect();
        let mut results: Vec<String> = Vec::new();
        let mut bytes = 0;
        for group in candidates {
            let result = result(group, &rules, summary.known > 0).to_string();
            bytes += result.len();
            if bytes > BYTES {
                break;
            }
            results.push(result);
        }
        let left_out = beyond + (groups.len() - results.len()) as u64;
        let driver = json!({
            "name": "corsight",
            "version": env!("CARGO_PKG_VERSION"),
            "rules": rules.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
        });
        let invocation = json!({
            "executionSuccessful": summary.failed_inputs.is_empty(),
            "toolExecutionNotifications": notifications(summary, left_out),
        });
        // A line for each result: indented, a full report would be twice as large.
        writeln!(
            self.out,
            "{{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{{"
        )?;
        writeln!(self.out, "\"tool\":{{\"driver\":{driver}}},")?;
        writeln!(self.out, "\"invocations\":[{invocation}],")?;
        writeln!(self.out, "\"columnKind\":\"unicodeCodePoints\",")?;
        writeln!(self.out, "\"results\":[\n{}\n]", results.join(",\n"))?;
        writeln!(self.out, "}}]}}")?;
        self.out.flush()
    }
}

/// A rule, with its whole manual page for the page of an alert.
fn descriptor(rule: &str) -> Value {
    let title = words::rule_title(rule);
    let text = format!("The manual page: corsight explain {rule}");
    let Some(info) = rules::find(rule) else {
        return json!({
            "id": rule,
            "shortDescription": {"text": title},
            "help": {"text": text},
            "properties": {"tags": ["cors"]},
        });
    };
    let mut descriptor = json!({
        "id": rule,
        "shortDescription": {"text": title},
        "fullDescription": {"text": info.summary},
        "defaultConfiguration": {"level": level(info.severity)},
        "help": {"text": text, "markdown": info.manual()},
        "properties": {"tags": ["cors"]},
    });
    if let Some(standard) = links::standard(info) {
        descriptor["helpUri"] = json!(standard);
    }
    descriptor
}

fn result(group: &Group, rules: &[&str], is_compared: bool) -> Value {
    let finding = &group.first;
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": rules.binary_search(&finding.rule).unwrap_or(0),
        "level": level(finding.severity),
        "message": {"text": words::message(finding)},
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": uri(&finding.source)},
                "region": {"startLine": 1},
            },
            "logicalLocations": [{"fullyQualifiedName": words::request(finding), "kind": "resource"}],
        }],
        "occurrenceCount": group.count,
        "partialFingerprints": {
            "corsight/v1": finding.fingerprint,
            // The one that GitHub tracks alerts by; without it, it would hash lines of a file that it does not have.
            "primaryLocationLineHash": format!("{}:1", finding.fingerprint),
        },
        "properties": {
            "severity": finding.severity,
            "confidence": finding.confidence,
            "outcome": finding.outcome,
            "origin": finding.origin,
            "parameter": finding.parameter,
            "codes": finding.codes,
            "time": finding.time,
            "preflight": finding.preflight.map(|exchange| exchange.locator),
            "actual": finding.actual.map(|exchange| exchange.locator),
            "evidence": finding.evidence,
            "fix": finding.fix,
            "platform": finding.platform,
        },
    });
    if is_compared {
        result["baselineState"] = json!(if finding.is_known { "unchanged" } else { "new" });
    }
    if finding.is_known {
        let accepted = "accepted by the baseline";
        result["suppressions"] =
            json!([{"kind": "external", "status": "accepted", "justification": accepted}]);
    }
    result
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Blocked => "error",
        Severity::Depends | Severity::Risk => "warning",
        Severity::Note => "note",
    }
}

fn notifications(summary: &Summary, left_out: u64) -> Vec<Value> {
    let failed = summary
        .failed_inputs
        .iter()
        .map(|input| json!({"level": "error", "message": {"text": input.error}}));
    let mut all: Vec<Value> = failed.collect();
    if left_out > 0 {
        let text = format!("{left_out} more results found no room here");
        all.push(json!({"level": "warning", "message": {"text": text}}));
    }
    all
}

/// A path as a URI reference (RFC 3986): relative, or with `file:` where it is absolute (RFC 8089).
fn uri(source: &str) -> String {
    let mut uri = String::with_capacity(source.len() + 8);
    let (drive, source) = match source.as_bytes() {
        [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic() => {
            source.split_at_checked(2).unwrap_or(("", source))
        }
        _ => ("", source),
    };
    if !drive.is_empty() {
        uri.push_str("file:///");
        uri.push_str(drive);
    } else if source.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in source.bytes() {
        match byte {
            b'\\' => uri.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::support;

    #[test]
    fn results_refer_to_their_rules_and_carry_fingerprints() {
        let mut out = Vec::new();
        let mut sarif = Sarif::new(&mut out);
        for finding in [
            support::method_not_allowed(),
            support::origin_missing(),
            support::origin_missing(),
        ] {
            sarif.finding(&finding).unwrap();
        }
        sarif.finish(&[], &support::summary()).unwrap();
        let document: Value = serde_json::from_slice(&out).unwrap();
        let run = &document["runs"][0];
        assert_eq!(run["results"].as_array().unwrap().len(), 2);
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(
                run["tool"]["driver"]["rules"][index]["id"],
                result["ruleId"]
            );
        }
        let rule = &run["tool"]["driver"]["rules"][0];
        assert!(
            rule["help"]["markdown"]
                .as_str()
                .unwrap()
                .contains("## Fix")
        );
        assert_eq!(run["results"][0]["occurrenceCount"], 2);
        assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    }

    #[test]
    fn the_file_stays_within_bounds_and_tells_what_is_left_out() {
        let mut out = Vec::new();
        let mut sarif = Sarif::new(&mut out);
        for number in 0..100 {
            let long = Finding {
                fingerprint: format!("{number:016x}"),
                cause: "x".repeat(500_000),
                ..support::method_not_allowed()
            };
            sarif.finding(&long).unwrap();
        }
        sarif.finish(&[], &Summary::default()).unwrap();
        assert!(out.len() < 25_000_000, "{}", out.len());
        let document: Value = serde_json::from_slice(&out).unwrap();
        let run = &document["runs"][0];
        let shown = run["results"].as_array().unwrap().len();
        let told = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
        let left = format!("{} more results found no room here", 100 - shown);
        assert_eq!(told.as_str(), Some(left.as_str()));
    }

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("dir\\a b.har"), "dir/a%20b.har");
    }

    #[test]
    fn only_a_relative_path_is_a_relative_reference() {
        assert_eq!(uri("a b/c.har"), "a%20b/c.har");
        assert_eq!(uri("/tmp/a.har"), "file:///tmp/a.har");
        assert_eq!(uri(r"C:\x\a.har"), "file:///C:/x/a.har");
    }
}
