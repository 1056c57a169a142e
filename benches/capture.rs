//! What each stage of the capture path costs, each with all stages before it. Throughput is bytes of the file.

#![allow(missing_docs, clippy::unwrap_used)]

#[path = "support/capture.rs"]
mod support;

use corsight::Limits;
use corsight::analysis::{self, Options};
use corsight::capture::{Packet, Reader, Step};
use corsight::http::{Connection, Conversation, Interest, SourceId};
use corsight::input::{Source, SourcePlace};
use corsight::net::assembler::{Assembler, Piece};
use corsight::net::segment::{self, Segment, Sliced};
use corsight::net::{Chunk, Direction, FlowTable, Fragments};
use corsight::report::Sink;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use support::Capture;

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

fn flows(file: &[u8], mut each: impl FnMut(u32, Direction, &Segment<'_>)) -> u32 {
    let mut table = FlowTable::new(1 << 20);
    segments(file, |segment| {
        let found = table.look_up(segment).unwrap();
        each(found.flow.stream, found.direction, segment);
    });
    table.streams()
}

fn chunks(file: &[u8], mut each: impl FnMut(u32, Direction, Chunk<'_>)) {
    let mut assemblers: Vec<[Assembler; 2]> = Vec::new();
    flows(file, |stream, direction, segment| {
        if segment.payload.is_empty() {
            return;
        }
        let index = stream as usize;
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
        assemblers[index][direction as usize]
            .insert(piece, &mut |chunk| each(stream, direction, chunk));
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

/// The whole job on a file: reading, all stages, pairing, rules, causes, and an empty report.
fn check(file: &Path) -> u64 {
    let source = Source {
        name: "bench.pcap".to_owned(),
        place: SourcePlace::File(file.to_owned()),
    };
    let nothing: Vec<Box<dyn Sink>> = Vec::new();
    let (options, mut sink) = (Options::default(), nothing);
    analysis::check(&[source], &options, &mut sink, &mut |_| (), &|_| ())
        .unwrap()
        .exchanges
}

fn stages(criterion: &mut Criterion) {
    let fields = support::http(500, 200, 1);
    let bodies = support::http(50, 60_000, 2);
    for (name, capture) in [("fields", &fields), ("bodies", &bodies)] {
        let Capture {
            bytes,
            packets: packet_count,
            exchanges: exchange_count,
        } = capture;
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.sample_size(20);
        group.bench_function("1 records", |bencher| {
            bencher.iter(|| {
                assert_eq!(
                    packets(bytes, |packet| {
                        black_box(packet);
                    }),
                    *packet_count
                )
            });
        });
        group.bench_function("2 slicing", |bencher| {
            bencher.iter(|| {
                assert_eq!(
                    segments(bytes, |segment| {
                        black_box(segment);
                    }),
                    *packet_count
                )
            });
        });
        group.bench_function("3 flows", |bencher| {
            bencher.iter(|| assert_eq!(u64::from(flows(bytes, |_, _, _| ())), *exchange_count / 8));
        });
        group.bench_function("4 reassembly", |bencher| {
            bencher.iter(|| {
                let mut gaps = 0;
                chunks(bytes, |_, _, chunk| {
                    gaps += u64::from(matches!(chunk, Chunk::Gap { .. }))
                });
                assert_eq!(gaps, 0);
            });
        });
        group.bench_function("5 framing", |bencher| {
            bencher.iter(|| assert_eq!(exchanges(bytes, Interest::Cors), *exchange_count));
        });
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        group.bench_function("6 check, in parallel", |bencher| {
            bencher.iter(|| assert_eq!(check(file.path()), *exchange_count));
        });
        group.finish();
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
