//! Exchanges → transactions → findings → reports: what pairing, rules, causes and each report format cost.
//!
//! Throughput is exchanges, transactions and findings, since their bytes are long gone; each result is checked.

#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use corsight::causes::Patterns;
use corsight::cors::{CorsFetch, Decided, Pairing};
use corsight::finding::{Finding, Summary};
use corsight::har::{Converter, Head, Index, Part, Splitter};
use corsight::http::{Exchange, Interest, SourceId};
use corsight::redact::Redactor;
use corsight::report::{self, Format, Look, Redacting, Sink as _};
use corsight::rules::{self, Policy, Survey};
use corsight::{Limits, causes};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::io::{Write, sink};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use support::har::{Shape, write};
use support::truth::Totals;

/// Findings of one report.
const FINDINGS: usize = 10_000;

fn verdicts(criterion: &mut Criterion) {
    let (exchanges, totals) = exchanges();
    let fetches = pair(&exchanges, &totals);
    let findings = judge(&fetches);
    let mut group = criterion.benchmark_group("verdicts");
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    group.throughput(Throughput::Elements(exchanges.len() as u64));
    group.bench_function("1 pairing", |bencher| {
        bencher.iter(|| assert_eq!(pair(&exchanges, &totals).len(), fetches.len()));
    });
    group.throughput(Throughput::Elements(fetches.len() as u64));
    group.bench_function("2 rules", |bencher| {
        bencher.iter(|| assert_eq!(judge(&fetches).len(), findings.len()));
    });
    group.bench_function("3 rules over many", |bencher| {
        bencher.iter(|| {
            let mut survey = Survey::default();
            fetches
                .iter()
                .for_each(|fetch| survey.observe(fetch, &Policy::default()));
            assert_eq!(survey.dropped(), 0);
            survey.finish().len()
        });
    });
    group.bench_function("4 causes", |bencher| {
        bencher.iter(|| assert!(!find_causes(&fetches).is_empty()))
    });
    group.finish();
    reports(criterion, &findings, &find_causes(&fetches));
}

fn reports(criterion: &mut Criterion, findings: &[Finding], causes: &[corsight::finding::Cause]) {
    let many: Vec<&Finding> = findings.iter().cycle().take(FINDINGS).collect();
    let mut summary = Summary::default();
    many.iter().for_each(|finding| summary.count(finding));
    let mut group = criterion.benchmark_group("reports");
    group
        .throughput(Throughput::Elements(FINDINGS as u64))
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    for format in Format::ALL {
        group.bench_function(format.name(), |bencher| {
            bencher.iter(|| {
                let (written, redactor) = (AtomicU64::new(0), Redactor::closed());
                let out = Box::new(Counting(&written));
                let mut sink =
                    Redacting::new(&redactor, report::sink(format, out, Look::default()));
                many.iter()
                    .for_each(|finding| sink.finding(finding).unwrap());
                sink.finish(causes, &summary).unwrap();
                drop(sink);
                assert!(written.into_inner() > 1000);
            });
        });
    }
    group.finish();
}

/// Exchanges of a HAR in which every third cross-origin request fails.
fn exchanges() -> (Vec<Arc<Exchange>>, Totals) {
    let mut shape = Shape::named("minified").unwrap();
    shape.habits.violations = 0.3;
    let mut text = Vec::new();
    let totals = write(&shape, 16 << 20, 1, &mut text, &mut sink()).unwrap();
    let mut splitter = Splitter::new();
    splitter.push(&text).unwrap();
    let pieces = std::iter::from_fn(|| splitter.poll());
    let entries = pieces.filter_map(|piece| match piece.part {
        Part::Entry { index, .. } => {
            let text = text.get(piece.start as usize..piece.end as usize)?;
            Some((index, text, Index::of(text)))
        }
        _ => None,
    });
    let entries: Vec<_> = entries.collect();
    let mut head = Head::default();
    head.learn(Part::Creator, br#"{"name":"WebInspector"}"#);
    let mut converter = Converter::new(SourceId(0), Interest::Cors, &Limits::default());
    converter.set_head(head);
    let entries = entries.iter();
    let outcome =
        converter.convert(entries.map(|(number, text, index)| (*number, index.value(text))));
    assert_eq!(outcome.read, totals.exchanges);
    (
        outcome.exchanges.into_iter().map(Arc::new).collect(),
        totals,
    )
}

fn pair(exchanges: &[Arc<Exchange>], totals: &Totals) -> Vec<CorsFetch> {
    let mut pairing = Pairing::new(&Limits::default());
    let mut fetches = Vec::with_capacity(exchanges.len());
    let mut preflights = 0;
    let mut take = |pairing: &mut Pairing| {
        while let Some(decided) = pairing.poll() {
            if let Decided::Fetch(fetch) = decided {
                preflights += u64::from(fetch.hops.iter().any(|hop| hop.preflight().is_some()));
                fetches.push(*fetch);
            }
        }
    };
    for exchange in exchanges {
        pairing.push(Arc::clone(exchange));
        take(&mut pairing);
    }
    pairing.finish();
    take(&mut pairing);
    assert_eq!(preflights, totals.preflights);
    fetches
}

fn judge(fetches: &[CorsFetch]) -> Vec<Finding> {
    let policy = Policy::default();
    fetches
        .iter()
        .flat_map(|fetch| rules::evaluate(fetch, &policy))
        .collect()
}

fn find_causes(fetches: &[CorsFetch]) -> Vec<corsight::finding::Cause> {
    let mut patterns: causes::Patterns = Patterns::new(&Limits::default());
    for fetch in fetches {
        patterns.observe(fetch, &rules::evaluate(fetch, &Policy::default()));
    }
    patterns.finish()
}

/// Counts what is written.
struct Counting<'a>(&'a AtomicU64);

impl Write for Counting<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

criterion_group!(benches, verdicts);
criterion_main!(benches);
