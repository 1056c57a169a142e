//! The program as its users meet it: exit status, streams, bad inputs, several reports, pipes.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod commands;
mod reports;
mod robust;

use assert_cmd::Command;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// The program in an empty folder, with nothing of the caller's environment that changes output.
pub(crate) fn corsight(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("corsight").unwrap();
    command
        .current_dir(folder)
        .env_clear()
        .env("TERM", "xterm")
        .env("RUST_BACKTRACE", "0");
    command
}

/// A page on `app.example` that DELETEs on `api.example`, whose preflight answer allows GET and POST only.
pub(crate) const BLOCKED: &str = r#"{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"pages":[],"entries":[
{"startedDateTime":"2026-11-20T10:00:00.100Z","time":0,"_resourceType":"fetch","_error":"net::ERR_FAILED",
 "request":{"method":"DELETE","url":"https://api.example/users/7","httpVersion":"","headers":[{"name":"Referer","value":"https://app.example/"}],"queryString":[],"cookies":[],"headersSize":-1,"bodySize":0},
 "response":{"status":0,"statusText":"","httpVersion":"","headers":[],"cookies":[],"content":{"size":0,"mimeType":"x-unknown"},"redirectURL":"","headersSize":-1,"bodySize":-1,"_error":"net::ERR_FAILED"},
 "cache":{},"timings":{"send":0,"wait":0,"receive":0}},
{"startedDateTime":"2026-11-20T10:00:00.050Z","time":38,"_resourceType":"preflight","_initiator":{"type":"preflight","url":"https://api.example/users/7"},
 "request":{"method":"OPTIONS","url":"https://api.example/users/7","httpVersion":"HTTP/1.1","headers":[{"name":"Origin","value":"https://app.example"},{"name":"Access-Control-Request-Method","value":"DELETE"},{"name":"Sec-Fetch-Mode","value":"cors"}],"queryString":[],"cookies":[],"headersSize":-1,"bodySize":0},
 "response":{"status":204,"statusText":"No Content","httpVersion":"HTTP/1.1","headers":[{"name":"Access-Control-Allow-Origin","value":"https://app.example"},{"name":"Access-Control-Allow-Methods","value":"GET, POST"},{"name":"Vary","value":"Origin"}],"cookies":[],"content":{"size":0,"mimeType":"x-unknown"},"redirectURL":"","headersSize":-1,"bodySize":0},
 "cache":{},"timings":{"send":1,"wait":36,"receive":1}}
]}}"#;

/// One request to the page's own origin.
pub(crate) const HARMLESS: &str = r#"{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"pages":[],"entries":[
{"startedDateTime":"2026-11-20T10:00:00.100Z","time":5,"_resourceType":"fetch",
 "request":{"method":"GET","url":"https://app.example/me","httpVersion":"HTTP/1.1","headers":[{"name":"Referer","value":"https://app.example/"},{"name":"Sec-Fetch-Site","value":"same-origin"}],"queryString":[],"cookies":[],"headersSize":-1,"bodySize":0},
 "response":{"status":200,"statusText":"OK","httpVersion":"HTTP/1.1","headers":[],"cookies":[],"content":{"size":2,"mimeType":"application/json","text":"{}"},"redirectURL":"","headersSize":-1,"bodySize":2},
 "cache":{},"timings":{"send":1,"wait":3,"receive":1}}
]}}"#;

pub(crate) fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("blocked.har"), BLOCKED).unwrap();
    fs::write(folder.path().join("harmless.har"), HARMLESS).unwrap();
    fs::write(folder.path().join("empty.har"), "").unwrap();
    fs::write(
        folder.path().join("picture.png"),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    )
    .unwrap();
    folder
}

pub(crate) struct Ran {
    status: i32,
    out: String,
    err: String,
}

pub(crate) fn run(folder: &TempDir, args: &[&str]) -> Ran {
    ran(corsight(folder.path()).args(args))
}

