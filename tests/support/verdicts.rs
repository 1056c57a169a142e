//! Holds findings against what a browser decided (`truth.json`: one record for each hop of each request).

use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

/// What kind of recording the findings come from; it decides which failures can be seen at all.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Recording {
    Har,
    Capture,
}

/// Agreement with the browser, summed over recordings.
#[derive(Default)]
pub struct Score {
    /// Failures that the recording shows.
    pub violations: usize,
    /// Of these, found with exactly the browser's code.
    pub exact: usize,
    /// Found with another code.
    pub other_code: usize,
    /// Requests that the browser allowed.
    pub clean: usize,
    /// Of these, called `blocked`.
    pub false_blocked: usize,
    /// Of these, called `depends`.
    pub hedged: usize,
    /// Every disagreement, for the reader.
    pub faults: Vec<String>,
}

impl Score {
    /// Holds the NDJSON findings `lines` against the verdicts in `truth`.
    pub fn add(&mut self, truth: &Path, lines: &str, recording: Recording) {
        let records: Vec<Value> =
            serde_json::from_str(&fs::read_to_string(truth).unwrap()).unwrap();
        let mut verdicts: BTreeMap<(String, String), Vec<&Value>> = BTreeMap::new();
        for record in records
            .iter()
            .filter(|record| is_visible(record, recording))
        {
            verdicts.entry(key(record)).or_default().push(record);
        }
        let findings: Vec<Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let mut claims: BTreeMap<(String, String), Vec<&Value>> = BTreeMap::new();
        for finding in &findings {
            // A refusal of a scanner's origin is only a note, and must be right all the same.
            let is_claim = matches!(text(finding, "severity"), "blocked" | "depends")
                || (text(finding, "severity") == "note"
                    && text(finding, "phase") != "other"
                    && code(finding) != "nothing");
            if text(finding, "type") == "finding"
                && is_claim
                && text(finding, "enforcement") != "non-browser"
            {
                claims.entry(key(finding)).or_default().push(finding);
            }
        }
        for (request, records) in verdicts {
            self.compare(
                truth,
                &request,
                &records,
                claims.remove(&request).unwrap_or_default(),
            );
        }
    }

    fn compare(
        &mut self,
        truth: &Path,
        request: &(String, String),
        records: &[&Value],
        mut claims: Vec<&Value>,
    ) {
        let place = truth
            .parent()
            .and_then(Path::file_name)
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let mut open = Vec::new();
        for record in records.iter().filter(|record| is_failure(record)) {
            self.violations += 1;
            let wanted = text(record, "chromium_cors_error");
            match claims.iter().position(|claim| code(claim) == wanted) {
                Some(found) => {
                    claims.remove(found);
                    self.exact += 1;
                }
                None => open.push(wanted),
            }
        }
        for wanted in open {
            if claims.is_empty() {
                self.faults.push(format!(
                    "{place}: missed {wanted} of {} {}",
                    request.0, request.1
                ));
            } else {
                self.other_code += 1;
                let said = claims.remove(0);
                self.faults.push(format!(
                    "{place}: {} instead of {wanted} of {} {}",
                    code(said),
                    request.0,
                    request.1
                ));
            }
        }
        let clean = records.iter().filter(|record| is_allowed(record)).count();
        let others = records.iter().filter(|record| !is_failure(record)).count() - clean;
        self.clean += clean;
        // What the network or another policy stopped may well be called blocked.
        let is_harsh = |claim: &&Value| text(claim, "severity") != "note";
        for claim in claims.into_iter().filter(is_harsh).skip(others).take(clean) {
            if text(claim, "severity") == "depends" {
                self.hedged += 1;
            } else {
                self.false_blocked += 1;
                self.faults.push(format!(
                    "{place}: wrongly {} of {} {}",
                    text(claim, "rule"),
                    request.0,
                    request.1
                ));
            }
        }
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} of {} violations with the browser's code ({} with another), {} of {} allowed requests called blocked, {} hedged",
            self.exact,
            self.violations,
            self.other_code,
            self.false_blocked,
            self.clean,
            self.hedged
        )
    }
}

fn is_failure(record: &Value) -> bool {
    record["chromium_cors_error"].is_string()
}

/// Whether the browser let the request through. Neither allowed nor a CORS failure is what the page gave up, the network
/// lost, or another policy blocked.
fn is_allowed(record: &Value) -> bool {
    matches!(text(record, "verdict"), "ok" | "redirected")
}

/// Whether the recording holds any trace of the record. Records without the details are visible.
fn is_visible(record: &Value, recording: Recording) -> bool {
    if text(record, "verdict") == "no-request" {
        return false;
    }
    if !is_failure(record) {
        return true;
    }
    let flag = |outer: &str, inner: &str| record[outer][inner].as_bool().unwrap_or(false);
    match recording {
        Recording::Har => {
            !record["har_index"].is_null() || !record["har_preflight_index"].is_null()
        }
        Recording::Capture if record["wire"].is_object() => {
            let by_mode = matches!(
                text(record, "chromium_cors_error"),
                "WildcardOriginNotAllowed" | "InvalidAllowCredentials"
            );
            let mode_shows = flag("wire", "cookie") || flag("wire", "authorization");
            !text(record, "url").starts_with("https:")
                && record["from_http_cache"].is_null()
                && (!by_mode || mode_shows)
                && (flag("wire", "actual_seen") || flag("preflight", "seen_by_server"))
        }
        Recording::Capture => text(record, "url").starts_with("http:"),
    }
}

fn key(value: &Value) -> (String, String) {
    let url = text(value, "url");
    let url = url::Url::parse(url).map_or_else(
        |_| url.to_owned(),
        |mut parsed| {
            parsed.set_fragment(None);
            let _ = parsed.set_username("");
            let _ = parsed.set_password(None);
            parsed.into()
        },
    );
    (text(value, "method").to_owned(), url)
}

fn code(finding: &Value) -> &str {
    finding["codes"]["chromium"].as_str().unwrap_or("nothing")
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}
