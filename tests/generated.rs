//! Generated inputs with injected violations: what is found is the truth, for any disorder, container, number of threads
//! and size of reads. The large ones are run by `benches/compare`.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

#[path = "../benches/support/mod.rs"]
mod generator;
mod support;

use generator::capture::{self, Shape};
use generator::disorder::Disorder;
use generator::frames::Container;
use generator::har;
use generator::score::{Score, Truth};
use generator::truth::Totals;
use std::io::Write as _;
use std::process::Stdio;
use std::thread;

const SIZE: u64 = 2 << 20;

/// An input in memory.
struct Made {
    file: Vec<u8>,
    truth: Vec<u8>,
    totals: Totals,
}

impl Made {
    fn capture(shape: &Shape, seed: u64) -> Self {
        let (mut file, mut truth) = (Vec::new(), Vec::new());
        let totals = capture::write(shape, SIZE, seed, &mut file, &mut truth).unwrap();
        Self {
            file,
            truth,
            totals,
        }
    }

    fn har(shape: &har::Shape, seed: u64) -> Self {
        let (mut file, mut truth) = (Vec::new(), Vec::new());
        let totals = har::write(shape, SIZE, seed, &mut file, &mut truth).unwrap();
        Self {
            file,
            truth,
            totals,
        }
    }

    fn truth(&self) -> Truth {
        Truth::read(self.truth.as_slice()).unwrap()
    }

    fn findings(&self) -> Score {
        self.truth()
            .findings(said(&self.file, &["check", "--format", "ndjson"]).as_slice())
            .unwrap()
    }

    fn exchanges(&self) -> Score {
        self.truth()
            .exchanges(said(&self.file, &["extract", "--format", "ndjson"]).as_slice())
            .unwrap()
    }
}

/// A capture with a violation in every second call.
fn shape(profile: &str) -> Shape {
    let mut shape = Shape::named(profile).unwrap();
    shape.habits.violations = 0.5;
    shape
}

/// What the program writes about `file`, from standard input.
fn said(file: &[u8], arguments: &[&str]) -> Vec<u8> {
    said_in_pieces(file, usize::MAX, arguments)
}

fn said_in_pieces(file: &[u8], piece: usize, arguments: &[&str]) -> Vec<u8> {
    let mut command = support::corsight();
    command
        .args(arguments)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    thread::scope(|scope| {
        scope.spawn(move || {
            file.chunks(piece)
                .for_each(|bytes| stdin.write_all(bytes).unwrap())
        });
        child.wait_with_output().unwrap().stdout
    })
}

fn assert_all_found(score: &Score, what: &str) {
    assert_eq!(
        (score.found, score.false_alarms),
        (score.expected, 0),
        "{what}: {score:?}"
    );
    assert!(score.expected > 0, "{what}: nothing to find");
}

#[test]
fn every_violation_in_a_capture_is_found_and_nothing_else() {
    for profile in ["mixed", "api", "bodies"] {
        let made = Made::capture(&shape(profile), 1);
        assert_all_found(&made.findings(), profile);
        let exchanges = made.exchanges();
        assert_eq!(
            exchanges.found, exchanges.expected,
            "{profile}: {exchanges:?}"
        );
    }
}

#[test]
fn every_violation_in_a_har_is_found_and_nothing_else() {
    for profile in ["api", "minified", "bodies"] {
        let mut shape = har::Shape::named(profile).unwrap();
        shape.habits.violations = 0.5;
        let made = Made::har(&shape, 2);
        assert_all_found(&made.findings(), profile);
        assert_all_found(&made.exchanges(), profile);
    }
}

#[test]
fn damage_raises_no_false_alarm_and_costs_only_what_it_touches() {
    let made = Made::capture(&shape("hostile"), 3);
    let (findings, exchanges) = (made.findings(), made.exchanges());
    assert_eq!(findings.false_alarms, 0, "{findings:?}");
    assert_eq!(exchanges.found, exchanges.expected, "{exchanges:?}");
}

#[test]
fn any_disorder_without_loss_is_put_in_order() {
    let mut wild = shape("api");
    wild.disorder = Disorder {
        late: 0.05,
        reorder: 0.2,
        retransmit: 0.1,
        overlap: 0.1,
        ..Disorder::default()
    };
    let made = Made::capture(&wild, 4);
    assert_eq!(made.totals.whole, made.totals.exchanges);
    assert_all_found(&made.findings(), "findings");
    assert_all_found(&made.exchanges(), "exchanges");
}

#[test]
fn the_other_container_holds_the_same() {
    let pcap = shape("api").tidy();
    let pcapng = Shape {
        container: Container::Pcapng,
        ..pcap.clone()
    };
    let made = Made::capture(&pcapng, 5);
    assert_eq!(made.truth, Made::capture(&pcap, 5).truth);
    assert_all_found(&made.findings(), "pcapng");
}

#[test]
fn the_report_is_the_same_for_any_threads_and_any_reads_from_file_or_pipe() {
    let inputs = [
        Made::capture(&shape("mixed"), 6),
        Made::har(&har::Shape::named("api").unwrap(), 6),
    ];
    for made in inputs {
        let folder = tempfile::tempdir().unwrap();
        // What the report calls the other one.
        std::fs::write(folder.path().join("(stdin)"), &made.file).unwrap();
        for format in ["ndjson", "text", "html"] {
            let check = ["check", "--format", format];
            let piped = said(&made.file, &check);
            assert!(piped.len() > 1000);
            for jobs in ["1", "2", "7"] {
                let check = [&check[..], &["-j", jobs]].concat();
                let in_pieces = said_in_pieces(&made.file, 1021, &check);
                assert!(in_pieces == piped, "{format}, -j {jobs}, small reads");
                let mut command = support::corsight();
                command.current_dir(&folder).args(&check).arg("(stdin)");
                let of_file = command.output().unwrap().stdout;
                assert!(of_file == piped, "{format}, -j {jobs}, from a file");
            }
        }
    }
}

#[test]
fn the_same_seed_makes_the_same_file_and_another_seed_another() {
    let shape = shape("mixed");
    let (one, same, other) = (
        Made::capture(&shape, 7),
        Made::capture(&shape, 7),
        Made::capture(&shape, 8),
    );
    assert!(one.file == same.file && one.truth == same.truth);
    assert!(one.file != other.file);
}

#[test]
fn what_is_made_is_about_as_large_as_asked_for() {
    for profile in ["mixed", "api", "hostile"] {
        let totals = Made::capture(&shape(profile), 9).totals;
        assert!(
            totals.bytes > SIZE && totals.bytes < 4 * SIZE,
            "{profile}: {totals:?}"
        );
    }
}
