//! Walks the records of a capture, block of bytes by block of bytes; the format is told by the first bytes.
//!
//! Sans-IO: the caller reads, keeps the bytes that were not used and presents them again with more behind them.
//! Damage never ends the walk: what cannot be read is skipped and told.

use super::Packet;
use super::classic::Classic;
use super::pcapng::Pcapng;
use crate::caveat::CaveatKind;
use crate::limits::Limits;

/// The walk through one capture.
#[derive(Debug)]
pub struct Reader {
    format: Format,
    /// File offset of the first byte that was not used yet.
    offset: u64,
    /// Bytes to pass over before the next record.
    skip: u64,
    /// Number of the last packet.
    frame: u64,
    largest: usize,
}

#[derive(Debug)]
enum Format {
    /// The first bytes were not seen yet.
    Unknown,
    Classic(Classic),
    Pcapng(Pcapng),
    /// Neither; everything is passed over.
    Neither,
}

/// What the next bytes of a capture are.
#[derive(Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// A packet.
    Packet(Packet<'a>),
    /// A TLS key log that the capture carries (pcapng Decryption Secrets Block).
    Secrets(&'a [u8]),
    /// Something could not be read; the walk goes on behind it.
    Damage(Damage),
    /// No whole record is left: present the rest again with more bytes behind it, or call [`Reader::finish`].
    More,
}

/// Something in a capture that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// What kind.
    pub kind: CaveatKind,
    /// Byte offset in the file.
    pub offset: u64,
    /// One sentence for the reader.
    pub detail: String,
}

