//! What surrounds the reports: settings, links, suggestions for what was mistyped.
#![allow(clippy::unwrap_used)]

use assert_cmd::Command;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// The program in `folder`, with nothing of the caller's environment that changes output.
fn corsight(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("corsight").unwrap();
    command.current_dir(folder).env_clear().env("TERM", "xterm");
    command
}

/// A folder with `blocked.har`: a DELETE whose preflight answer does not list it.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("samples/preflight-method-not-allowed/devtools.har");
    fs::copy(sample, folder.path().join("blocked.har")).unwrap();
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
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn settings_come_from_the_named_file_and_never_from_beside_the_capture() {
    let folder = folder();
    let path = folder.path();
    fs::write(path.join("corsight.toml"), "[check]\nformat = \"json\"\n").unwrap();
    assert!(
        run(&folder, &["blocked.har"])
            .out
            .contains("error[preflight")
    );
    for ran in [
        run(&folder, &["--config=corsight.toml", "blocked.har"]),
        run(&folder, &["blocked.har", "--config", "corsight.toml"]),
        ran(corsight(path)
            .env("CORSIGHT_CONFIG", "corsight.toml")
            .arg("blocked.har")),
    ] {
        assert!(
            ran.out.starts_with("{\"schema\":1"),
            "{} {}",
            ran.out,
            ran.err
        );
    }
    fs::create_dir(path.join("corsight")).unwrap();
    fs::rename(
        path.join("corsight.toml"),
        path.join("corsight/corsight.toml"),
    )
    .unwrap();
    let own = ran(corsight(path)
        .env("XDG_CONFIG_HOME", path)
        .arg("blocked.har"));
    assert!(own.out.starts_with("{\"schema\":1"), "{}", own.err);
    let relative = ran(corsight(path)
        .env("XDG_CONFIG_HOME", ".")
        .arg("blocked.har"));
    assert!(relative.out.contains("error[preflight"), "{}", relative.out);
    fs::write(path.join("wrong.toml"), "[check]\nformats = 1\n").unwrap();
    let wrong = run(&folder, &["blocked.har", "--config", "wrong.toml"]);
    assert_eq!(wrong.status, 2);
    assert!(
        wrong.err.contains("line 2") && wrong.err.contains("formats"),
        "{}",
        wrong.err
    );
    assert_eq!(
        run(&folder, &["blocked.har", "--config", "none.toml"]).status,
        2
    );
}

#[test]
fn settings_reach_every_command_that_analyses() {
    let folder = folder();
    let path = folder.path();
    fs::write(path.join("own.toml"), "jobs = 1\nkeylog = [\"none.log\"]\n").unwrap();
    fs::write(path.join("cors.toml"), "origins = [\"*\"]\n").unwrap();
    for command in [
        &["check"][..],
        &["extract"],
        &["simulate", "--policy", "cors.toml"],
    ] {
        let args = [command, &["--config", "own.toml", "blocked.har"]].concat();
        let ran = run(&folder, &args);
        assert!(ran.err.contains("none.log"), "{command:?}: {}", ran.err);
    }
}

#[test]
fn links_are_written_only_where_they_are_wanted() {
    let folder = folder();
    let linked = run(&folder, &["blocked.har", "--hyperlinks", "always"]).out;
    assert!(
        linked.contains("\u{1b}]8;;file:///") && linked.contains("/blocked.har\u{1b}\\"),
        "{linked}"
    );
    assert!(
        linked.contains("Errors/CORSMethodNotFound") && linked.contains("#cors-preflight-fetch")
    );
    let plain = run(&folder, &["blocked.har"]).out;
    assert!(!plain.contains('\u{1b}'));
    // Without its links the report is the same.
    let unlinked: String = linked
        .split("\u{1b}]8;;")
        .map(|part| part.split_once("\u{1b}\\").map_or(part, |(_, text)| text))
        .collect();
    assert_eq!(unlinked, plain);
    let args = ["blocked.har", "--hyperlinks", "always", "--output", "a.txt"];
    run(&folder, &args);
    let file = fs::read_to_string(folder.path().join("a.txt")).unwrap();
    assert!(!file.contains('\u{1b}'));
    let pages = run(&folder, &["explain", "--hyperlinks", "always"]).out;
    assert!(pages.contains("\u{1b}]8;;https"));
}

#[test]
fn a_hidden_name_leads_nowhere() {
    let folder = folder();
    let named = folder.path().join("app.example.com.har");
    fs::rename(folder.path().join("blocked.har"), named).unwrap();
    let args = [
        "app.example.com.har",
        "--hyperlinks=always",
        "--redact-hosts",
    ];
    let hidden = run(&folder, &args).out;
    assert!(
        hidden.contains("\u{1b}]8;;https") && !hidden.contains("app.example.com"),
        "{hidden}"
    );
}

#[test]
fn what_was_mistyped_is_guessed() {
    let folder = folder();
    for (args, meant) in [
        (&["exlpain"][..], "`explain`"),
        (&["man", "chekc"], "`check`"),
        (&["blocked.har", "--format", "jason"], "'json'"),
        (&["blocked.har", "--report", "sarf=a"], "`sarif`"),
        (
            &["blocked.har", "--rule", "allow-orgin-mising"],
            "`allow-origin-missing`",
        ),
        (&["explain", "allow-orgin-mising"], "allow-origin-missing"),
        (&["explain", "method-not-lsited"], "method-not-listed"),
        (&["explain", "--server", "ngnix"], "nginx"),
        (&["blocked.har", "--fail-onn", "risk"], "--fail-on"),
    ] {
        let ran = run(&folder, args);
        assert_eq!(ran.status, 2, "{args:?}");
        assert!(ran.err.contains(meant), "{args:?}: {}", ran.err);
    }
}
