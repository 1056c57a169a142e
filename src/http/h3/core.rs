//! What the streams of one connection share: field tables, promises, bounds.

use super::frame::Cut;
use super::qpack::{self, EncoderStream};
use super::varint;
use crate::caveat::{CaveatKind, CaveatSet};
use crate::http::h2::{Mark, Section};
use crate::limits::Limits;
use crate::net::Direction;
use std::collections::{BTreeMap, BTreeSet};

/// `SETTINGS_QPACK_MAX_TABLE_CAPACITY` (RFC 9204 §5).
const MAX_TABLE_CAPACITY: u64 = 0x01;

#[derive(Debug)]
pub(super) struct Core {
    pub(super) limits: Limits,
    pub(super) is_secure: bool,
    to_server: Side,
    to_client: Side,
    /// Requests that the server announced (§4.6), by push ID.
    promises: BTreeMap<u64, (Section, Mark)>,
    /// Bytes of field sections that wait for insertions.
    pub(super) waiting: usize,
    pub(super) caveats: CaveatSet,
}

/// What is kept for the sender of one direction.
#[derive(Debug)]
pub(super) struct Side {
    pub(super) encoder: EncoderStream,
    /// Most entries that the receiver allows; `None` before its SETTINGS.
    most_entries: Option<u64>,
    /// Streams with sections that wait for insertions.
    pub(super) blocked: BTreeSet<u64>,
}

impl Core {
    pub(super) fn new(limits: &Limits, is_secure: bool) -> Self {
        let side = || Side {
            encoder: EncoderStream::new(limits.field_table),
            most_entries: None,
            blocked: BTreeSet::new(),
        };
        Self {
            limits: limits.clone(),
            is_secure,
            to_server: side(),
            to_client: side(),
            promises: BTreeMap::new(),
            waiting: 0,
            caveats: CaveatSet::EMPTY,
        }
    }

    pub(super) fn side(&mut self, direction: Direction) -> &mut Side {
        match direction {
            Direction::ToServer => &mut self.to_server,
            Direction::ToClient => &mut self.to_client,
        }
    }

    /// Takes the SETTINGS that travelled in `direction`: they bind the encoder of the other one.
    pub(super) fn settings(&mut self, direction: Direction, mut payload: &[u8], cut: Option<Cut>) {
        let mut capacity = 0;
        while let (Some(id), Some(value)) = (varint::read(&mut payload), varint::read(&mut payload))
        {
            if id == MAX_TABLE_CAPACITY {
                capacity = value;
            }
        }
        if cut.is_none() || capacity > 0 {
            self.side(direction.reverse()).most_entries = Some(qpack::most_entries(capacity));
        }
    }

    /// Whether `block` can be decoded as well as it ever will.
    pub(super) fn is_ready(&mut self, direction: Direction, block: &[u8]) -> bool {
        let side = self.side(direction);
        let table = side.encoder.table();
        table.is_lost() || qpack::is_ready(block, table, side.most_entries)
    }

    /// Decodes a field section, or what there is of it.
    pub(super) fn section(
        &mut self,
        direction: Direction,
        block: &[u8],
        cut: Option<Cut>,
    ) -> Section {
        let empty = Section::new(&self.limits);
        let side = self.side(direction);
        let table = side.encoder.table();
        let mut section = empty.bounded(block.len(), table.size());
        let result = qpack::decode(block, table, side.most_entries, |line| section.push(line));
        if let Some(cut) = cut {
            section.caveats.insert(cut.caveat());
            section.caveats.insert(CaveatKind::IncompleteFields);
        } else if result.is_err() {
            section.caveats.insert(CaveatKind::Undecodable);
            section.caveats.insert(CaveatKind::IncompleteFields);
        }
        if table.is_limited() && section.caveats.contains(CaveatKind::UnknownFieldTable) {
            section.caveats.insert(CaveatKind::LimitReached);
        }
        self.caveats.extend(section.caveats);
        section
    }

    /// Keeps an announced request for its push stream.
    pub(super) fn promise(&mut self, push_id: u64, section: Section, mark: Mark) {
        if self.promises.len() >= self.limits.pending_requests {
            self.promises.pop_first();
            self.caveats.insert(CaveatKind::LimitReached);
        }
        // The same request may be promised again on other streams; the first stands.
        self.promises.entry(push_id).or_insert((section, mark));
    }

    pub(super) fn take_promise(&mut self, push_id: u64) -> Option<(Section, Mark)> {
        self.promises.remove(&push_id)
    }
}

impl Cut {
    pub(super) fn caveat(self) -> CaveatKind {
        match self {
            Self::Gap => CaveatKind::Gap,
            Self::Limit => CaveatKind::LimitReached,
        }
    }
}
