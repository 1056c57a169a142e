//! The program as its users meet it: exit status, streams, bad inputs, several reports, pipes.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use assert_cmd::Command;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// The program in an empty folder, with nothing of the caller's environment that changes output.
fn corsight(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("corsight").unwrap();
    command
        .current_dir(folder)
        .env_clear()
        .env("TERM", "xterm")
        .env("RUST_BACKTRACE", "0");
    command
}

/// A page on `app.example` that DELETEs on `api.example`, whose preflight answer allows GET and POST only.
const BLOCKED: &str = r#"{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"pages":[],"entries":[
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
const HARMLESS: &str = r#"{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"pages":[],"entries":[
{"startedDateTime":"2026-11-20T10:00:00.100Z","time":5,"_resourceType":"fetch",
 "request":{"method":"GET","url":"https://app.example/me","httpVersion":"HTTP/1.1","headers":[{"name":"Referer","value":"https://app.example/"},{"name":"Sec-Fetch-Site","value":"same-origin"}],"queryString":[],"cookies":[],"headersSize":-1,"bodySize":0},
 "response":{"status":200,"statusText":"OK","httpVersion":"HTTP/1.1","headers":[],"cookies":[],"content":{"size":2,"mimeType":"application/json","text":"{}"},"redirectURL":"","headersSize":-1,"bodySize":2},
 "cache":{},"timings":{"send":1,"wait":3,"receive":1}}
]}}"#;