/// What a format's own parser makes of the bytes at a record boundary.
pub(super) enum Record<'a> {
    /// A packet that ends after so many bytes; its frame number is filled in by the reader.
    Packet(Packet<'a>, usize),
    /// A key log, in a record of so many bytes.
    Secrets(&'a [u8], usize),
    /// Nothing of interest for so many bytes, which may go beyond the block.
    Skip(u64),
    /// So many bytes are not understood.
    Damage(CaveatKind, String, u64),
    /// The record is longer than the block.
    More,
}

impl Reader {
    /// A walk that stands before the file's first byte.
    pub fn new(limits: &Limits) -> Self {
        Self {
            format: Format::Unknown,
            offset: 0,
            skip: 0,
            frame: 0,
            largest: limits.packet,
        }
    }

    /// For the next file of a capture of which `packets` packets stand in others: its frames are counted on.
    pub fn after(packets: u64, limits: &Limits) -> Self {
        Self {
            frame: packets,
            ..Self::new(limits)
        }
    }

    /// Takes the next record out of `block`, from `position` on, which is moved behind it.
    ///
    /// After [`Step::More`] the bytes from `position` on must start the next block.
    #[inline]
    pub fn next<'a>(&mut self, block: &'a [u8], position: &mut usize) -> Step<'a> {
        loop {
            let rest = block.get(*position..).unwrap_or_default();
            if self.skip > 0 {
                self.pass_over(rest.len(), position);
                if self.skip > 0 {
                    return Step::More;
                }
                continue;
            }
            let record = match &mut self.format {
                Format::Classic(classic) => classic.record(rest, self.largest),
                Format::Pcapng(pcapng) => pcapng.record(rest, self.largest),
                Format::Neither => Record::Skip(rest.len() as u64),
                Format::Unknown => match self.recognise(rest) {
                    Some(record) => record,
                    None => return Step::More,
                },
            };
            match record {
                Record::Packet(packet, length) => {
                    self.advance(length, position);
                    self.frame += 1;
                    return Step::Packet(Packet {
                        frame: self.frame,
                        ..packet
                    });
                }
                Record::Secrets(secrets, length) => {
                    self.advance(length, position);
                    return Step::Secrets(secrets);
                }
                Record::Damage(kind, detail, length) => {
                    let offset = self.offset;
                    self.skip = length;
                    self.pass_over(rest.len(), position);
                    return Step::Damage(Damage {
                        kind,
                        offset,
                        detail,
                    });
                }
                Record::Skip(0) | Record::More => return Step::More,
                Record::Skip(length) => self.skip = length,
            }
        }
    }

    /// The input is over and `rest` was left: whether it was cut in the middle of a record.
    pub fn finish(&mut self, rest: &[u8]) -> Option<Damage> {
        let missing = match (&self.format, self.skip) {
            (Format::Neither, _) => return None,
            (Format::Unknown, _) if rest.is_empty() => return None,
            (_, 0) if rest.is_empty() => return None,
            (Format::Unknown, _) => "the file ends within its header".to_owned(),
            (_, 0) => format!(
                "the file ends within a record, {} bytes after its start",
                rest.len()
            ),
            (_, skip) => format!("the file ends {skip} bytes before the end of a record"),
        };
        Some(Damage {
            kind: CaveatKind::TruncatedFile,
            offset: self.offset,
            detail: missing,
        })
    }

    /// Byte offset in the file of the next record.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// How many packets were given out, with those of the files before.
    pub fn packets(&self) -> u64 {
        self.frame
    }

    /// Whether the file's first bytes were those of a capture; `None` until enough were seen.
    pub fn is_capture(&self) -> Option<bool> {
        match self.format {
            Format::Unknown => None,
            Format::Classic(_) | Format::Pcapng(_) => Some(true),
            Format::Neither => Some(false),
        }
    }

    fn recognise<'a>(&mut self, start: &[u8]) -> Option<Record<'a>> {
        let magic = start.first_chunk::<4>()?;
        if Pcapng::is_start(magic) {
            self.format = Format::Pcapng(Pcapng::default());
            // Nothing to skip: the section header is a record itself.
            return Some(self.nothing());
        }
        if !Classic::is_start(magic) {
            self.format = Format::Neither;
            return Some(Record::Damage(
                CaveatKind::Undecodable,
                format!("not a capture: starts with {magic:02x?}"),
                start.len() as u64,
            ));
        }
        let (classic, length) = Classic::start(start)?;
        self.format = Format::Classic(classic);
        Some(Record::Skip(length))
    }

    /// A record of zero bytes that does not end the walk.
    fn nothing<'a>(&mut self) -> Record<'a> {
        // `Skip(0)` means "no progress"; a key log of no bytes is passed on and ignored by everyone.
        Record::Secrets(&[], 0)
    }

    fn advance(&mut self, length: usize, position: &mut usize) {
        *position += length;
        self.offset += length as u64;
    }

    fn pass_over(&mut self, available: usize, position: &mut usize) {
        let length = usize::try_from(self.skip).map_or(available, |skip| skip.min(available));
        self.skip -= length as u64;
        self.advance(length, position);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::LinkType;
    use crate::time::Timestamp;
    use proptest::prelude::*;

    /// A pcap file with records of `(seconds, fraction, bytes)`.
    fn pcap(magic: u32, big_endian: bool, records: &[(u32, u32, &[u8])]) -> Vec<u8> {
        let word = |value: u32| {
            if big_endian {
                value.to_be_bytes()
            } else {
                value.to_le_bytes()
            }
        };
        let mut file = word(magic).to_vec();
        let version = if big_endian {
            [0, 2, 0, 4]
        } else {
            [2, 0, 4, 0]
        };
        file.extend(version);
        for value in [0, 0, 65535, 1] {
            file.extend(word(value));
        }
        for (seconds, fraction, bytes) in records {
            let length = u32::try_from(bytes.len()).unwrap();
            for value in [*seconds, *fraction, length, length + 2] {
                file.extend(word(value));
            }
            if magic == 0xa1b2_cd34 {
                file.extend([0; 8]);
            }
            file.extend(*bytes);
        }
        file
    }

    /// All packets as (frame, nanoseconds, link, bytes, original length), and all damage.
    type Walk = (Vec<(u64, i64, u16, Vec<u8>, u32)>, Vec<Damage>, Vec<u8>);

    fn walk(file: &[u8], chunk: usize) -> Walk {
        let mut reader = Reader::new(&Limits::default());
        let (mut packets, mut damages, mut keys) = (Vec::new(), Vec::new(), Vec::new());
        let mut block = Vec::new();
        for part in file.chunks(chunk.max(1)) {
            block.extend_from_slice(part);
            let mut position = 0;
            loop {
                match reader.next(&block, &mut position) {
                    Step::Packet(packet) => packets.push((
                        packet.frame,
                        packet.at.0,
                        packet.link.0,
                        packet.bytes.to_vec(),
                        packet.original_length,
                    )),
                    Step::Secrets(secrets) => keys.extend_from_slice(secrets),
                    Step::Damage(damage) => damages.push(damage),
                    Step::More => break,
                }
            }
            block.drain(..position);
        }
        damages.extend(reader.finish(&block));
        (packets, damages, keys)
    }

    #[test]
    fn both_byte_orders_and_all_precisions_are_read() {
        for big_endian in [false, true] {
            for (magic, unit) in [(0xa1b2_c3d4, 1000), (0xa1b2_3c4d, 1), (0xa1b2_cd34, 1000)] {
                let file = pcap(magic, big_endian, &[(7, 5, b"abc"), (8, 6, b"")]);
                let (packets, damages, _) = walk(&file, usize::MAX);
                assert_eq!(
                    packets,
                    [
                        (1, 7_000_000_000 + 5 * unit, 1, b"abc".to_vec(), 5),
                        (2, 8_000_000_000 + 6 * unit, 1, Vec::new(), 2)
                    ]
                );
                assert_eq!(damages, []);
            }
        }
    }

    #[test]
    fn a_cut_file_gives_everything_before_the_cut_and_says_where() {
        let file = pcap(0xa1b2_c3d4, false, &[(7, 5, b"abc"), (8, 6, b"defghi")]);
        let (packets, damages, _) = walk(&file[..file.len() - 2], usize::MAX);
        assert_eq!(packets.len(), 1);
        assert_eq!(damages[0].kind, CaveatKind::TruncatedFile);
        assert_eq!(damages[0].offset, 24 + 16 + 3);
    }

    #[test]
    fn after_a_record_with_an_absurd_length_the_walk_finds_the_next() {
        let day = 1_700_000_000;
        let mut file = pcap(
            0xa1b2_c3d4,
            false,
            &[(day, 5, b"abc"), (day, 6, b"xyz"), (day + 1, 7, b"defg")],
        );
        let at = 24 + 19 + 8;
        file[at..at + 4].copy_from_slice(&0xf000_0000u32.to_le_bytes());
        let (packets, damages, _) = walk(&file, usize::MAX);
        assert_eq!(damages.len(), 1);
        assert_eq!(damages[0].offset, 24 + 19);
        let frames: Vec<_> = packets.iter().map(|packet| packet.3.as_slice()).collect();
        assert_eq!(frames, [b"abc".as_slice(), b"defg"]);
    }

    #[test]
    fn something_else_is_refused_once() {
        let (packets, damages, _) = walk(b"GIF89a..............", 3);
        assert_eq!((packets.len(), damages.len()), (0, 1));
    }

    /// A pcapng block around `body`.
    fn block(kind: u32, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(12 + body.len().next_multiple_of(4)).unwrap();
        let mut bytes = kind.to_le_bytes().to_vec();
        bytes.extend(length.to_le_bytes());
        bytes.extend(body);
        bytes.resize(length as usize - 4, 0);
        bytes.extend(length.to_le_bytes());
        bytes
    }

    fn section(resolution: u8) -> Vec<u8> {
        let mut header = 0x1a2b_3c4du32.to_le_bytes().to_vec();
        header.extend([1, 0, 0, 0]);
        header.extend([0xff; 8]);
        let mut file = block(0x0a0d_0d0a, &header);
        let mut interface = vec![101, 0, 0, 0, 4, 0, 0, 0];
        interface.extend([9, 0, 1, 0, resolution, 0, 0, 0]);
        interface.extend([14, 0, 8, 0, 100, 0, 0, 0, 0, 0, 0, 0]);
        interface.extend([0, 0, 0, 0]);
        file.extend(block(1, &interface));
        file
    }

    fn enhanced(ticks: u64, bytes: &[u8]) -> Vec<u8> {
        let length = u32::try_from(bytes.len()).unwrap();
        let mut body = Vec::new();
        for value in [0, (ticks >> 32) as u32, ticks as u32, length, length] {
            body.extend(value.to_le_bytes());
        }
        body.extend(bytes);
        block(6, &body)
    }

    #[test]
    fn pcapng_times_follow_the_interface_and_sections_start_over() {
        let mut file = section(3);
        file.extend(enhanced(1500, b"ab"));
        file.extend(block(0x7777, b"unknown"));
        file.extend(block(3, b"\x09\0\0\0abcdefghi"));
        let mut secrets = 0x544c_534bu32.to_le_bytes().to_vec();
        secrets.extend(4u32.to_le_bytes());
        secrets.extend(b"keys");
        file.extend(block(10, &secrets));
        file.extend(section(0x80 | 1));
        file.extend(enhanced(3, b"c"));
        let (packets, damages, keys) = walk(&file, usize::MAX);
        assert_eq!(
            packets,
            [
                (1, 101_500_000_000, 101, b"ab".to_vec(), 2),
                (2, 101_500_000_000, 101, b"abcd".to_vec(), 9),
                (3, 101_500_000_000, 101, b"c".to_vec(), 1),
            ]
        );
        assert_eq!(damages, []);
        assert_eq!(keys, b"keys");
    }

    #[test]
    fn link_types_keep_their_number_without_the_bits_above() {
        let mut file = pcap(0xa1b2_c3d4, false, &[(7, 5, b"abc")]);
        file[20..24].copy_from_slice(&0x5400_0001u32.to_le_bytes());
        let mut reader = Reader::new(&Limits::default());
        let mut position = 0;
        let Step::Packet(packet) = reader.next(&file, &mut position) else {
            panic!("no packet");
        };
        assert_eq!(packet.link, LinkType::ETHERNET);
        assert_eq!(packet.at, Timestamp(7_000_005_000));
    }

    proptest! {
        #[test]
        fn any_bytes_give_the_same_walk_whatever_the_blocks(
            start in 0usize..4,
            noise in proptest::collection::vec(any::<u8>(), 0..400),
            at in 0usize..200,
            chunk in 1usize..64,
        ) {
            let mut file = match start {
                0 => pcap(0xa1b2_c3d4, false, &[(7, 5, b"abc"), (8, 6, b"xyz"), (9, 7, b"defg")]),
                1 => pcap(0xa1b2_3c4d, true, &[(7, 5, b"abc"), (8, 6, b"xyz")]),
                2 => { let mut file = section(9); file.extend(enhanced(1500, b"ab")); file.extend(enhanced(1501, b"abc")); file }
                _ => Vec::new(),
            };
            let at = at.min(file.len());
            for (index, byte) in noise.iter().enumerate() {
                match file.get_mut(at + index * 7) {
                    Some(place) if index < 4 => *place = *byte,
                    _ => {}
                }
            }
            file.extend(noise);
            let whole = walk(&file, usize::MAX);
            prop_assert_eq!(whole, walk(&file, chunk));
        }
    }
}
