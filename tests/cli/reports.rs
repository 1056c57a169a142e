//! Reports: several in one pass, merged, compared, accepted, one for each input.

use super::*;

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
