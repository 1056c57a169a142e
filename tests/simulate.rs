//! `simulate` as a user runs it: the suggested policy mends what a policy can mend, in every sample.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod support;

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use support::{corsight, folders, run, samples, stdout};
use tempfile::TempDir;

/// Samples whose failure is not the server's CORS fields, or whose origin is to be left out; with the reason.
const NOT_MENDED: [&str; 12] = [
    // Another party failed.
    "blocked-beside-cors",
    "mixed-content",
    "network-failed-refused",
    "preflight-proxy-auth",
    // Redirects to where no policy reaches.
    "redirects-refused",
    // The origin is `null`, from the start or by a redirect to another origin.
    "origin-null-file-page",
    "preflight-redirect-https",
    "redirect-origin-became-null",
    "redirect-to-login",
    // The recording does not hold the answer that was refused.
    "looks-like-cors-but-is-not",
    "response-blocked-from-cache",
    // An origin that looks foreign is left out.
    "risk-origin-comparison",
];

fn with_keys(folder: &Path, args: &[&str]) -> Output {
    let mut command = corsight();
    command.current_dir(folder).args(args);
    if folder.join("tls-keys.log").is_file() {
        command.args(["--keylog", "tls-keys.log"]);
    }
    command.output().unwrap()
}

fn outcomes(output: &Output) -> Value {
    let text = stdout(output);
    let last = text.lines().last().unwrap();
    serde_json::from_str::<Value>(last).unwrap()["outcomes"].clone()
}

fn recordings(folder: &Path) -> Vec<PathBuf> {
    [
        "devtools.har",
        "firefox.har",
        "capture.pcap",
        "capture.pcapng",
    ]
    .map(|name| folder.join(name))
    .into_iter()
    .filter(|path| path.is_file())
    .collect()
}

