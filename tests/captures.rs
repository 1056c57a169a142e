//! Captures as production gives them: rotated into files, cut anywhere, from a pipe while they grow.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod support;

use corsight::analysis::{self, Options};
use corsight::caveat::CaveatKind;
use corsight::finding::Summary;
use corsight::http::Exchange;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
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

#[test]
fn findings_of_a_live_capture_are_told_while_it_goes_on() {
    let mut child = corsight()
        .args(["check", "--format", "ndjson", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(&fs::read(samples().join(SAMPLE).join("capture.pcap")).unwrap())
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let (sender, lines) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut line = String::new();
        while out.read_line(&mut line).unwrap() > 0 {
            let _ = sender.send(std::mem::take(&mut line));
        }
    });
    let first = lines.recv_timeout(Duration::from_secs(60)).unwrap();
    assert!(first.contains("preflight-method-not-allowed"), "{first}");
    // Only now does it end.
    drop(pipe);
    reader.join().unwrap();
    assert!(
        lines
            .try_iter()
            .any(|line| line.contains(r#""type":"summary""#))
    );
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

/// What the library makes of a file: the exchanges in their order, and the summary; `None` when it gives nothing.
fn extract(path: &Path) -> Option<(Vec<Exchange>, Summary)> {
    let found = corsight::input::discover(&[path]);
    let (mut exchanges, mut failed) = (Vec::new(), 0);
    let options = Options::default();
    let summary = analysis::extract(
        &found.sources,
        &options,
        &mut |extracted| {
            exchanges.push(extracted.exchange.clone());
            Ok(())
        },
        &mut |_| failed += 1,
        &|_| {},
    )
    .unwrap();
    (summary.inputs == 1).then_some((exchanges, summary))
}

#[test]
fn hard_captures_give_what_is_expected() {
    let folder = samples().join("hard-captures");
    let mut names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".pcap"))
        .collect();
    names.sort();
    let mut runs: Vec<Vec<&str>> = names.iter().map(|name| vec![name.as_str()]).collect();
    runs.push(vec!["--as-one", "rotated-1.pcap.gz", "rotated-2.pcap.gz"]);
    let mut report = String::new();
    for arguments in runs {
        let mut command = corsight();
        command.current_dir(&folder).arg("extract").args(&arguments);
        let output = command.output().unwrap();
        let line = arguments.join(" ");
        report.push_str(&format!("$ corsight extract {line}\n{}\n", stdout(&output)));
    }
    let expected = folder.join("expected.txt");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&expected, &report).unwrap();
    }
    assert_eq!(fs::read_to_string(&expected).unwrap_or_default(), report);
}

#[test]
fn a_capture_cut_anywhere_gives_what_stands_before_the_cut() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("cut");
    for sample in [
        "allow-origin-missing/capture.pcap",
        "allow-origin-trailing-slash/capture.pcapng",
    ] {
        let bytes = fs::read(samples().join(sample)).unwrap();
        let (whole, _) = extract(&samples().join(sample)).unwrap();
        // Every cut near the start, then such that all remainders occur.
        for end in (0..300).chain((300..bytes.len()).step_by(7)) {
            fs::write(&path, &bytes[..end]).unwrap();
            let Some((exchanges, summary)) = extract(&path) else {
                continue;
            };
            let is_whole = |exchange: &&Exchange| {
                exchange.response.is_some()
                    && !exchange.caveats.contains(CaveatKind::IncompleteBody)
            };
            let complete: Vec<_> = exchanges
                .iter()
                .filter(is_whole)
                .map(Exchange::url)
                .collect();
            let expected: Vec<_> = whole.iter().map(Exchange::url).collect();
            assert!(
                expected.starts_with(&complete),
                "{sample} up to {end}: {complete:?}"
            );
            let cuts = summary.caveats.get(&CaveatKind::TruncatedFile).copied();
            assert!(cuts.unwrap_or(0) <= 1, "{sample} up to {end}");
        }
    }
}

/// Numbers that are the same on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        // xorshift64.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }

    /// Does one kind of damage that files and networks do, and some that only an attacker does.
    fn damage(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len());
        let len = 1 + self.below(200).min(bytes.len().saturating_sub(at + 1));
        match self.below(6) {
            0 => bytes.truncate(at),
            1 => {
                bytes.drain(at..(at + len).min(bytes.len()));
            }
            2 => {
                let copy = bytes[at..(at + len).min(bytes.len())].to_vec();
                let to = self.below(bytes.len());
                bytes.splice(to..to, copy);
            }
            3 => bytes[at..].iter_mut().take(4).for_each(|byte| *byte = 0xff),
            4 => bytes[at..].iter_mut().take(len).for_each(|byte| *byte = 0),
            _ => bytes[at] ^= 1 << self.below(8),
        }
    }
}

/// The seeded twin of the fuzz targets, for every run of the tests. `CORSIGHT_MUTATIONS` says how many per sample.
#[test]
fn damaged_samples_are_survived() {
    let count = std::env::var("CORSIGHT_MUTATIONS")
        .ok()
        .and_then(|count| count.parse().ok());
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("damaged");
    let mut random = Random(0x5eed);
    for file in recordings() {
        let original = fs::read(&file).unwrap();
        for _ in 0..count.unwrap_or(3) {
            let mut bytes = original.clone();
            for _ in 0..=random.below(8) {
                if !bytes.is_empty() {
                    random.damage(&mut bytes);
                }
            }
            fs::write(&path, &bytes).unwrap();
            let begun = Instant::now();
            extract(&path);
            let took = begun.elapsed();
            assert!(
                took < Duration::from_secs(20),
                "{} took {took:?}",
                file.display()
            );
        }
    }
}

/// All captures and HAR files of the samples.
fn recordings() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = support::folders(&samples())
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            [".pcap", ".pcapng", ".har"]
                .iter()
                .any(|end| name.contains(end))
        })
        .collect();
    files.sort();
    files
}
