//! Captures as production gives them: rotated into files, cut anywhere, from a pipe while they grow.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use support::{corsight, samples, stdout};
use tempfile::TempDir;

/// A pcap file of the samples, record by record.
struct Capture {
    header: Vec<u8>,
    records: Vec<Vec<u8>>,
}

impl Capture {
    fn of(sample: &str) -> Self {
        let bytes = fs::read(samples().join(sample).join("capture.pcap")).unwrap();
        let (header, mut rest) = bytes.split_at(24);
        let mut records = Vec::new();
        while !rest.is_empty() {
            let length = u32::from_le_bytes(rest[8..12].try_into().unwrap()) as usize;
            let (record, after) = rest.split_at(16 + length);
            records.push(record.to_vec());
            rest = after;
        }
        Self {
            header: header.to_vec(),
            records,
        }
    }

    /// A file of some of its records.
    fn file(&self, records: std::ops::Range<usize>) -> Vec<u8> {
        [&self.header, &self.records[records].concat()[..]].concat()
    }

    /// Writes it to files of `count` records each, named as `tcpdump -C` does.
    fn rotate(&self, folder: &Path, count: usize) -> Vec<PathBuf> {
        let starts = (0..self.records.len()).step_by(count);
        let mut paths = Vec::new();
        for (number, start) in starts.enumerate() {
            let counter = if number == 0 {
                String::new()
            } else {
                number.to_string()
            };
            let path = folder.join(format!("dump.pcap{counter}"));
            let end = (start + count).min(self.records.len());
            fs::write(&path, self.file(start..end)).unwrap();
            paths.push(path);
        }
        paths
    }
}

/// The exchanges of a run, without the names of files. Frames are counted on from file to file.
fn exchanges(arguments: &[&str], paths: &[PathBuf]) -> Vec<serde_json::Value> {
    let output = corsight()
        .args(["extract", "--format", "ndjson", "-q"])
        .args(arguments)
        .args(paths)
        .output()
        .unwrap();
    let lines = stdout(&output);
    let parsed = lines.lines().map(|line| {
        let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
        line.as_object_mut().unwrap().remove("source");
        line
    });
    parsed.collect()
}

const SAMPLE: &str = "preflight-method-not-allowed";

#[test]
fn a_rotated_capture_read_as_one_gives_what_the_whole_gives() {
    let capture = Capture::of(SAMPLE);
    let folder = TempDir::new().unwrap();
    let whole = exchanges(&[], &[samples().join(SAMPLE).join("capture.pcap")]);
    assert!(!whole.is_empty());
    for count in [1, 2, 5] {
        let mut paths = capture.rotate(folder.path(), count);
        // As shells sort: dump.pcap10 stands before dump.pcap2.
        paths.sort();
        assert_eq!(
            exchanges(&["--as-one"], &paths),
            whole,
            "{count} records a file"
        );
        for path in paths {
            fs::remove_file(path).unwrap();
        }
    }
}

#[test]
fn files_that_look_rotated_are_told_once() {
    let folder = TempDir::new().unwrap();
    let paths = Capture::of(SAMPLE).rotate(folder.path(), 6);
    for command in ["check", "extract"] {
        let run = |more: &[&str]| {
            let output = corsight()
                .arg(command)
                .args(more)
                .args(&paths)
                .output()
                .unwrap();
            stdout(&output)
        };
        assert_eq!(
            run(&[]).matches("--as-one joins them").count(),
            1,
            "{command}"
        );
        assert!(
            !run(&["--as-one"]).contains("--as-one joins them"),
            "{command}"
        );
    }
    let output = corsight()
        .args(["extract", "--format", "ndjson"])
        .args(&paths)
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("hint: "), "{told}");
    assert!(told.contains("carried: "), "{told}");
}
