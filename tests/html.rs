//! The HTML report in a real browser; skipped where there is no Chromium or no Node.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use assert_cmd::Command;
use std::path::Path;
use tempfile::TempDir;

const SKIPPED: i32 = 77;

#[test]
fn a_reader_can_filter_open_and_link_findings() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let samples = [
        "preflight-nginx-if-inheritance",
        "preflight-method-not-allowed",
    ];
    let samples = samples.map(|name| root.join("samples").join(name));
    if !samples.iter().all(|sample| sample.exists()) {
        println!("skipped: the samples are not here");
        return;
    }
    let folder = TempDir::new().unwrap();
    let page = folder.path().join("report.html");
    Command::cargo_bin("corsight")
        .unwrap()
        .args(["--format", "html", "--exit-zero", "--output"])
        .arg(&page)
        .args(&samples)
        .assert()
        .success();
    let drive = std::process::Command::new("node")
        .arg(root.join("tests/html/drive.mjs"))
        .arg(&page)
        .output();
    let Ok(output) = drive else {
        println!("skipped: there is no Node here");
        return;
    };
    if output.status.code() == Some(SKIPPED) {
        println!("skipped: there is no Chromium here");
        return;
    }
    let faults = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{faults}");
}