#[test]
fn every_sample_passes_with_the_suggested_policy() {
    let scratch = TempDir::new().unwrap();
    let policy = scratch.path().join("cors.toml");
    let policy = policy.to_str().unwrap();
    let mut faults = Vec::new();
    for folder in folders(&samples()) {
        if !folder.join("truth.json").is_file() {
            continue;
        }
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        for recording in recordings(&folder) {
            let path = recording.to_str().unwrap();
            let suggested = with_keys(&folder, &["simulate", "--suggest", path, "-o", policy]);
            assert_eq!(suggested.status.code(), Some(0), "{path}");
            let tried = with_keys(
                &folder,
                &["simulate", "--policy", policy, path, "--format", "ndjson"],
            );
            let outcomes = outcomes(&tried);
            if tried.status.code() != Some(0) && !NOT_MENDED.contains(&name.as_str()) {
                faults.push(format!("{path}: {outcomes}"));
            }
            let blocked = with_keys(&folder, &["check", path, "-q"]).status.code() == Some(1);
            let mended =
                outcomes["fixed"].as_u64().unwrap() + outcomes["depends"].as_u64().unwrap();
            if blocked && mended == 0 && !NOT_MENDED.contains(&name.as_str()) {
                faults.push(format!("{path}: nothing is mended: {outcomes}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_suggestion_breaks_nobody_but_those_it_names() {
    let Some(oracle) = support::beside("oracle") else {
        eprintln!("skipped: ../shared/oracle is not here");
        return;
    };
    let scratch = TempDir::new().unwrap();
    let policy = scratch.path().join("cors.toml");
    let mut faults = Vec::new();
    for folder in folders(&oracle) {
        let har = folder.join("devtools.har");
        if !har.is_file() {
            continue;
        }
        let (har, file) = (har.to_str().unwrap(), policy.to_str().unwrap());
        run(["simulate", "--suggest", har, "-o", file]);
        let toml = fs::read_to_string(&policy).unwrap();
        let tried = run(["simulate", "--policy", file, har, "--format", "ndjson"]);
        for line in stdout(&tried).lines() {
            let replay: Value = serde_json::from_str(line).unwrap();
            let origin = replay["origin"].as_str().unwrap_or_default();
            let is_named = toml.contains(&format!("left out: {origin} "));
            if replay["outcome"] == "newly-broken" && !is_named {
                faults.push(format!(
                    "{har}: {origin} {} {}",
                    replay["url"], replay["then"]["rule"]
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_policy_that_forgets_the_page_breaks_it_and_the_status_says_so() {
    let scratch = TempDir::new().unwrap();
    let policy = scratch.path().join("cors.toml");
    fs::write(&policy, "origins = [\"https://elsewhere.test\"]\n").unwrap();
    let har = samples().join("all-fine/devtools.har");
    let args = [
        "simulate",
        "--policy",
        policy.to_str().unwrap(),
        har.to_str().unwrap(),
    ];
    let tried = run(args);
    assert_eq!(tried.status.code(), Some(1));
    let text = stdout(&tried);
    assert!(
        text.contains("newly broken") && text.contains("allow-origin-missing"),
        "{text}"
    );
    let tried = run(args.into_iter().chain(["--exit-zero", "--format", "json"]));
    assert_eq!(tried.status.code(), Some(0));
    let document: Value = serde_json::from_str(&stdout(&tried)).unwrap();
    assert!(
        document["simulation"]["outcomes"]["newly-broken"]
            .as_u64()
            .unwrap()
            > 0
    );
    assert_eq!(document["replays"][0]["outcome"], "newly-broken");
}

#[test]
fn the_output_is_the_same_for_any_number_of_threads() {
    let scratch = TempDir::new().unwrap();
    let policy = scratch.path().join("cors.toml");
    fs::write(&policy, "origins = [\"*\"]\nmethods = [\"PUT\"]\n").unwrap();
    let out = |jobs: &str| {
        let folder = samples();
        stdout(&run([
            "simulate",
            "--policy",
            policy.to_str().unwrap(),
            folder.to_str().unwrap(),
            "--format",
            "ndjson",
            "-j",
            jobs,
        ]))
    };
    let one = out("1");
    assert!(one.lines().count() > 50);
    assert_eq!(one, out("4"));
}

#[test]
fn a_stranger_is_left_out_and_named() {
    let scratch = TempDir::new().unwrap();
    let har = scratch.path().join("proxy.har");
    let entry = |origin: &str, allow: &str| {
        format!(
            r#"{{"startedDateTime":"2026-11-20T10:00:00Z","time":5,"request":{{"method":"GET","url":"https://api.shop.test/prices","httpVersion":"HTTP/1.1","headers":[{{"name":"Origin","value":"{origin}"}},{{"name":"Sec-Fetch-Mode","value":"cors"}},{{"name":"User-Agent","value":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"}}]}},"response":{{"status":200,"httpVersion":"HTTP/1.1","headers":[{{"name":"Content-Type","value":"text/plain"}}{allow}],"content":{{"size":2,"mimeType":"text/plain"}}}},"timings":{{"send":1,"wait":3,"receive":1}}}}"#
        )
    };
    let allow = r#",{"name":"Access-Control-Allow-Origin","value":"https://www.shop.test"}"#;
    let entries = [
        entry("https://www.shop.test", allow),
        entry("https://beta.shop.test", ""),
        entry("https://price-hunter.example", ""),
        entry("null", ""),
    ];
    let text = format!(
        r#"{{"log":{{"version":"1.2","creator":{{"name":"mitmproxy","version":"12"}},"entries":[{}]}}}}"#,
        entries.join(",")
    );
    fs::write(&har, text).unwrap();
    let suggested = stdout(&run(["simulate", "--suggest", har.to_str().unwrap()]));
    assert!(
        suggested.contains(r#"origins = ["https://beta.shop.test", "https://www.shop.test"]"#),
        "{suggested}"
    );
    for stranger in ["https://price-hunter.example", "null"] {
        assert!(
            suggested.contains(&format!("# left out: {stranger} (")),
            "{suggested}"
        );
    }
    let recipe = run([
        "simulate",
        "--suggest",
        har.to_str().unwrap(),
        "--server",
        "nginx",
    ]);
    let text = stdout(&recipe);
    assert!(
        text.contains(r#""https://beta.shop.test" "https://beta.shop.test";"#),
        "{text}"
    );
    assert!(!text.contains("price-hunter"), "{text}");
    assert!(String::from_utf8_lossy(&recipe.stderr).contains("price-hunter"));
}

#[test]
fn mistakes_on_the_command_line_are_told() {
    let scratch = TempDir::new().unwrap();
    let policy = scratch.path().join("cors.toml");
    fs::write(&policy, "origins = [\"https://app.test/\"]\n").unwrap();
    let policy = policy.to_str().unwrap();
    for (args, part) in [
        (
            &["simulate", "--policy", policy, "x.har"][..],
            "slash at its end",
        ),
        (
            &["simulate", "--policy", "missing.toml", "x.har"],
            "missing.toml",
        ),
        (&["simulate", "x.har"], "--policy"),
        (
            &["simulate", "--policy", policy, "--suggest", "x.har"],
            "cannot be used with",
        ),
        (
            &["simulate", "--suggest", "--server", "ngnix", "x.har"],
            "nginx",
        ),
    ] {
        let output = run(args.iter().copied());
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(text.contains(part), "{args:?}: {text}");
    }
}