pub(crate) fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        status: output.status.code().unwrap(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn a_blocked_request_is_status_1_and_the_command_may_be_left_out() {
    let folder = folder();
    for args in [
        &["blocked.har"][..],
        &["check", "blocked.har"],
        &["-v", "check", "blocked.har"],
    ] {
        let ran = run(&folder, args);
        assert_eq!(ran.status, 1, "{args:?} {}", ran.err);
        assert!(
            ran.out.contains("error[preflight-method-not-allowed]"),
            "{}",
            ran.out
        );
        assert_eq!(ran.err, "");
    }
}

#[test]
fn nothing_blocked_is_status_0_and_said_positively() {
    let ran = run(&folder(), &["harmless.har"]);
    assert_eq!(ran.status, 0);
    assert!(
        ran.out
            .starts_with("Nothing to judge: no cross-origin request in 1 exchange"),
        "{}",
        ran.out
    );
}

#[test]
fn thresholds_decide_the_status() {
    let folder = folder();
    assert_eq!(run(&folder, &["blocked.har", "--exit-zero"]).status, 0);
    assert_eq!(
        run(&folder, &["blocked.har", "--fail-on", "never"]).status,
        0
    );
    assert_eq!(
        run(&folder, &["blocked.har", "--host", "other.example"]).status,
        0
    );
    assert_eq!(
        run(&folder, &["blocked.har", "--host", "api.example"]).status,
        1
    );
    assert_eq!(
        run(
            &folder,
            &["blocked.har", "--rule", "preflight-*", "--method", "delete"]
        )
        .status,
        1
    );
    assert_eq!(
        run(&folder, &["blocked.har", "--rule", "nonsense"]).status,
        2
    );
}

#[test]
fn a_bad_input_is_one_clear_line_and_the_others_are_still_reported() {
    let folder = folder();
    let ran = run(
        &folder,
        &["empty.har", "blocked.har", "picture.png", "missing.har"],
    );
    assert_eq!(ran.status, 2);
    assert!(ran.out.contains("error[preflight-method-not-allowed]"));
    let mut lines: Vec<&str> = ran.err.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines.len(), 3, "{}", ran.err);
    assert!(lines[0].starts_with("corsight: empty.har: is empty; expected"));
    assert!(lines[1].starts_with("corsight: missing.har: cannot be read: "));
    assert!(lines[2].starts_with("corsight: picture.png: is a PNG image; expected"));
}

#[test]
fn directories_are_searched_by_content() {
    let folder = folder();
    fs::create_dir(folder.path().join("deep")).unwrap();
    fs::write(folder.path().join("deep/export.txt"), BLOCKED).unwrap();
    let ran = run(&folder, &["deep", "--format", "json"]);
    assert_eq!(ran.status, 1);
    let document: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert!(
        document["findings"][0]["source"]
            .as_str()
            .unwrap()
            .ends_with("export.txt")
    );
    assert_eq!(document["summary"]["inputs"], 1);
}

#[test]
fn standard_input_is_read_with_and_without_a_dash() {
    let folder = folder();
    for args in [&["check", "-"][..], &["check"], &[]] {
        let ran = ran(corsight(folder.path()).args(args).write_stdin(BLOCKED));
        assert_eq!(ran.status, 1, "{args:?} {}", ran.err);
        assert!(ran.out.contains("(stdin)"));
    }
}

#[test]
fn mistakes_in_flags_and_commands_get_suggestions() {
    let folder = folder();
    let flag = run(&folder, &["check", "--formt", "json"]);
    assert_eq!(flag.status, 2);
    assert!(flag.err.contains("'--format'"), "{}", flag.err);
    let command = run(&folder, &["chek", "blocked.har"]);
    assert_eq!(command.status, 2);
    assert!(
        command.err.contains("did you mean the command `check`?"),
        "{}",
        command.err
    );
    let rule = run(&folder, &["explain", "allow-origin-mising"]);
    assert_eq!(rule.status, 2);
    assert!(rule.err.contains("allow-origin-missing"), "{}", rule.err);
}

#[test]
fn colours_come_when_asked_for_and_never_into_a_pipe() {
    let folder = folder();
    assert!(!run(&folder, &["blocked.har"]).out.contains('\u{1b}'));
    assert!(
        run(&folder, &["blocked.har", "--color", "always"])
            .out
            .contains("\u{1b}[")
    );
    let no_color = ran(corsight(folder.path())
        .args(["blocked.har"])
        .env("NO_COLOR", "1")
        .env("CLICOLOR_FORCE", "1"));
    assert!(!no_color.out.contains('\u{1b}'));
}

#[test]
fn quiet_is_the_verdict_only() {
    let ran = run(&folder(), &["-q", "blocked.har"]);
    assert_eq!(ran.out, "1 blocked in 1 cross-origin request\n");
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let folder = folder();
    let of = |jobs: &str| run(&folder, &[".", "--format", "ndjson", "-j", jobs]).out;
    assert_eq!(of("1"), of("4"));
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let folder = folder();
    let program = assert_cmd::cargo::cargo_bin("corsight");
    // Enough output that the pipe cannot hold it.
    let many: Vec<String> = (0..300).map(|_| "blocked.har".to_owned()).collect();
    let script = format!(
        "{{ '{}' {} --format ndjson; echo \"status $?\" >&2; }} | head -1",
        program.display(),
        many.join(" ")
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "status 0\n");
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 1);
}
