//! SARIF 2.1.0, for code scanning. Equal findings are one result with an `occurrenceCount`.
//!
//! Within GitHub's bounds: at most 25 000 results of a run, 25 MB in all, worst first; what is left out is said in a
//! notification.

use super::group::{Group, Groups};
use super::{Sink, links, words};
use crate::finding::{
    Cause, Codes, Confidence, Evidence, Finding, Fix, Outcome, Severity, Summary,
};
use crate::http::Locator;
use crate::rules;
use crate::time::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Most results of one run that GitHub takes.
const RESULTS: usize = 25_000;
/// Bytes of the results: with the rules the file stays below 25 MB, which services take uncompressed.
const BYTES: usize = 24_000_000;

/// Between two results. A line for each: indented, a full report would be twice as large.
const SEPARATOR: &[u8] = b",\n";

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
        let mut results: Vec<u8> = Vec::new();
        let mut shown = 0;
        // How many there are must be said before them.
        for group in candidates {
            let before = results.len();
            if shown > 0 {
                results.extend_from_slice(SEPARATOR);
            }
            serde_json::to_writer(&mut results, &result(group, &rules, summary.known > 0))?;
            if results.len() - shown * SEPARATOR.len() > BYTES {
                results.truncate(before);
                break;
            }
            shown += 1;
        }
        let left_out = beyond + (groups.len() - shown) as u64;
        let driver = json!({
            "name": "corsight",
            "version": env!("CARGO_PKG_VERSION"),
            "rules": rules.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
        });
        let invocation = json!({
            "executionSuccessful": summary.failed_inputs.is_empty(),
            "toolExecutionNotifications": notifications(summary, left_out),
        });
        writeln!(
            self.out,
            "{{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{{"
        )?;
        writeln!(self.out, "\"tool\":{{\"driver\":{driver}}},")?;
        writeln!(self.out, "\"invocations\":[{invocation}],")?;
        writeln!(self.out, "\"columnKind\":\"unicodeCodePoints\",")?;
        writeln!(self.out, "\"results\":[")?;
        self.out.write_all(&results)?;
        writeln!(self.out, "\n]")?;
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

/// A result; the names are those of the format.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Result<'g> {
    rule_id: &'g str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    occurrence_count: u64,
    partial_fingerprints: Fingerprints<'g>,
    properties: Properties<'g>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<[Suppression; 1]>,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
    logical_locations: [LogicalLocation; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    fully_qualified_name: String,
    kind: &'static str,
}

#[derive(Serialize)]
struct Fingerprints<'g> {
    #[serde(rename = "corsight/v1")]
    own: &'g str,
    /// The one that GitHub tracks alerts by; without it, it would hash lines of a file that it does not have.
    #[serde(rename = "primaryLocationLineHash")]
    primary: String,
}

#[derive(Serialize)]
struct Properties<'g> {
    severity: Severity,
    confidence: Confidence,
    outcome: Outcome,
    origin: &'g str,
    parameter: Option<&'g str>,
    codes: Codes,
    time: Timestamp,
    preflight: Option<Locator>,
    actual: Option<Locator>,
    evidence: &'g [Evidence],
    fix: &'g [Fix],
    platform: Option<&'static str>,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: &'static str,
}

fn result<'g>(group: &'g Group, rules: &[&str], is_compared: bool) -> Result<'g> {
    let finding = &group.first;
    let state = if finding.is_known { "unchanged" } else { "new" };
    Result {
        rule_id: finding.rule,
        rule_index: rules.binary_search(&finding.rule).unwrap_or(0),
        level: level(finding.severity),
        message: Message {
            text: words::message(finding),
        },
        locations: [location(finding)],
        occurrence_count: group.count,
        partial_fingerprints: Fingerprints {
            own: &finding.fingerprint,
            primary: format!("{}:1", finding.fingerprint),
        },
        properties: Properties {
            severity: finding.severity,
            confidence: finding.confidence,
            outcome: finding.outcome,
            origin: &finding.origin,
            parameter: finding.parameter.as_deref(),
            codes: finding.codes,
            time: finding.time,
            preflight: finding.preflight.map(|exchange| exchange.locator),
            actual: finding.actual.map(|exchange| exchange.locator),
            evidence: &finding.evidence,
            fix: &finding.fix,
            platform: finding.platform,
        },
        baseline_state: is_compared.then_some(state),
        suppressions: finding.is_known.then_some([Suppression {
            kind: "external",
            status: "accepted",
            justification: "accepted by the baseline",
        }]),
    }
}

fn location(finding: &Finding) -> Location {
    Location {
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation {
                uri: uri(&finding.source),
            },
            region: Region { start_line: 1 },
        },
        logical_locations: [LogicalLocation {
            fully_qualified_name: words::request(finding),
            kind: "resource",
        }],
    }
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
