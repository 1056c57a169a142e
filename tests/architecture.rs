//! Holds the house to its plan: which room may use which, who opens files, how large a file may grow.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Room → the rooms it may name. `error caveat limits time` are open to all.
const MAY_USE: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("caveat", &[]),
    ("limits", &[]),
    ("time", &[]),
    ("input", &[]),
    ("capture", &[]),
    ("net", &["capture"]),
    ("tls", &["net"]),
    ("http", &["net"]),
    ("quic", &["net", "tls", "http"]),
    ("fetch", &["http"]),
    ("finding", &["http"]),
    ("har", &["input", "http"]),
    ("cors", &["http", "fetch", "finding"]),
    ("redact", &["http", "finding"]),
    ("rules", &["cors", "fetch", "finding", "http"]),
    ("causes", &["cors", "fetch", "finding", "http"]),
    ("fixes", &["finding", "fetch", "http"]),
    ("simulate", &["cors", "fetch", "finding", "http", "rules"]),
    (
        "report",
        &["finding", "redact", "http", "cors", "rules", "simulate"],
    ),
    (
        "analysis",
        &[
            "input", "capture", "net", "tls", "http", "quic", "har", "fetch", "cors", "finding",
            "rules", "causes", "fixes", "redact", "report", "simulate",
        ],
    ),
];

/// Open to every room.
const GROUND: &[&str] = &["error", "caveat", "limits", "time"];

#[test]
fn rooms_use_only_the_rooms_below_them() {
    let allowed: BTreeMap<_, BTreeSet<_>> = MAY_USE
        .iter()
        .map(|(room, uses)| (*room, uses.iter().chain(GROUND).copied().collect()))
        .collect();
    let mut faults = Vec::new();
    for (path, text) in sources() {
        let room = room_of(&path);
        if matches!(room.as_str(), "lib" | "main" | "cli") {
            continue;
        }
        let Some(uses) = allowed.get(room.as_str()) else {
            faults.push(format!(
                "{} is in a room that the plan does not know",
                path.display()
            ));
            continue;
        };
        for used in rooms_named_in(&text) {
            if used != room && !uses.contains(used.as_str()) {
                faults.push(format!("{} names crate::{used}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_plan_has_no_circle() {
    let uses: BTreeMap<_, _> = MAY_USE.iter().copied().collect();
    for (room, _) in MAY_USE {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&str> = uses[room].to_vec();
        while let Some(next) = open.pop() {
            assert_ne!(next, *room, "{room} reaches itself");
            if reached.insert(next) {
                open.extend(uses.get(next).into_iter().flat_map(|below| below.iter()));
            }
        }
    }
}

#[test]
fn only_input_opens_inputs_and_only_the_command_line_writes_files() {
    let faults: Vec<_> = sources()
        .into_iter()
        .filter(|(path, _)| !matches!(room_of(path).as_str(), "input" | "cli" | "main"))
        .filter(|(path, _)| !is_test(path))
        .filter(|(_, text)| {
            let code = without_tests(text);
            code.contains("File::") || code.contains("fs::read")
        })
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(faults.is_empty(), "open files: {faults:?}");
}

#[test]
fn nothing_below_the_command_line_asks_the_clock() {
    let faults: Vec<_> = sources()
        .into_iter()
        .filter(|(path, _)| !matches!(room_of(path).as_str(), "cli" | "main"))
        .filter(|(_, text)| text.contains("Instant::now") || text.contains("SystemTime::now"))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(faults.is_empty(), "ask the clock: {faults:?}");
}

#[test]
fn a_stranger_can_read_any_file_in_one_sitting() {
    let faults: Vec<_> = sources()
        .into_iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > 700)
        .map(|(path, lines)| format!("{} has {lines} lines", path.display()))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_file_says_first_what_it_is_for() {
    let faults: Vec<_> = sources()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(faults.is_empty(), "no opening line: {faults:?}");
}

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(&root).unwrap().to_owned(), text));
            }
        }
    }
    found.sort();
    found
}

fn room_of(path: &Path) -> String {
    let first = path
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// Names that follow `crate::` in code, doc comments aside; items re-exported at the root count as their room.
fn rooms_named_in(text: &str) -> BTreeSet<String> {
    without_tests(text)
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| {
            line.split("crate::")
                .skip(1)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect::<String>()
        })
        .map(|name| match name.as_str() {
            "Error" | "ErrorKind" => "error".to_owned(),
            "Limits" => "limits".to_owned(),
            "Finding" => "finding".to_owned(),
            _ => name,
        })
        .filter(|name| !name.is_empty())
        .collect()
}

/// The file up to its test module.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

/// A file of tests alone.
fn is_test(path: &Path) -> bool {
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    name == "tests" || name == "testing" || name.ends_with("_tests")
}
