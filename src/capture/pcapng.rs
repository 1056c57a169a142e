//! Blocks of pcapng (draft-ietf-opsawg-pcapng): sections, interfaces, the three kinds of packet block, secrets.
//!
//! Block and packet headers are cut here, since every packet passes; blocks with options are left to pcap-parser.

use super::reader::Record;
use super::{LinkType, Packet};
use crate::caveat::CaveatKind;
use crate::time::Timestamp;
use pcap_parser::pcapng::{
    SecretsType, parse_decryptionsecretsblock_be, parse_decryptionsecretsblock_le,
    parse_interfacedescriptionblock_be, parse_interfacedescriptionblock_le,
};

/// State of the current section.
#[derive(Debug, Default)]
pub(super) struct Pcapng {
    big_endian: bool,
    interfaces: Vec<Interface>,
    last: Timestamp,
}

#[derive(Debug, Clone, Copy)]
struct Interface {
    link: LinkType,
    /// Most bytes kept of a packet; 0 is no bound.
    snap_length: u32,
    clock: Clock,
}

/// How ticks become nanoseconds since 1970.
#[derive(Debug, Clone, Copy)]
struct Clock {
    unit: Unit,
    /// Seconds added to every time.
    offset: i64,
}

#[derive(Debug, Clone, Copy)]
enum Unit {
    /// Nanoseconds per tick.
    Nanoseconds(u64),
    /// Ticks per nanosecond.
    PerNanosecond(u64),
    /// A second has two to the power of this many ticks.
    Binary(u32),
}

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
const OBSOLETE_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const ENHANCED_PACKET: u32 = 6;
const DECRYPTION_SECRETS: u32 = 10;

/// More interfaces than any capture has; bounds memory.
const MOST_INTERFACES: usize = 1 << 16;

impl Pcapng {
    /// Whether a file that starts with `magic` is one.
    pub(super) fn is_start(magic: &[u8; 4]) -> bool {
        u32::from_le_bytes(*magic) == SECTION_HEADER
    }