fn folder() -> TempDir {
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

struct Ran {
    status: i32,
    out: String,
    err: String,
}

fn run(folder: &TempDir, args: &[&str]) -> Ran {
    ran(corsight(folder.path()).args(args))
}

fn ran(command: &mut Command) -> Ran {
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
fn several_reports_are_written_in_one_pass() {
    let folder = folder();
    let ran = run(
        &folder,
        &[
            "blocked.har",
            "--report",
            "json=a.json",
            "--report",
            "csv=a.csv",
            "--output",
            "a.txt",
        ],
    );
    assert_eq!((ran.status, ran.out.as_str()), (1, ""));
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("a.txt").contains("error[preflight-method-not-allowed]"));
    assert!(read("a.csv").starts_with("source,time,rule"));
    serde_json::from_str::<serde_json::Value>(&read("a.json")).unwrap();
}

#[test]
fn reports_that_collide_are_refused_before_anything_is_read() {
    let folder = folder();
    let twice = run(
        &folder,
        &[
            "blocked.har",
            "--report",
            "json=a.json",
            "--report",
            "csv=a.json",
        ],
    );
    assert_eq!(twice.status, 2);
    let itself = run(&folder, &["blocked.har", "--output", "blocked.har"]);
    assert_eq!(itself.status, 2);
    assert!(itself.err.contains("is an input"), "{}", itself.err);
    assert_eq!(
        fs::read_to_string(folder.path().join("blocked.har")).unwrap(),
        BLOCKED
    );
}

#[test]
fn every_format_can_be_written() {
    let folder = folder();
    for format in corsight::report::Format::ALL {
        let ran = run(&folder, &["blocked.har", "--format", format.name()]);
        assert_eq!(ran.status, 1, "{format}");
        assert!(!ran.out.is_empty(), "{format}");
    }
    for format in ["table", "ndjson", "har"] {
        let ran = run(&folder, &["extract", "blocked.har", "--format", format]);
        assert_eq!(ran.status, 0, "{format} {}", ran.err);
        assert!(ran.out.contains("https://api.example/users/7"), "{format}");
    }
}

#[test]
fn an_extracted_har_can_be_checked_again() {
    let folder = folder();
    run(
        &folder,
        &[
            "extract",
            "blocked.har",
            "--format",
            "har",
            "--output",
            "again.har",
        ],
    );
    let ran = run(
        &folder,
        &[
            "check",
            "again.har",
            "--format",
            "ndjson",
            "--fail-on",
            "depends",
        ],
    );
    assert!(ran.out.contains("\"preflights\":1"), "{}", ran.out);
}

#[test]
fn reports_can_be_merged_and_a_bad_one_is_named() {
    let folder = folder();
    run(
        &folder,
        &["blocked.har", "--format", "json", "--output", "a.json"],
    );
    run(
        &folder,
        &[
            "blocked.har",
            "harmless.har",
            "--format",
            "ndjson",
            "--output",
            "b.ndjson",
        ],
    );
    let merged = run(&folder, &["merge", "a.json", "b.ndjson"]);
    assert_eq!(merged.status, 1, "{}", merged.err);
    let document: serde_json::Value = serde_json::from_str(&merged.out).unwrap();
    assert_eq!(document["findings"][0]["count"], 2);
    assert_eq!(document["summary"]["inputs"], 3);
    let bad = run(&folder, &["merge", "a.json", "blocked.har"]);
    assert_eq!(bad.status, 2);
    assert!(
        bad.err.starts_with("corsight: blocked.har: is no report"),
        "{}",
        bad.err
    );
    assert!(bad.out.contains("preflight-method-not-allowed"));
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

#[test]
fn explain_knows_rules_codes_and_lines() {
    let folder = folder();
    let list = run(&folder, &["explain"]);
    assert_eq!(list.status, 0);
    assert!(list.out.contains("allow-origin-missing"));
    for what in [
        "allow-origin-missing",
        "kMissingAllowOriginHeader",
        "CORSMissingAllowOrigin2",
        "net::ERR_FAILED",
        "Access to fetch at 'https://a.example/' from origin 'https://b.example' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
    ] {
        let page = run(&folder, &["explain", what]);
        assert_eq!(page.status, 0, "{what}");
        assert!(page.out.contains("allow-origin-missing"), "{what}");
    }
    let unquoted = run(
        &folder,
        &[
            "explain",
            "Origin",
            "https://b.example",
            "is",
            "not",
            "allowed",
            "by",
            "Access-Control-Allow-Origin.",
        ],
    );
    assert!(
        unquoted.out.contains("https://b.example"),
        "{}",
        unquoted.out
    );
    assert_eq!(run(&folder, &["explain", "nonsense"]).status, 2);
}

#[test]
fn explain_gives_a_servers_recipe_with_the_lines_values() {
    let folder = folder();
    let line = "Access to fetch at 'https://a.example/' from origin 'https://b.example' has been blocked by CORS policy: Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.";
    let page = run(&folder, &["explain", line, "--server", "nginx"]);
    assert_eq!(page.status, 0, "{}", page.err);
    assert!(page.out.contains("add_header"), "{}", page.out);
    assert!(page.out.contains("https://b.example") && page.out.contains("PUT"));
    let unknown = run(&folder, &["explain", "--server", "nginks"]);
    assert_eq!(unknown.status, 2);
    assert!(unknown.err.contains("nginx"), "{}", unknown.err);
}

#[test]
fn redact_keeps_what_is_no_secret_byte_for_byte() {
    let folder = folder();
    let clean = run(&folder, &["redact", "blocked.har"]);
    assert_eq!((clean.status, clean.out.as_str()), (0, BLOCKED));
    assert_eq!(clean.err, "corsight: no secrets found\n");
    let junk = run(&folder, &["redact", "picture.png", "--output", "clean.har"]);
    assert_eq!(junk.status, 2);
    assert!(!folder.path().join("clean.har").exists());
}

#[test]
fn packagers_get_schema_completions_and_manual_pages() {
    let folder = folder();
    let schema = run(&folder, &["schema"]);
    serde_json::from_str::<serde_json::Value>(&schema.out).unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(
            run(&folder, &["completions", shell])
                .out
                .contains("corsight"),
            "{shell}"
        );
    }
    assert!(run(&folder, &["man"]).out.contains(".TH"));
    assert!(
        run(&folder, &["man", "check"])
            .out
            .contains("corsight\\-check")
    );
    assert_eq!(run(&folder, &["man", "nonsense"]).status, 2);
}

#[test]
fn diff_tells_new_still_and_fixed_of_captures_and_reports() {
    let folder = folder();
    let worse = run(&folder, &["diff", "harmless.har", "blocked.har"]);
    assert_eq!(worse.status, 1, "{}", worse.err);
    assert!(
        worse
            .out
            .contains("new error[preflight-method-not-allowed]"),
        "{}",
        worse.out
    );
    let better = run(&folder, &["diff", "blocked.har", "harmless.har"]);
    assert_eq!(better.status, 0);
    assert!(better.out.contains("no longer seen"), "{}", better.out);
    assert!(
        better.out.contains("no cross-origin request at all"),
        "{}",
        better.out
    );
    run(
        &folder,
        &[
            "blocked.har",
            "--format",
            "ndjson",
            "--output",
            "known.ndjson",
        ],
    );
    let same = run(
        &folder,
        &["diff", "known.ndjson", "blocked.har", "--format", "json"],
    );
    assert_eq!(same.status, 0, "{}", same.err);
    let same: serde_json::Value = serde_json::from_str(&same.out).unwrap();
    assert_eq!(
        (&same["counts"]["new"], &same["counts"]["still"]),
        (&0.into(), &1.into())
    );
    let still = ["diff", "known.ndjson", "blocked.har", "--fail-on", "still"];
    assert_eq!(run(&folder, &still).status, 1);
    assert_eq!(
        run(&folder, &["diff", "blocked.har", "missing.har"]).status,
        2
    );
}

#[test]
fn a_baseline_shows_what_is_known_and_fails_nothing() {
    let folder = folder();
    run(
        &folder,
        &["blocked.har", "--format", "json", "--output", "known.json"],
    );
    let ran = run(&folder, &["blocked.har", "--baseline", "known.json"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(
        ran.out.contains("known, accepted by the baseline"),
        "{}",
        ran.out
    );
    for format in corsight::report::Format::ALL {
        let args = [
            "blocked.har",
            "--baseline",
            "known.json",
            "--format",
            format.name(),
        ];
        let ran = run(&folder, &args);
        assert_eq!(ran.status, 0, "{format}");
        assert!(!ran.out.is_empty(), "{format}");
    }
    let gone = run(&folder, &["harmless.har", "--baseline", "known.json"]);
    assert!(
        gone.out.contains("of the baseline, seen no more"),
        "{}",
        gone.out
    );
    let wrong = run(&folder, &["blocked.har", "--baseline", "blocked.har"]);
    assert_eq!(wrong.status, 2);
    assert!(
        wrong.err.contains("is no report of corsight"),
        "{}",
        wrong.err
    );
}

#[test]
fn a_batch_has_a_report_for_each_input_a_table_and_a_total() {
    let folder = folder();
    fs::write(folder.path().join("broken.har"), "{\"log\": 7}").unwrap();
    let args = [
        "blocked.har",
        "broken.har",
        "harmless.har",
        "--output-dir",
        "out",
        "--format",
        "json",
    ];
    let ran = run(&folder, &args);
    assert_eq!(ran.status, 2, "{}", ran.err);
    assert!(
        ran.out.contains("cannot be read") && ran.out.contains("total → out/total.json"),
        "{}",
        ran.out
    );
    let read = |name: &str| -> serde_json::Value {
        let text = fs::read(folder.path().join("out").join(name)).unwrap();
        serde_json::from_slice(&text).unwrap()
    };
    assert_eq!(
        read("blocked.har.json")["findings"][0]["rule"],
        "preflight-method-not-allowed"
    );
    assert_eq!(read("harmless.har.json")["summary"]["inputs"], 1);
    let total = read("total.json");
    assert_eq!(total["summary"]["inputs"], 2);
    assert_eq!(total["summary"]["failed_inputs"][0]["source"], "broken.har");
    assert_eq!(total["findings"], read("blocked.har.json")["findings"]);
    assert!(!folder.path().join("out/broken.har.json").exists());
}

#[test]
fn a_recipe_with_the_runs_values_follows_the_report() {
    let ran = run(&folder(), &["blocked.har", "--server", "nginx"]);
    assert!(
        ran.out.contains("nginx for https://api.example:"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("add_header Access-Control-Allow-Methods"),
        "{}",
        ran.out
    );
    let wrong = run(&folder(), &["blocked.har", "--server", "ngnix"]);
    assert!(
        wrong.status == 2 && wrong.err.contains("did you mean nginx"),
        "{}",
        wrong.err
    );
}

#[test]
fn verbose_shows_what_was_on_the_wire() {
    let folder = folder();
    let ran = run(&folder, &["blocked.har", "-v"]);
    assert!(
        ran.out.contains("> OPTIONS https://api.example/users/7"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("< "), "{}", ran.out);
    assert!(!run(&folder, &["blocked.har"]).out.contains("> OPTIONS"));
}
