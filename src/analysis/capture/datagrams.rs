//! The UDP side of a round: QUIC connections are few beside TCP's, so one thread reads them, in the order of packets.

use super::batch::{Batch, Span};
use super::shard::{Output, What};
use crate::analysis::Options;
use crate::analysis::job::Counts;
use crate::finding::summary::Traffic;
use crate::http::{Interest, SourceId};
use crate::quic::{Datagram, Demux};
use crate::time::Timestamp;
use crate::tls::KeyLog;
use std::net::SocketAddr;
use std::sync::Arc;

/// A datagram of the batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct DatagramEvent {
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) payload: Span,
    pub(super) at: Timestamp,
    pub(super) frame: u64,
}

/// All QUIC connections of the capture.
pub(super) struct Datagrams {
    demux: Demux,
    /// What was found since the last time.
    pub(super) outputs: Vec<Output>,
}

impl Datagrams {
    pub(super) fn new(interest: Interest, options: &Options) -> Self {
        Self {
            demux: Demux::new(SourceId::default(), interest, &options.limits),
            outputs: Vec::new(),
        }
    }

    /// Connections that begin from now on belong to this input.
    pub(super) fn set_source(&mut self, source: SourceId) {
        self.demux.set_source(source);
    }

    /// Works off the datagrams of `batch`.
    pub(super) fn process(&mut self, batch: &Batch, keys: &KeyLog) {
        for event in &batch.datagrams {
            let datagram = Datagram {
                from: event.from,
                to: event.to,
                payload: batch.bytes(event.payload),
                at: event.at,
                frame: event.frame,
            };
            self.demux.push(datagram, keys);
            self.collect(event.frame);
        }
    }

    /// Ends all connections.
    pub(super) fn finish(&mut self) {
        self.demux.finish();
        self.collect(u64::MAX);
    }

    /// Adds what was counted.
    pub(super) fn count(&self, counts: &mut Counts) {
        let census = self.demux.census();
        counts.exchanges += census.exchanges;
        for (protocol, (connections, bytes)) in &census.protocols {
            counts.protocols.entry(protocol).or_default().add(Traffic {
                connections: *connections,
                bytes: *bytes,
            });
        }
        let versions = census.unknown_versions.iter().map(|(version, count)| {
            (
                format!("QUIC packet of unknown version 0x{version:08x}"),
                *count,
            )
        });
        let rest = [
            ("packet without TCP: UDP", census.other_datagrams),
            ("QUIC packet that the keys do not open", census.unopened),
            (
                "QUIC packet with a frame that is not understood",
                census.unreadable_frames,
            ),
            (
                "QUIC packet of a connection whose beginning was not captured",
                census.strays,
            ),
            (
                "QUIC connection that reached a limit",
                census.limits_reached,
            ),
        ];
        let rest = rest.map(|(what, count)| (what.to_owned(), count));
        for (what, count) in versions.chain(rest).filter(|(_, count)| *count > 0) {
            *counts.skipped.entry(what).or_default() += count;
        }
        for ((server, closed), count) in &census.closed {
            let sentence = format!("QUIC to {server}: {}", closed.reason());
            *counts.skipped.entry(sentence).or_default() += count;
        }
        for (protocol, count) in &census.other_protocols {
            let sentence = format!("QUIC connection of another protocol: {protocol}");
            *counts.skipped.entry(sentence).or_default() += count;
        }
    }

    fn collect(&mut self, frame: u64) {
        while let Some(exchange) = self.demux.poll() {
            let stream = u32::MAX - 1;
            self.outputs.push(Output {
                frame,
                stream,
                what: What::Exchange(Arc::new(exchange)),
            });
        }
        while let Some(damage) = self.demux.poll_damage() {
            let what = What::FrameNote(damage.kind, damage.frame, damage.detail);
            self.outputs.push(Output {
                frame,
                stream: u32::MAX - 1,
                what,
            });
        }
    }
}
