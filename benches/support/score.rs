//! Holds what a program says about a generated input against the truth.
//!
//! What the input itself lost is left out of the count: of a damaged exchange nothing is expected, and nothing is wrong.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead};

/// The truth about an input, by URL; each call of the generator has its own.
#[derive(Debug, Default)]
pub struct Truth {
    /// Rules that must fire.
    rules: BTreeMap<String, Vec<String>>,
    /// URLs of exchanges that the input does not have whole.
    damaged: BTreeSet<String>,
    /// Whole exchanges by URL and status, how many of each.
    exchanges: BTreeMap<(String, u64), u64>,
}

/// How many of the expected things a program found, and what it found beside them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Score {
    pub expected: u64,
    pub found: u64,
    pub false_alarms: u64,
    /// Examples of what is missing and of what is too much.
    pub missed: Vec<String>,
    pub wrong: Vec<String>,
}

impl Truth {
    /// Reads a truth file.
    pub fn read(lines: impl BufRead) -> io::Result<Self> {
        let mut truth = Self::default();
        for line in lines.lines() {
            let row: Value = serde_json::from_str(&line?)?;
            truth.add(&row);
        }
        Ok(truth)
    }

    fn add(&mut self, row: &Value) {
        let url = text(row, "url");
        match row["capture"].as_str() {
            Some("ok") => {
                let status = row["status"].as_u64().unwrap_or_default();
                *self.exchanges.entry((url.clone(), status)).or_default() += 1;
            }
            // Nothing of it is missing: it counts for findings, though a reader may have to find its place first.
            Some("after-gap") => {}
            _ => {
                self.damaged.insert(url.clone());
            }
        }
        if let Some(rule) = row["rule"].as_str() {
            self.rules.entry(url).or_default().push(rule.to_owned());
        }
    }

    /// Scores the findings of `check --format ndjson`: those that say that something fails, for sure or under conditions.
    pub fn findings(mut self, lines: impl BufRead) -> io::Result<Score> {
        self.rules.retain(|url, _| !self.damaged.contains(url));
        let mut score = Score {
            expected: self.rules.values().map(|rules| rules.len() as u64).sum(),
            ..Score::default()
        };
        for line in lines.lines() {
            let finding: Value = serde_json::from_str(&line?)?;
            let fails = matches!(finding["severity"].as_str(), Some("blocked" | "depends"));
            let (url, rule) = (text(&finding, "url"), text(&finding, "rule"));
            if finding["type"] != "finding" || !fails || self.damaged.contains(&url) {
                continue;
            }
            let expected = self.rules.get_mut(&url);
            let place = expected
                .as_ref()
                .and_then(|rules| rules.iter().position(|one| *one == rule));
            match expected.zip(place) {
                Some((rules, place)) => {
                    rules.swap_remove(place);
                    score.found += 1;
                }
                None => score.too_much(format!("{rule} {url}")),
            }
        }
        for (url, rules) in &self.rules {
            rules
                .iter()
                .for_each(|rule| score.missing(format!("{rule} {url}")));
        }
        Ok(score)
    }

    /// Scores exchanges: lines of `extract --format ndjson`, or of URL and status with a tab between.
    pub fn exchanges(mut self, lines: impl BufRead) -> io::Result<Score> {
        let mut score = Score {
            expected: self.exchanges.values().sum(),
            ..Score::default()
        };
        for line in lines.lines() {
            let Some((url, status)) = exchange(&line?)? else {
                continue;
            };
            match self.exchanges.get_mut(&(url, status)) {
                Some(left) if *left > 0 => {
                    *left -= 1;
                    score.found += 1;
                }
                // Of an exchange that is damaged, or comes after a gap, or it is invented: not told apart here.
                _ => score.false_alarms += 1,
            }
        }
        for ((url, status), left) in &self.exchanges {
            (0..*left).for_each(|_| score.missing(format!("{status} {url}")));
        }
        Ok(score)
    }
}

const EXAMPLES: usize = 5;

impl Score {
    /// Share of the expected that was found.
    pub fn recall(&self) -> f64 {
        share(self.found, self.expected)
    }

    /// Share of what was found that was expected.
    pub fn precision(&self) -> f64 {
        share(self.found, self.found + self.false_alarms)
    }

    fn missing(&mut self, what: String) {
        if self.missed.len() < EXAMPLES {
            self.missed.push(what);
        }
    }

    fn too_much(&mut self, what: String) {
        self.false_alarms += 1;
        if self.wrong.len() < EXAMPLES {
            self.wrong.push(what);
        }
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}

fn exchange(line: &str) -> io::Result<Option<(String, u64)>> {
    if let Some((url, status)) = line.split_once('\t') {
        return Ok(status.parse().ok().map(|status| (url.to_owned(), status)));
    }
    let row: Value = serde_json::from_str(line)?;
    let status = row["status"].as_u64().filter(|_| row["type"] == "exchange");
    Ok(status.map(|status| (text(&row, "url"), status)))
}

fn text(row: &Value, name: &str) -> String {
    row[name].as_str().unwrap_or_default().to_owned()
}
