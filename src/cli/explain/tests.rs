//! Every console line that real browsers printed in the recorded verdicts leads to the right page.

use super::*;
use serde_json::Value;
use std::path::Path;

/// `(line, Chromium's code)` of every record, or nothing where the recordings are not at hand.
fn recorded_lines() -> Vec<(String, Option<String>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/oracle");
    let Ok(groups) = std::fs::read_dir(root) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    for group in groups.flatten() {
        let Ok(text) = std::fs::read_to_string(group.path().join("truth.json")) else {
            continue;
        };
        let records: Value = serde_json::from_str(&text).unwrap();
        for record in records.as_array().unwrap() {
            let code = record["chromium_cors_error"].as_str().map(str::to_owned);
            if let Some(line) = record["console_message"].as_str() {
                lines.push((line.to_owned(), code));
            }
            if let Some(line) = record["network_console_message"].as_str() {
                lines.push((line.to_owned(), None));
            }
        }
    }
    lines.sort();
    lines.dedup();
    lines
}

#[test]
fn every_recorded_line_leads_to_the_page_of_its_code() {
    let lines = recorded_lines();
    if lines.is_empty() {
        eprintln!("skipped: ../shared/oracle is not here");
        return;
    }
    let mut wrong = Vec::new();
    for (text, code) in &lines {
        let Some(line) = look_up(text, &[]) else {
            wrong.push(format!("not understood: {text}"));
            continue;
        };
        let expected = code
            .as_deref()
            .and_then(|code| codes::rules(code, &[]))
            .map(|(rules, _)| rules);
        if let Some(expected) = expected
            && line.rules.first() != expected.first()
        {
            wrong.push(format!("{:?} instead of {expected:?}: {text}", line.rules));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        lines.len(),
        wrong.join("\n")
    );
    eprintln!("{} lines lead to their pages", lines.len());
}

#[test]
fn every_rule_that_a_line_or_code_leads_to_exists() {
    if rules::ALL.len() < 30 {
        eprintln!("skipped: the rules are not all written");
        return;
    }
    for name in console::all_rules().chain(codes::all_rules()) {
        assert!(rules::find(name).is_some(), "{name}");
    }
}
