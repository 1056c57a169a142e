//! The whole job on a file, by profile: reading, all stages, pairing, rules, causes, and an NDJSON report, on all cores.
//!
//! What was found is held against the generator's truth.

#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use corsight::analysis::{self, Options};
use corsight::finding::{Severity, Summary};
use corsight::input::{Source, SourcePlace};
use corsight::report::{self, Format, Look};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::fs::File;
use std::io::{BufWriter, Write as _, sink};
use std::path::Path;
use std::time::Duration;
use support::truth::Totals;
use support::{capture, har};

const SIZE: u64 = 16 << 20;

fn profiles(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let mut group = criterion.benchmark_group("whole");
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    for name in [
        "pcap mixed",
        "pcap api",
        "pcap bodies",
        "pcap hostile",
        "har api",
        "har minified",
        "har bodies",
    ] {
        let path = folder.path().join(name);
        let totals = make(name, &path);
        group.throughput(Throughput::Bytes(totals.bytes));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let summary = check(&path);
                let blocked = summary
                    .findings
                    .get(&Severity::Blocked)
                    .copied()
                    .unwrap_or_default();
                // Requests that never end are exchanges too.
                assert!(summary.exchanges >= totals.exchanges);
                assert!(blocked > 0 && blocked <= totals.violations);
            });
        });
    }
    group.finish();
}

/// An input of which nothing is missing.
fn make(name: &str, path: &Path) -> Totals {
    let mut out = BufWriter::new(File::create(path).unwrap());
    let totals = match name.split_once(' ').unwrap() {
        ("pcap", profile) => {
            let mut shape = capture::Shape::named(profile).unwrap();
            shape.disorder = shape.disorder.without_damage();
            capture::write(&shape, SIZE, 1, &mut out, &mut sink())
        }
        (_, profile) => har::write(
            &har::Shape::named(profile).unwrap(),
            SIZE,
            1,
            &mut out,
            &mut sink(),
        ),
    };
    out.flush().unwrap();
    totals.unwrap()
}

fn check(path: &Path) -> Summary {
    let source = Source {
        name: "input".to_owned(),
        place: SourcePlace::File(path.to_owned()),
    };
    let mut report = report::sink(Format::Ndjson, Box::new(sink()), Look::default());
    let mut failed = |error: &corsight::Error| panic!("{error}");
    analysis::check(
        &[source],
        &Options::default(),
        &mut *report,
        &mut failed,
        &|_| (),
    )
    .unwrap()
}

criterion_group!(benches, profiles);
criterion_main!(benches);