    /// The block at the start of `bytes`.
    #[inline]
    pub(super) fn record<'a>(&mut self, bytes: &'a [u8], largest: usize) -> Record<'a> {
        let Some(header) = bytes.first_chunk::<12>() else {
            return Record::More;
        };
        let kind = self.word(header, 0);
        if kind == SECTION_HEADER {
            match header {
                [.., 0x1a, 0x2b, 0x3c, 0x4d] => self.big_endian = true,
                [.., 0x4d, 0x3c, 0x2b, 0x1a] => self.big_endian = false,
                _ => return lost("a section header without byte-order magic".to_owned()),
            }
        }
        let length = self.word(header, 4);
        let is_packet = matches!(kind, OBSOLETE_PACKET | SIMPLE_PACKET | ENHANCED_PACKET);
        if length < 12 || !length.is_multiple_of(4) {
            return lost(format!("a block of {length} bytes"));
        }
        if kind == SECTION_HEADER {
            self.interfaces.clear();
            return Record::Skip(u64::from(length));
        }
        let has_content = is_packet || matches!(kind, INTERFACE_DESCRIPTION | DECRYPTION_SECRETS);
        if !has_content {
            return Record::Skip(u64::from(length));
        }
        if length as usize > largest {
            let detail = format!("a block of {length} bytes was passed over");
            return Record::Damage(CaveatKind::LimitReached, detail, u64::from(length));
        }
        let Some(block) = bytes.get(..length as usize) else {
            return Record::More;
        };
        match kind {
            ENHANCED_PACKET => self.enhanced(block),
            SIMPLE_PACKET => self.simple(block),
            OBSOLETE_PACKET => self.obsolete(block),
            INTERFACE_DESCRIPTION => self.interface(block),
            _ => self.secrets(block),
        }
        .unwrap_or_else(|| {
            let detail = format!("a block of type {kind} that contradicts itself");
            Record::Damage(CaveatKind::Undecodable, detail, u64::from(length))
        })
    }

    #[inline]
    fn enhanced<'a>(&mut self, block: &'a [u8]) -> Option<Record<'a>> {
        let header = block.first_chunk::<28>()?;
        let interface = *self.interfaces.get(self.word(header, 8) as usize)?;
        let ticks = u64::from(self.word(header, 12)) << 32 | u64::from(self.word(header, 16));
        let kept = self.word(header, 20) as usize;
        let original_length = self.word(header, 24);
        let at = interface.clock.time(ticks);
        self.packet(block, 28, kept, original_length, interface.link, at)
    }

    fn obsolete<'a>(&mut self, block: &'a [u8]) -> Option<Record<'a>> {
        let header = block.first_chunk::<28>()?;
        let both = self.word(header, 8);
        let index = if self.big_endian {
            both >> 16
        } else {
            both & 0xffff
        };
        let interface = *self.interfaces.get(index as usize)?;
        let ticks = u64::from(self.word(header, 12)) << 32 | u64::from(self.word(header, 16));
        let kept = self.word(header, 20) as usize;
        let original_length = self.word(header, 24);
        let at = interface.clock.time(ticks);
        self.packet(block, 28, kept, original_length, interface.link, at)
    }

    fn simple<'a>(&mut self, block: &'a [u8]) -> Option<Record<'a>> {
        let header = block.first_chunk::<12>()?;
        let interface = *self.interfaces.first()?;
        let original_length = self.word(header, 8);
        let mut kept = (original_length as usize).min(block.len().checked_sub(16)?);
        if interface.snap_length > 0 {
            kept = kept.min(interface.snap_length as usize);
        }
        self.packet(block, 12, kept, original_length, interface.link, self.last)
    }

    #[inline]
    fn packet<'a>(
        &mut self,
        block: &'a [u8],
        start: usize,
        kept: usize,
        original_length: u32,
        link: LinkType,
        at: Timestamp,
    ) -> Option<Record<'a>> {
        let bytes = block.get(start..start.checked_add(kept)?)?;
        self.last = at;
        let packet = Packet {
            frame: 0,
            at,
            link,
            bytes,
            original_length,
        };
        Some(Record::Packet(packet, block.len()))
    }

    fn interface<'a>(&mut self, block: &'a [u8]) -> Option<Record<'a>> {
        let parsed = if self.big_endian {
            parse_interfacedescriptionblock_be(block)
        } else {
            parse_interfacedescriptionblock_le(block)
        };
        let (_, description) = parsed.ok()?;
        if self.interfaces.len() < MOST_INTERFACES {
            self.interfaces.push(Interface {
                link: LinkType((description.linktype.0 & 0xffff) as u16),
                snap_length: description.snaplen,
                clock: Clock {
                    unit: Unit::new(description.if_tsresol)?,
                    offset: description.if_tsoffset,
                },
            });
        }
        Some(Record::Skip(block.len() as u64))
    }

    fn secrets<'a>(&mut self, block: &'a [u8]) -> Option<Record<'a>> {
        let parsed = if self.big_endian {
            parse_decryptionsecretsblock_be(block)
        } else {
            parse_decryptionsecretsblock_le(block)
        };
        let (_, secrets) = parsed.ok()?;
        if secrets.secrets_type != SecretsType::TlsKeyLog {
            return Some(Record::Skip(block.len() as u64));
        }
        let log = secrets.data.get(..secrets.secrets_len as usize)?;
        Some(Record::Secrets(log, block.len()))
    }

    #[inline]
    fn word(&self, bytes: &[u8], at: usize) -> u32 {
        let word = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>);
        let word = word.copied().unwrap_or_default();
        if self.big_endian {
            u32::from_be_bytes(word)
        } else {
            u32::from_le_bytes(word)
        }
    }
}

impl Unit {
    /// The unit of option `if_tsresol`; `None` for one finer than a 64-bit counter can tell.
    fn new(resolution: u8) -> Option<Self> {
        let exponent = u32::from(resolution & 0x7f);
        if resolution & 0x80 != 0 {
            return (exponent < 64).then_some(Self::Binary(exponent));
        }
        match exponent {
            0..=9 => 10u64.checked_pow(9 - exponent).map(Self::Nanoseconds),
            _ => 10u64.checked_pow(exponent - 9).map(Self::PerNanosecond),
        }
    }
}

impl Clock {
    #[inline]
    fn time(self, ticks: u64) -> Timestamp {
        let nanoseconds = match self.unit {
            Unit::Nanoseconds(each) => ticks.saturating_mul(each),
            Unit::PerNanosecond(ticks_each) => ticks / ticks_each.max(1),
            Unit::Binary(exponent) => {
                let nanoseconds = (u128::from(ticks) * 1_000_000_000) >> exponent;
                u64::try_from(nanoseconds).unwrap_or(u64::MAX)
            }
        };
        let offset = self.offset.saturating_mul(1_000_000_000);
        Timestamp(
            i64::try_from(nanoseconds)
                .unwrap_or(i64::MAX)
                .saturating_add(offset),
        )
    }
}

/// Block lengths lead nowhere from here: the rest of the file is passed over.
fn lost<'a>(found: String) -> Record<'a> {
    let detail = format!("{found}: the rest of the file cannot be read");
    Record::Damage(CaveatKind::Undecodable, detail, u64::MAX)
}
