//! Machine formats with more findings than they have room for: what is left out is counted, and the file stays one that
//! its readers take.

use super::gitlab::Gitlab;
use super::junit::Junit;
use super::{Sink, support};
use crate::finding::{Finding, Summary};
use crate::limits::REPORT_GROUPS;
use serde_json::Value;
use std::collections::BTreeSet;

const BEYOND: usize = 10;

/// What `sink` makes of more different findings than a report holds.
fn crowded<'o>(out: &'o mut Vec<u8>, make: impl FnOnce(&'o mut Vec<u8>) -> Box<dyn Sink + 'o>) {
    let mut sink = make(out);
    let finding = support::method_not_allowed();
    for number in 0..REPORT_GROUPS + BEYOND {
        let fingerprint = format!("{number:016x}");
        let finding = Finding {
            fingerprint,
            ..finding.clone()
        };
        sink.finding(&finding).unwrap();
    }
    sink.finish(&[], &Summary::default()).unwrap();
}

#[test]
fn gitlab_gets_each_fingerprint_once_and_the_rest_as_one_issue() {
    let mut out = Vec::new();
    crowded(&mut out, |out| Box::new(Gitlab::new(out)));
    let issues: Vec<Value> = serde_json::from_slice(&out).unwrap();
    let prints: BTreeSet<&str> = issues
        .iter()
        .filter_map(|one| one["fingerprint"].as_str())
        .collect();
    assert_eq!(
        (issues.len(), prints.len()),
        (REPORT_GROUPS + 1, REPORT_GROUPS + 1)
    );
    let last = issues.last().unwrap()["description"].as_str().unwrap();
    assert!(last.starts_with("10 more findings"), "{last}");
}

#[test]
fn junit_counts_every_case_that_it_writes() {
    let mut out = Vec::new();
    crowded(&mut out, |out| Box::new(Junit::new(out)));
    let text = String::from_utf8(out).unwrap();
    let cases = text.matches("<testcase ").count();
    assert_eq!(cases, REPORT_GROUPS + 1);
    assert!(text.contains(&format!(
        "<testsuites name=\"corsight\" tests=\"{cases}\" failures=\"{REPORT_GROUPS}\""
    )));
    assert!(text.contains("name=\"10 more findings\""));
}
