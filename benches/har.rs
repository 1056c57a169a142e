//! HAR text → entries → exchanges, on one thread: what each stage costs by itself. Every result is checked.

#[path = "support/har.rs"]
mod support;

use corsight::Limits;
use corsight::har::{Block, Converter, Cutter, Head, Part, Splitter};
use corsight::http::{Interest, SourceId};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use support::{Har, Profile, generate};

const SIZE: usize = 16 << 20;
const READ: usize = 256 << 10;
const BLOCK: usize = 4 << 20;

fn stages(criterion: &mut Criterion) {
    let files = [
        ("api-pretty", generate(Profile::Api, SIZE, true, 1)),
        ("api-minified", generate(Profile::Api, SIZE, false, 1)),
        ("bodies", generate(Profile::Bodies, SIZE, true, 1)),
    ];
    for (name, har) in &files {
        let mut group = criterion.benchmark_group(*name);
        group
            .throughput(Throughput::Bytes(har.text.len() as u64))
            .sample_size(20);
        group.bench_function("split", |bencher| bencher.iter(|| split(black_box(har))));
        group.bench_function("parse", |bencher| {
            let entries = entries(har);
            bencher.iter(|| parse(black_box(har), &entries));
        });
        group.bench_function("whole", |bencher| bencher.iter(|| whole(black_box(har))));
        group.finish();
    }
}

/// Where the entries are.
fn split(har: &Har) {
    let mut splitter = Splitter::new();
    for block in har.text.as_bytes().chunks(READ) {
        splitter.push(block).expect("it is a HAR");
        while splitter.poll().is_some() {}
    }
    let end = splitter.finish().expect("it has entries");
    assert_eq!((end.entries, end.damage), (har.entries, None));
}

fn entries(har: &Har) -> Vec<(u64, &[u8])> {
    let mut splitter = Splitter::new();
    splitter.push(har.text.as_bytes()).expect("it is a HAR");
    let pieces = std::iter::from_fn(|| splitter.poll());
    pieces
        .filter_map(|piece| match piece.part {
            Part::Entry { index, .. } => {
                let text = har
                    .text
                    .as_bytes()
                    .get(piece.start as usize..piece.end as usize)?;
                Some((index, text))
            }
            _ => None,
        })
        .collect()
}

/// Entries that are found already → exchanges that bear on CORS.
fn parse(har: &Har, entries: &[(u64, &[u8])]) {
    let outcome = converter().convert(entries.iter().copied());
    assert_eq!(
        (outcome.read, outcome.preflights),
        (har.entries, har.preflights)
    );
}

/// Both, block by block as files are read.
fn whole(har: &Har) {
    let converter = converter();
    let mut cutter = Cutter::new(&Limits::default());
    let mut block = Block::default();
    let mut read = 0;
    for stretch in har.text.as_bytes().chunks(BLOCK) {
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
    assert_eq!(read, har.entries);
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
