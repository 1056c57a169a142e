//! What surrounds a run: other names, other traffic, strange folders, full disks.

use super::*;
use serde_json::Value;

fn fingerprints(folder: &TempDir, input: &str) -> Vec<String> {
    let report = run(folder, &[input, "--format", "json"]).out;
    let report: Value = serde_json::from_str(&report).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let prints = findings.iter().map(|one| one["fingerprint"].to_string());
    prints.collect()
}

#[test]
fn a_finding_keeps_its_fingerprint_under_another_name_and_beside_other_traffic() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("moved/here")).unwrap();
    fs::write(path("one.har"), BLOCKED).unwrap();
    fs::write(path("moved/here/re named.har"), BLOCKED).unwrap();
    let mut har: Value = serde_json::from_str(BLOCKED).unwrap();
    let other: Value = serde_json::from_str(HARMLESS).unwrap();
    let entries = har["log"]["entries"].as_array_mut().unwrap();
    entries.insert(0, other["log"]["entries"][0].clone());
    fs::write(path("more.har"), har.to_string()).unwrap();
    let known = fingerprints(&folder, "one.har");
    assert_eq!(known.len(), 1);
    assert_eq!(fingerprints(&folder, "moved/here/re named.har"), known);
    assert_eq!(fingerprints(&folder, "more.har"), known);
}

#[test]
fn a_folder_of_anything_gives_a_report_of_what_can_be_read() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join("all").join(name);
    fs::create_dir_all(path("deeper")).unwrap();
    let names = ["a b.har", "ünïcode.har", "deeper/x", "-v", "new\nline.har"];
    for name in names {
        fs::write(path(name), BLOCKED).unwrap();
    }
    fs::write(path("cut.har"), &BLOCKED[..700]).unwrap();
    fs::write(path("empty.har"), "").unwrap();
    fs::write(path("notes.txt"), "no capture").unwrap();
    #[cfg(unix)]
    for (name, target) in [("dangling.har", "/nonexistent"), ("loop", ".")] {
        std::os::unix::fs::symlink(target, path(name)).unwrap();
    }
    let args = ["check", "all", "--format", "html", "--output-dir", "out"];
    let told = run(&folder, &args);
    assert_eq!(told.status, 2, "{}", told.err);
    assert!(told.err.contains("cut.har"), "{}", told.err);
    // A line each: no name breaks the table.
    for line in told.out.lines() {
        assert!(line.contains("→") || !line.contains("line.har"), "{line}");
    }
    let written = fs::read_dir(folder.path().join("out")).unwrap().count();
    assert!(written > names.len(), "{}", told.out);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_one_clear_line_and_status_2() {
    let folder = folder();
    fs::write(folder.path().join("one.har"), BLOCKED).unwrap();
    let formats = corsight::report::Format::ALL;
    let formats = formats.iter().filter(|format| format.name() != "parquet");
    let mut runs: Vec<Vec<&str>> = formats
        .map(|format| vec!["check", "one.har", "--format", format.name()])
        .collect();
    runs.push(vec!["extract", "one.har"]);
    runs.push(vec!["redact", "one.har"]);
    runs.push(vec!["schema"]);
    for args in runs {
        let full = fs::File::create("/dev/full").unwrap();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_corsight"))
            .current_dir(folder.path())
            .args(&args)
            .stdout(full)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {told}");
        assert!(
            told.contains("standard output: cannot be written"),
            "{args:?}: {told}"
        );
        assert!(!told.contains("panicked"), "{args:?}: {told}");
    }
}
