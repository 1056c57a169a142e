//! The keys of Initial packets, which follow from a connection ID (RFC 9001 §5.2): open to everybody who watches.

use super::cid::Cid;
use super::header::Long;
use super::keys::{Suite, initial_secrets};
use super::level::Level;
use super::version::Version;
use crate::net::Direction;
use std::ops::Range;

/// Pairs of keys that are tried: the client's first choice, Retry, a change of version.
const MOST: usize = 4;

/// The Initial keys of one connection.
#[derive(Debug)]
pub(super) struct InitialKeys {
    pairs: Vec<Pair>,
}

#[derive(Debug)]
struct Pair {
    version: Version,
    cid: Cid,
    to_server: Level,
    to_client: Level,
}

/// An opened Initial packet.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) number: u64,
    /// Where its payload stands in the scratch buffer.
    pub(super) text: Range<usize>,
    /// It was the first with keys from another connection ID: the server has asked for a Retry.
    pub(super) is_new_id: bool,
}

impl InitialKeys {
    /// The keys that follow from the ID which the client chose for the server.
    pub(super) fn new(version: Version, cid: Cid) -> Option<Self> {
        Some(Self {
            pairs: vec![Pair::new(version, cid)?],
        })
    }

    /// Opens `packet` into `scratch`, with new keys if it comes after a Retry or in another version (RFC 9368).
    pub(super) fn open(
        &mut self,
        packet: &Long<'_>,
        direction: Direction,
        largest: Option<u64>,
        scratch: &mut Vec<u8>,
    ) -> Option<Opened> {
        let mut open = |pair: &mut Pair, is_new_id| {
            let (number, text) =
                pair.level(direction)
                    .open(packet.bytes, packet.number_at, largest, scratch)?;
            Some(Opened {
                number,
                text,
                is_new_id,
            })
        };
        let known = self
            .pairs
            .iter_mut()
            .filter(|pair| pair.version == packet.version)
            .find_map(|pair| open(pair, false));
        if known.is_some() || self.pairs.len() >= MOST {
            return known;
        }
        let mut cids: Vec<_> = self.pairs.iter().map(|pair| pair.cid).collect();
        if direction == Direction::ToServer {
            cids.push(packet.to);
        }
        for cid in cids {
            let is_tried = |pair: &Pair| pair.version == packet.version && pair.cid == cid;
            if self.pairs.iter().any(is_tried) {
                continue;
            }
            let is_new_id = self.pairs.iter().all(|pair| pair.cid != cid);
            let mut pair = Pair::new(packet.version, cid)?;
            if let Some(opened) = open(&mut pair, is_new_id) {
                self.pairs.push(pair);
                return Some(opened);
            }
        }
        None
    }
}

impl Pair {
    fn new(version: Version, cid: Cid) -> Option<Self> {
        let (client, server) = initial_secrets(version, cid.as_slice())?;
        let suite = Some(Suite::Aes128Gcm);
        Some(Self {
            version,
            cid,
            to_server: Level::new(version, &client, suite)?,
            to_client: Level::new(version, &server, suite)?,
        })
    }

    fn level(&mut self, direction: Direction) -> &mut Level {
        match direction {
            Direction::ToServer => &mut self.to_server,
            Direction::ToClient => &mut self.to_client,
        }
    }
}
