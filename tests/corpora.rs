//! Captures of other projects' test suites: every HTTP exchange in them, and no crash on any file.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod support;

use serde_json::Value;
use std::process::Command;
use support::beside;

#[test]
fn exchanges_of_public_test_captures_are_rebuilt() {
    let Some(folder) = beside("captures") else {
        return;
    };
    let scratch = tempfile::tempdir().unwrap();
    let report = scratch.path().join("report.json");
    let program = env!("CARGO_BIN_EXE_corsight");
    let status = Command::new("python3")
        .arg(folder.join("compare.py"))
        .args([
            "--cmd",
            &format!("{program} extract --format ndjson --show-secrets {{keyopt}} {{file}}"),
        ])
        .args(["--keyopt", "--keylog {keys}", "--mem", "0", "--json"])
        .arg(&report)
        .status();
    let Ok(status) = status else {
        eprintln!("skipped: the comparison needs python3");
        return;
    };
    assert!(status.success());
    let report: Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    let count = |stratum: &str, what: &str| report["totals"][stratum][what].as_u64().unwrap_or(0);
    assert_eq!(
        count("ALL", "crash") + count("ALL", "timeout"),
        0,
        "crashed or hung"
    );
    for stratum in ["a_h1_clean", "b_damaged", "c_encap", "d_format"] {
        let (wanted, matched) = (count(stratum, "required"), count(stratum, "matched"));
        assert!(
            matched * 100 >= wanted * 97,
            "{stratum}: {matched} of {wanted} exchanges"
        );
    }
}
