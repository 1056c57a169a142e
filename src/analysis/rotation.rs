//! Captures that were written to one file after another: their order, and how to tell that `--as-one` was forgotten.

use super::Options;
use crate::capture::{Reader, Step};
use crate::input::{self, Source};
use crate::time::Timestamp;
use std::io::Read as _;
use std::path::Path;

/// What one capture tells about its place among others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// The input, as the user named it.
    pub(crate) source: String,
    /// Times of its first and last packet.
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    /// Connections that began before it.
    pub(crate) mid_stream: u64,
}

/// Bytes read in search of a capture's first packet.
const FIRST_BYTES: usize = 256 << 10;

/// Clocks of one recorder do not run back further than this between two files.
const SLACK_NS: i64 = 1_000_000_000;

/// The inputs' places in the order of their first packets: shells sort `x.pcap10` before `x.pcap2`. What has no packet,
/// or can be read only once, stays behind the input before it.
pub(crate) fn in_order(sources: &[Source], options: &Options) -> Vec<usize> {
    let mut latest = Timestamp(i64::MIN);
    let times: Vec<Timestamp> = sources
        .iter()
        .map(|source| {
            latest = first_packet(source, options).unwrap_or(latest);
            latest
        })
        .collect();
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by_key(|index| times.get(*index));
    order
}

fn first_packet(source: &Source, options: &Options) -> Option<Timestamp> {
    // Only a regular file can be opened again.
    source.size()?;
    let mut bytes = Vec::new();
    let opened = input::open(source).ok()?;
    opened
        .reader
        .take(FIRST_BYTES as u64)
        .read_to_end(&mut bytes)
        .ok()?;
    let (mut reader, mut position) = (Reader::new(&options.limits), 0);
    loop {
        match reader.next(&bytes, &mut position) {
            Step::Packet(packet) => return Some(packet.at),
            Step::Secrets(_) | Step::Damage(_) => {}
            Step::More => return None,
        }
    }
}

/// One sentence for each row of captures that look like parts of one.
pub(crate) fn hints(parts: &[Stretch], options: &Options) -> Vec<String> {
    let idle = i64::try_from(options.limits.idle.as_nanos()).unwrap_or(i64::MAX);
    let mut parts: Vec<(String, &Stretch)> = parts
        .iter()
        .map(|part| (stem(&part.source), part))
        .collect();
    parts.sort_by(|(stem, part), (other, next)| (stem, part.first).cmp(&(other, next.first)));
    let mut hints = Vec::new();
    for group in parts.chunk_by(|(stem, _), (other, _)| stem == other) {
        let follows = |pair: &&[(String, &Stretch)]| {
            let [(_, before), (_, after)] = pair else {
                return false;
            };
            let pause = after.first.0.saturating_sub(before.last.0);
            (-SLACK_NS..=idle).contains(&pause) && after.mid_stream > 0
        };
        let broken: Vec<_> = group.windows(2).filter(follows).collect();
        let count: u64 = broken
            .iter()
            .filter_map(|pair| pair.get(1))
            .map(|(_, part)| part.mid_stream)
            .sum();
        if let Some([(_, before), (_, after)]) = broken.first() {
            hints.push(format!(
                "{} seems to go on where {} ends: {count} {} in the middle; --as-one joins them",
                after.source,
                before.source,
                if count == 1 {
                    "connection begins"
                } else {
                    "connections begin"
                },
            ));
        }
    }
    hints
}

/// The name without its counters and times, which differ between the files of one capture.
fn stem(name: &str) -> String {
    let path = Path::new(name);
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let file: String = file
        .chars()
        .filter(|letter| letter.is_alphabetic())
        .collect();
    path.with_file_name(file).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(source: &str, first: i64, last: i64, mid_stream: u64) -> Stretch {
        Stretch {
            source: source.to_owned(),
            first: Timestamp(first * 1_000_000_000),
            last: Timestamp(last * 1_000_000_000),
            mid_stream,
        }
    }

    fn hinted(parts: &[Stretch]) -> Vec<String> {
        hints(parts, &Options::default())
    }

    #[test]
    fn files_that_go_on_where_others_end_are_told_in_one_line() {
        let parts = [
            part("d/x.pcap", 0, 10, 3),
            part("d/x.pcap2", 20, 30, 1),
            part("d/x.pcap1", 10, 20, 2),
        ];
        assert_eq!(
            hinted(&parts),
            [
                "d/x.pcap1 seems to go on where d/x.pcap ends: 3 connections begin in the middle; --as-one joins them"
            ]
        );
        let dumpcap = [
            part("x_00001_20261120101112.pcapng", 0, 10, 0),
            part("x_00002_20261120101122.pcapng", 11, 20, 1),
        ];
        assert_eq!(hinted(&dumpcap).len(), 1);
    }

    #[test]
    fn captures_of_other_names_times_or_whole_connections_are_no_parts() {
        for other in [
            part("d/y.pcap1", 10, 20, 2),
            part("e/x.pcap1", 10, 20, 2),
            part("d/x.pcap1", 5, 20, 2),
            part("d/x.pcap1", 10_000, 10_001, 2),
            part("d/x.pcap1", 10, 20, 0),
        ] {
            assert_eq!(hinted(&[part("d/x.pcap", 0, 10, 3), other]), [""; 0]);
        }
    }
}
