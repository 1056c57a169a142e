//! The judges are real browsers: their recorded verdicts against corsight's findings.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod support;

use std::path::Path;
use support::verdicts::{Recording, Score};
use support::{beside, folders, run, samples, stdout};

#[test]
fn samples_agree_with_the_browser_that_recorded_them() {
    let mut score = Score::default();
    for folder in folders(&samples()) {
        let truth = folder.join("truth.json");
        if truth.is_file() {
            judge(
                &mut score,
                &truth,
                &folder.join("devtools.har"),
                Recording::Har,
            );
        }
    }
    println!("samples, DevTools export: {score}");
    assert!(
        score.violations > 0 && score.faults.is_empty(),
        "{score}\n{}",
        score.faults.join("\n")
    );
}

#[test]
fn sample_captures_agree_with_the_browser() {
    let mut score = Score::default();
    for folder in folders(&samples()) {
        let truth = folder.join("truth.json");
        for name in ["capture.pcap", "capture.pcapng"] {
            if truth.is_file() && folder.join(name).is_file() {
                judge(&mut score, &truth, &folder.join(name), Recording::Capture);
            }
        }
    }
    println!("samples, captures: {score}");
    assert!(
        score.violations > 0 && score.false_blocked == 0,
        "{score}\n{}",
        score.faults.join("\n")
    );
}

#[test]
fn devtools_exports_give_chromiums_code() {
    let score = judge_groups("devtools.har", "truth.json", Recording::Har);
    assert_share(&score, 99);
}

#[test]
fn sanitized_devtools_exports_give_chromiums_code() {
    let score = judge_groups("devtools-sanitized.har", "truth.json", Recording::Har);
    assert_share(&score, 99);
}

#[test]
fn firefox_exports_give_the_same_verdict() {
    let mut score = judge_groups("firefox.har", "truth-firefox.json", Recording::Har);
    // One record says "ok" although Firefox' own console names the mismatch.
    let disputed = "vary-sandbox-first-then-app";
    let is_disputed = |fault: &&String| fault.contains("wrongly") && fault.contains(disputed);
    score.false_blocked -= score.faults.iter().filter(is_disputed).count();
    assert_share(&score, 98);
}

#[test]
fn captures_give_chromiums_code_where_the_wire_shows_it() {
    let mut score = judge_groups("capture.pcap", "truth.json", Recording::Capture);
    let more = judge_groups("capture.pcapng", "truth.json", Recording::Capture);
    score.violations += more.violations;
    score.exact += more.exact;
    score.false_blocked += more.false_blocked;
    score.faults.extend(more.faults);
    assert_share(&score, 99);
}

/// Sums over all groups that have such a recording.
fn judge_groups(recording: &str, truth: &str, kind: Recording) -> Score {
    let mut score = Score::default();
    let Some(oracle) = beside("oracle") else {
        return score;
    };
    for group in folders(&oracle) {
        let (recording, truth) = (group.join(recording), group.join(truth));
        if recording.is_file() && truth.is_file() {
            judge(&mut score, &truth, &recording, kind);
        }
    }
    println!("{recording}: {score}");
    for fault in &score.faults {
        println!("  {fault}");
    }
    score
}

fn judge(score: &mut Score, truth: &Path, recording: &Path, kind: Recording) {
    let flags = ["check", "--show-secrets", "--format", "ndjson"].map(Path::new);
    let output = run(flags.into_iter().chain([recording]));
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "{}: {output:?}",
        recording.display()
    );
    score.add(truth, &stdout(&output), kind);
}

/// At least `percent` of the visible violations carry the browser's code, and nothing allowed is called blocked.
fn assert_share(score: &Score, percent: usize) {
    if score.violations > 0 {
        assert!(
            score.exact * 100 >= score.violations * percent,
            "{score}\n{}",
            score.faults.join("\n")
        );
        assert_eq!(
            score.false_blocked,
            0,
            "{score}\n{}",
            score.faults.join("\n")
        );
    }
}
