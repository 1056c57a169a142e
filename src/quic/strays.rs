//! Packets that came before the first of their connection: captures do not always keep the order of the wire.

use super::demux::{Datagram, Path};
use crate::time::Timestamp;
use std::collections::VecDeque;

/// Bytes that are kept for all connections together.
const MOST: usize = 256 << 10;

/// Packets that wait for their connection to begin, oldest first.
#[derive(Debug, Default)]
pub(super) struct Strays {
    packets: VecDeque<Stray>,
    cost: usize,
}

/// One packet.
#[derive(Debug)]
pub(super) struct Stray {
    pub(super) path: Path,
    pub(super) bytes: Vec<u8>,
    pub(super) at: Timestamp,
    pub(super) frame: u64,
}

impl Strays {
    /// Keeps a packet of `datagram`; how many older ones were dropped for it.
    pub(super) fn keep(&mut self, packet: &[u8], datagram: &Datagram<'_>) -> u64 {
        self.cost = self.cost.saturating_add(packet.len());
        self.packets.push_back(Stray {
            path: (datagram.from, datagram.to),
            bytes: packet.to_vec(),
            at: datagram.at,
            frame: datagram.frame,
        });
        let mut dropped = 0_u64;
        while self.cost > MOST
            && let Some(oldest) = self.packets.pop_front()
        {
            self.cost = self.cost.saturating_sub(oldest.bytes.len());
            dropped = dropped.saturating_add(1);
        }
        dropped
    }

    /// Takes out the packets between the ends of `path`, in either direction.
    pub(super) fn take(&mut self, path: Path) -> VecDeque<Stray> {
        let back = (path.1, path.0);
        let is_own = |stray: &Stray| stray.path == path || stray.path == back;
        if !self.packets.iter().any(is_own) {
            return VecDeque::new();
        }
        let (own, others) = std::mem::take(&mut self.packets)
            .into_iter()
            .partition(is_own);
        self.packets = others;
        self.cost = self.packets.iter().map(|stray| stray.bytes.len()).sum();
        own
    }

    /// How many packets wait.
    pub(super) fn len(&self) -> u64 {
        self.packets.len() as u64
    }
}
