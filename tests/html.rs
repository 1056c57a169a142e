//! The HTML report in a real browser; skipped where there is no Chromium or no Node.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use assert_cmd::Command;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const SKIPPED: i32 = 77;

#[test]
fn a_reader_can_filter_open_and_link_findings() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let samples = [
        "samples/preflight-nginx-if-inheritance",
        "samples/preflight-method-not-allowed",
    ];
    let samples = samples.map(|sample| root.join(sample));
    if !samples.iter().all(|sample| sample.exists()) {
        println!("skipped: the samples are not here");
        return;
    }
    drive(&samples);
}

#[test]
fn thousands_of_findings_stay_usable() {
    let folder = TempDir::new().unwrap();
    let har = folder.path().join("many.har");
    fs::write(&har, many(3000)).unwrap();
    drive(&[har]);
}

/// So many refused preflights, each of a route of its own.
fn many(count: usize) -> String {
    let entry = |number: usize, method: &str, fields: &str| {
        let (second, ms) = (number / 100 % 60, number % 100 * 10);
        format!(
            r#"{{"startedDateTime":"2026-11-20T10:00:{second:02}.{ms:03}Z","time":5,"request":{{"method":"{method}","url":"https://api.example/{}","httpVersion":"HTTP/1.1","headers":[{{"name":"Origin","value":"https://app{}.example"}}{fields}],"queryString":[],"cookies":[],"headersSize":-1,"bodySize":0}},"response":{{"status":204,"statusText":"","httpVersion":"HTTP/1.1","headers":[{{"name":"Access-Control-Allow-Origin","value":"https://app{}.example"}},{{"name":"Access-Control-Allow-Methods","value":"GET"}}],"cookies":[],"content":{{"size":0,"mimeType":"text/plain"}},"redirectURL":"","headersSize":-1,"bodySize":0}},"cache":{{}},"timings":{{"send":1,"wait":3,"receive":1}}}}"#,
            route(number),
            number % 3,
            number % 3,
        )
    };
    let asks = r#",{"name":"Access-Control-Request-Method","value":"DELETE"}"#;
    let entries: Vec<String> = (0..count)
        .map(|number| entry(number, "OPTIONS", asks))
        .collect();
    format!(
        r#"{{"log":{{"version":"1.2","creator":{{"name":"WebInspector","version":"537.36"}},"pages":[],"entries":[{}]}}}}"#,
        entries.join(",")
    )
}

/// A path of letters only, so that it is a route and no identifier.
fn route(number: usize) -> String {
    let letter = |digit: usize| char::from(b'a' + u8::try_from(digit % 26).unwrap_or(0));
    [number, number / 26, number / 676]
        .map(letter)
        .iter()
        .collect()
}

/// Makes a report of `inputs` and does with it what a reader would do.
fn drive(inputs: &[PathBuf]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = TempDir::new().unwrap();
    let page = folder.path().join("report.html");
    Command::cargo_bin("corsight")
        .unwrap()
        .args(["--format", "html", "--exit-zero", "--output"])
        .arg(&page)
        .args(inputs)
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
