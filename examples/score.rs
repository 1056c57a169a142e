//! Holds what a program said about a generated input against the generator's truth, and prints one JSON object.
//!
//! `corsight check --format ndjson x.pcap | score findings x.truth`
//! `corsight extract --format ndjson x.pcap | score exchanges x.truth`; of other programs: lines of URL, tab, status
#![allow(clippy::print_stdout)]

#[path = "../benches/support/mod.rs"]
mod support;

use serde_json::json;
use std::fs::File;
use std::io::{BufReader, stdin};
use support::score::Truth;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [what, truth] = words.as_slice() else {
        return Err("score findings|exchanges TRUTH < WHAT-WAS-SAID".into());
    };
    let truth = Truth::read(BufReader::new(File::open(truth)?))?;
    let said = BufReader::new(stdin());
    let score = match what.as_str() {
        "findings" => truth.findings(said)?,
        _ => truth.exchanges(said)?,
    };
    println!(
        "{}",
        json!({
            "expected": score.expected, "found": score.found, "recall": score.recall(),
            "false_alarms": score.false_alarms, "precision": score.precision(),
            "missed": score.missed, "wrong": score.wrong,
        })
    );
    Ok(())
}
