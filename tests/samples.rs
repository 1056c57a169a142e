//! Every sample's whole report, as a user sees it, against the `expected.txt` beside the recording.
//!
//! After a wanted change of the reports: `BLESS=1 cargo test --test samples`, then read the diff.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod support;

use std::fs;
use std::path::Path;
use support::{corsight, folders, samples, stdout};

/// What a folder may hold, in the order of the expected report.
const RECORDINGS: [&str; 4] = [
    "devtools.har",
    "capture.pcap",
    "capture.pcapng",
    "firefox.har",
];

#[test]
fn reports_on_the_samples_are_as_expected() {
    let mut faults = Vec::new();
    for folder in folders(&samples()) {
        if folder.join("truth.json").is_file() {
            let report = report_on(&folder);
            let expected = folder.join("expected.txt");
            if std::env::var_os("BLESS").is_some() {
                fs::write(&expected, &report).unwrap();
            }
            if fs::read_to_string(&expected).ok().as_deref() != Some(report.as_str()) {
                faults.push(format!("{}:\n{report}", folder.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_sample_tells_its_story() {
    for folder in folders(&samples()) {
        if folder.join("truth.json").is_file() {
            assert!(
                folder.join("README.md").is_file(),
                "{} has no README.md",
                folder.display()
            );
            assert!(
                folder.join("devtools.har").is_file(),
                "{} has no devtools.har",
                folder.display()
            );
        }
    }
}

fn report_on(folder: &Path) -> String {
    let mut text = String::new();
    for name in RECORDINGS {
        if folder.join(name).is_file() {
            let mut command = corsight();
            command
                .current_dir(folder)
                .args(["check", "--width", "80", name]);
            let keys = folder.join("tls-keys.log");
            if keys.is_file() {
                command.args(["--keylog", "tls-keys.log"]);
            }
            let output = command.output().unwrap();
            let status = output.status.code().unwrap();
            text.push_str(&format!(
                "$ corsight check {name}    # exit status {status}\n{}\n",
                stdout(&output)
            ));
        }
    }
    text
}
