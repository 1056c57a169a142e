//! HAR text → entries → exchanges, on one thread: what each stage costs by itself. Every result is checked.

#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use corsight::Limits;
use corsight::har::{Block, Converter, Cutter, Head, Index, Part, Splitter};
use corsight::http::{Interest, SourceId};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::io::sink;
use std::time::Duration;
use support::har::{Shape, write};
use support::truth::Totals;

const SIZE: u64 = 16 << 20;
const READ: usize = 256 << 10;
const BLOCK: usize = 4 << 20;

fn stages(criterion: &mut Criterion) {
    for profile in ["api", "minified", "bodies"] {
        let mut text = Vec::new();
        let shape = Shape::named(profile).unwrap();
        let totals = write(&shape, SIZE, 1, &mut text, &mut sink()).unwrap();
        let mut group = criterion.benchmark_group(format!("har {profile}"));
        group
            .throughput(Throughput::Bytes(text.len() as u64))
            .sample_size(10)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(1));
        group.bench_function("1 split", |bencher| {
            bencher.iter(|| split(black_box(&text), &totals));
        });
        group.bench_function("2 parse", |bencher| {
            let entries = entries(&text);
            bencher.iter(|| parse(black_box(&entries), &totals));
        });
        group.bench_function("3 both, block by block", |bencher| {
            bencher.iter(|| whole(black_box(&text), &totals));
        });
        group.finish();
    }
}

/// Where the entries are.
fn split(text: &[u8], totals: &Totals) {
    let mut splitter = Splitter::new();
    for block in text.chunks(READ) {
        splitter.push(block).expect("it is a HAR");
        while splitter.poll().is_some() {}
    }
    let end = splitter.finish().expect("it has entries");
    assert_eq!((end.entries, end.damage), (totals.exchanges, None));
}

fn entries(text: &[u8]) -> Vec<(u64, &[u8], Index)> {
    let mut splitter = Splitter::new();
    splitter.push(text).expect("it is a HAR");
    let pieces = std::iter::from_fn(|| splitter.poll());
    pieces
        .filter_map(|piece| match piece.part {
            Part::Entry { index, .. } => {
                let text = text.get(piece.start as usize..piece.end as usize)?;
                Some((index, text, Index::of(text)))
            }
            _ => None,
        })
        .collect()
}

/// Entries that are found and indexed already → exchanges that bear on CORS.
fn parse(entries: &[(u64, &[u8], Index)], totals: &Totals) {
    let indexed = entries
        .iter()
        .map(|(number, text, index)| (*number, index.value(text)));
    let outcome = converter().convert(indexed);
    assert_eq!(
        (outcome.read, outcome.preflights),
        (totals.exchanges, totals.preflights)
    );
}

/// Both, block by block as files are read.
fn whole(text: &[u8], totals: &Totals) {
    let converter = converter();
    let mut cutter = Cutter::new(&Limits::default());
    let mut block = Block::default();
    let mut read = 0;
    for stretch in text.chunks(BLOCK) {
        cutter.begin(&mut block);
        for bytes in stretch.chunks(READ) {
            block.space(bytes.len()).copy_from_slice(bytes);
            cutter
                .advance(&mut block, bytes.len())
                .expect("it is a HAR");
        }
        cutter.end(&mut block).expect("it is a HAR");
        let entries = block.pieces().filter_map(|(piece, text)| match piece.part {
            Part::Entry { index, .. } => Some((index, text.ok()?)),
            _ => None,
        });
        read += converter.convert(entries).read;
    }
    cutter.finish().expect("it has entries");
    assert_eq!(read, totals.exchanges);
}

fn converter() -> Converter {
    let mut head = Head::default();
    head.learn(Part::Creator, br#"{"name":"WebInspector"}"#);
    let mut converter = Converter::new(SourceId(0), Interest::Cors, &Limits::default());
    converter.set_head(head);
    converter
}

criterion_group!(benches, stages);
criterion_main!(benches);
