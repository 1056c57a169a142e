//! Packets → exchanges: what each stage of the capture path costs, on one thread, with all stages before it.
//!
//! Throughput is bytes of the file. Every result is held against the generator's counts.

#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use corsight::Limits;
use corsight::capture::{Packet, Reader, Step};
use corsight::http::{Connection, Conversation, Interest, SourceId};
use corsight::net::assembler::{Assembler, Piece};
use corsight::net::flow::Flow;
use corsight::net::segment::{self, Segment, Sliced};
use corsight::net::{Chunk, Direction, FlowTable, Fragments};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::io::sink;
use std::time::Duration;
use support::capture::{Shape, write};
use support::truth::Totals;

const SIZE: u64 = 8 << 20;

/// A capture in memory in which nothing is missing, but not all is in order.
fn capture(profile: &str) -> (Vec<u8>, Totals) {
    let mut shape = Shape::named(profile).unwrap();
    shape.disorder = shape.disorder.without_damage();
    let mut file = Vec::new();
    let totals = write(&shape, SIZE, 1, &mut file, &mut sink()).unwrap();
    (file, totals)
}

fn packets(file: &[u8], mut each: impl FnMut(&Packet<'_>)) -> u64 {
    let mut reader = Reader::new(&Limits::default());
    let mut position = 0;
    while let Step::Packet(packet) = reader.next(file, &mut position) {
        each(&packet);
    }
    reader.packets()
}

fn segments(file: &[u8], mut each: impl FnMut(&Segment<'_>)) -> u64 {
    let mut fragments = Fragments::new(1 << 20);
    packets(file, |packet| {
        if let Sliced::Tcp(segment) = segment::slice(packet, &mut fragments) {
            each(&segment);
        }
    })
}

fn flows(file: &[u8], mut each: impl FnMut(&Flow, Direction, &Segment<'_>)) -> u32 {
    let mut table = FlowTable::new(1 << 20);
    segments(file, |segment| {
        let found = table.look_up(segment).unwrap();
        each(found.flow, found.direction, segment);
    });
    table.streams()
}

fn chunks(file: &[u8], mut each: impl FnMut(u32, Direction, Chunk<'_>)) {
    let mut assemblers: Vec<[Assembler; 2]> = Vec::new();
    flows(file, |flow, direction, segment| {
        if segment.payload.is_empty() {
            return;
        }
        let (stream, index) = (flow.stream, flow.stream as usize);
        if assemblers.len() <= index {
            assemblers.resize_with(index + 1, Default::default);
        }
        let piece = Piece {
            seq: segment.seq,
            bytes: segment.payload,
            missing: segment.missing,
            at: segment.at,
            frame: segment.frame,
        };
        let assembler = &mut assemblers[index][direction as usize];
        if let Some(first) = flow.first_byte(direction) {
            assembler.start_at(first);
        }
        assembler.insert(piece, &mut |chunk| each(stream, direction, chunk));
    });
}

fn exchanges(file: &[u8], interest: Interest) -> u64 {
    let mut connections: Vec<Connection> = Vec::new();
    let end = ([10, 0, 0, 1], 80).into();
    chunks(file, |stream, direction, chunk| {
        while connections.len() <= stream as usize {
            let conversation = Conversation {
                source: SourceId(0),
                stream,
                client: end,
                server: end,
                secure: false,
            };
            connections.push(Connection::new(conversation, interest, &Limits::default()));
        }
        let connection = &mut connections[stream as usize];
        connection.push(direction, chunk);
        while let Some(exchange) = connection.poll() {
            black_box(exchange);
        }
    });
    connections.iter().map(Connection::seen).sum()
}

fn stages(criterion: &mut Criterion) {
    for profile in ["mixed", "api", "bodies", "hostile"] {
        let (file, totals) = capture(profile);
        let mut group = criterion.benchmark_group(profile);
        group
            .throughput(Throughput::Bytes(file.len() as u64))
            .sample_size(10)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(1));
        group.bench_function("1 records", |bencher| {
            let each = |packet: &Packet<'_>| _ = black_box(packet.bytes.len());
            bencher.iter(|| assert_eq!(packets(&file, each), totals.packets));
        });
        group.bench_function("2 slicing", |bencher| {
            let each = |segment: &Segment<'_>| _ = black_box(segment.payload.len());
            bencher.iter(|| assert_eq!(segments(&file, each), totals.packets));
        });
        group.bench_function("3 flows", |bencher| {
            let each = |_: &Flow, direction, _: &Segment<'_>| _ = black_box(direction);
            bencher.iter(|| assert_eq!(u64::from(flows(&file, each)), totals.flows));
        });
        group.bench_function("4 reassembly", |bencher| {
            bencher.iter(|| {
                let mut gaps = 0;
                chunks(&file, |_, _, chunk| {
                    gaps += u64::from(matches!(chunk, Chunk::Gap { .. }))
                });
                assert_eq!(gaps, 0);
            });
        });
        group.bench_function("5 framing", |bencher| {
            bencher.iter(|| assert_eq!(exchanges(&file, Interest::Cors), totals.exchanges));
        });
        group.bench_function("6 framing, every field kept", |bencher| {
            bencher.iter(|| assert_eq!(exchanges(&file, Interest::All), totals.exchanges));
        });
        group.finish();
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
