//! Records of libpcap's own format: micro- and nanoseconds, both byte orders, and Kuznetzov's longer record header.
//!
//! Record headers are cut here and not by pcap-parser: every packet passes, and after a header that lies this
//! parser looks for the next believable one.

use super::reader::Record;
use super::{LinkType, Packet};
use crate::caveat::CaveatKind;
use crate::time::Timestamp;

/// Where a pcap file's records stand.
#[derive(Debug)]
pub(super) struct Classic {
    big_endian: bool,
    /// Nanoseconds per unit of the time's second half.
    unit: i64,
    /// Length of a record header.
    header: usize,
    link: LinkType,
    /// Seconds of the last record: the next one must lie near it to be believed after damage.
    last: Option<u32>,
}

const FILE_HEADER: usize = 24;
/// A believable record within this many seconds of the last one, after damage.
const NEAR: u32 = 24 * 3600;

struct RecordHeader {
    seconds: u32,
    fraction: u32,
    kept: u32,
    original: u32,
}

impl Classic {
    /// Whether a file that starts with `magic` is one.
    pub(super) fn is_start(magic: &[u8; 4]) -> bool {
        matches!(
            u32::from_le_bytes(*magic),
            0xa1b2_c3d4 | 0xd4c3_b2a1 | 0xa1b2_3c4d | 0x4d3c_b2a1 | 0xa1b2_cd34 | 0x34cd_b2a1
        )
    }

    /// Reads the file header; `None` when it is not whole yet.
    pub(super) fn start(bytes: &[u8]) -> Option<(Self, u64)> {
        let header = bytes.get(..FILE_HEADER)?;
        let magic = header.first_chunk::<4>()?;
        let big_endian = matches!(magic, [0xa1, ..]);
        let number = if big_endian {
            u32::from_be_bytes(*magic)
        } else {
            u32::from_le_bytes(*magic)
        };
        let network = header.last_chunk::<4>()?;
        let network = if big_endian {
            u32::from_be_bytes(*network)
        } else {
            u32::from_le_bytes(*network)
        };
        let classic = Self {
            big_endian,
            unit: if number == 0xa1b2_3c4d { 1 } else { 1000 },
            header: if number == 0xa1b2_cd34 { 24 } else { 16 },
            // The upper half tells the length of the frame check sequence, which IP lengths make superfluous.
            link: LinkType((network & 0xffff) as u16),
            last: None,
        };
        Some((classic, FILE_HEADER as u64))
    }

    /// The record at the start of `bytes`.
    #[inline]
    pub(super) fn record<'a>(&mut self, bytes: &'a [u8], largest: usize) -> Record<'a> {
        let Some(header) = self.header_at(bytes) else {
            return Record::More;
        };
        if header.kept as usize > largest {
            return self.find_next(bytes, header.kept);
        }
        let end = self.header + header.kept as usize;
        let Some(kept) = bytes.get(self.header..end) else {
            return Record::More;
        };
        self.last = Some(header.seconds);
        let at = i64::from(header.seconds) * 1_000_000_000 + i64::from(header.fraction) * self.unit;
        let packet = Packet {
            frame: 0,
            at: Timestamp(at),
            link: self.link,
            bytes: kept,
            original_length: header.original,
        };
        Record::Packet(packet, end)
    }

    /// After a length that cannot be: passes over everything up to the next believable record header.
    ///
    /// A header that is not whole yet is waited for, so that the decision does not depend on where blocks end.
    fn find_next<'a>(&self, bytes: &[u8], length: u32) -> Record<'a> {
        let mut skipped = 1;
        while let Some(rest) = bytes.get(skipped..) {
            match self.is_believable(rest) {
                None => return Record::More,
                Some(true) => break,
                Some(false) => skipped += 1,
            }
            if skipped >= MOST_SEARCHED {
                break;
            }
        }
        let detail = format!("a record of {length} bytes; {skipped} bytes skipped to the next one");
        Record::Damage(CaveatKind::Undecodable, detail, skipped as u64)
    }

    /// Whether a record may start here; `None` when that needs more bytes.
    fn is_believable(&self, bytes: &[u8]) -> Option<bool> {
        let header = self.header_at(bytes)?;
        let is_near = self
            .last
            .is_none_or(|last| header.seconds.abs_diff(last) <= NEAR);
        let fits = header.fraction < 1_000_000_000
            && header.kept <= header.original
            && header.original <= 256 << 10
            && header.original > 0;
        Some(is_near && fits)
    }

    #[inline]
    fn header_at(&self, bytes: &[u8]) -> Option<RecordHeader> {
        let bytes = bytes.get(..self.header)?.first_chunk::<16>()?;
        let word = |at: usize| {
            let four = bytes.get(at..at + 4)?.first_chunk::<4>()?;
            Some(if self.big_endian {
                u32::from_be_bytes(*four)
            } else {
                u32::from_le_bytes(*four)
            })
        };
        Some(RecordHeader {
            seconds: word(0)?,
            fraction: word(4)?,
            kept: word(8)?,
            original: word(12)?,
        })
    }
}

/// Bytes searched at once for the next record; the search then goes on as if damage started anew.
const MOST_SEARCHED: usize = 64 << 10;
