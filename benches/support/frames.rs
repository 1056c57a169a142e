//! Packets → the bytes of a pcap or pcapng file: Ethernet, VLAN, IPv4 and IPv6, TCP with timestamps, UDP; with checksums.

use super::session::{ACK, Flow, Packet, SYN};
use super::story::MILLI;
use std::io::{self, Write};
use std::net::IpAddr;

/// When captures begin, in nanoseconds since 1970.
pub const EPOCH: u64 = 1_700_000_000_000_000_000;

/// The kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    Pcap,
    Pcapng,
}

/// Writes packets.
pub struct Frames<'w> {
    out: &'w mut dyn Write,
    container: Container,
    /// The packet in the making: record header, link, network and transport headers, payload, trailer.
    record: Vec<u8>,
    pub bytes: u64,
    pub packets: u64,
}

impl<'w> Frames<'w> {
    /// Begins the file.
    pub fn new(container: Container, out: &'w mut dyn Write) -> io::Result<Self> {
        let header: &[u8] = match container {
            Container::Pcap => b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0\0",
            // A section of unknown length, and one Ethernet interface with nanoseconds.
            Container::Pcapng => {
                b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0\
                \x01\0\0\0\x20\0\0\0\x01\0\0\0\0\0\x04\0\x09\0\x01\0\x09\0\0\0\0\0\0\0\x20\0\0\0"
            }
        };
        out.write_all(header)?;
        Ok(Self {
            out,
            container,
            record: Vec::new(),
            bytes: header.len() as u64,
            packets: 0,
        })
    }

    pub fn write(&mut self, flow: &Flow, packet: &Packet) -> io::Result<()> {
        self.record.clear();
        let room = match self.container {
            Container::Pcap => 16,
            Container::Pcapng => 28,
        };
        self.record.resize(room, 0);
        self.frame(flow, packet);
        self.complete(EPOCH + packet.at, room);
        self.out.write_all(&self.record)?;
        self.bytes += self.record.len() as u64;
        self.packets += 1;
        Ok(())
    }

    /// Fills in the record's header, and what a block has behind the packet.
    fn complete(&mut self, at: u64, room: usize) {
        let length = (self.record.len() - room) as u32;
        let header = match self.container {
            Container::Pcap => [
                (at / 1_000_000_000) as u32,
                (at % 1_000_000_000 / 1000) as u32,
                length,
                length,
                0,
                0,
                0,
            ],
            Container::Pcapng => {
                let block = 32 + length.next_multiple_of(4);
                self.record.resize(block as usize - 4, 0);
                self.record.extend(block.to_le_bytes());
                [6, block, 0, (at >> 32) as u32, at as u32, length, length]
            }
        };
        for (place, word) in self.record[..room].chunks_exact_mut(4).zip(header) {
            place.copy_from_slice(&word.to_le_bytes());
        }
    }

    fn frame(&mut self, flow: &Flow, packet: &Packet) {
        let (from, to) = (packet.direction, 1 - packet.direction);
        let (source, destination) = (flow.ends[from], flow.ends[to]);
        let payload = packet.range.len();
        let transport = if flow.is_udp {
            8
        } else {
            tcp_header(packet.flags)
        };
        let record = &mut self.record;

        record.extend([2, 0, 0, 0, 0, 1 + to as u8, 2, 0, 0, 0, 0, 1 + from as u8]);
        if let Some(vlan) = flow.vlan {
            record.extend([0x81, 0]);
            record.extend(vlan.to_be_bytes());
        }
        let protocol = if flow.is_udp { 17u8 } else { 6 };
        let length = (transport + payload) as u16;
        let mut sum = u32::from(protocol) + u32::from(length);
        match (source.ip(), destination.ip()) {
            (IpAddr::V4(source), IpAddr::V4(destination)) => {
                record.extend([8, 0]);
                let start = record.len();
                record.extend([0x45, 0]);
                record.extend((20 + length).to_be_bytes());
                record.extend((self.packets as u16).to_be_bytes());
                record.extend([0x40, 0, 64, protocol, 0, 0]);
                record.extend(source.octets());
                record.extend(destination.octets());
                let check = folded(sum_of(&record[start..], 0)).to_be_bytes();
                record[start + 10..start + 12].copy_from_slice(&check);
                sum = sum_of(&record[start + 12..], sum);
            }
            (IpAddr::V6(source), IpAddr::V6(destination)) => {
                record.extend([0x86, 0xdd, 0x60, 0, 0, 0]);
                record.extend(length.to_be_bytes());
                record.extend([protocol, 64]);
                let start = record.len();
                record.extend(source.octets());
                record.extend(destination.octets());
                sum = sum_of(&record[start..], sum);
            }
            _ => unreachable!("both ends are of one family"),
        }

        let start = record.len();
        record.extend(source.port().to_be_bytes());
        record.extend(destination.port().to_be_bytes());
        let check = if flow.is_udp {
            record.extend(length.to_be_bytes());
            record.extend([0, 0]);
            start + 6
        } else {
            tcp(flow, packet, record);
            start + 16
        };
        let range = packet.range.start as usize..packet.range.end as usize;
        if packet.is_forged {
            record.resize(record.len() + payload, b'Z');
        } else {
            record.extend_from_slice(&flow.bytes[from][range]);
        }
        let value = folded(sum_of(&record[start..], sum)).to_be_bytes();
        record[check..check + 2].copy_from_slice(&value);
    }
}

/// Bytes of the header: timestamps always, more options on a SYN.
fn tcp_header(flags: u8) -> usize {
    if flags & SYN == 0 { 32 } else { 40 }
}

/// The TCP header after the ports.
fn tcp(flow: &Flow, packet: &Packet, into: &mut Vec<u8>) {
    let (from, to) = (packet.direction, 1 - packet.direction);
    let is_syn = packet.flags & SYN != 0;
    let seq = flow.initial[from].wrapping_add(packet.range.start + u32::from(!is_syn));
    let ack = match packet.flags & ACK {
        0 => 0,
        _ => flow.initial[to].wrapping_add(packet.acknowledged + 1),
    };
    into.extend(seq.to_be_bytes());
    into.extend(ack.to_be_bytes());
    into.extend([
        (tcp_header(packet.flags) as u8) << 2,
        packet.flags,
        0x80,
        0,
        0,
        0,
        0,
        0,
    ]);
    let clock = (packet.at / MILLI) as u32;
    if is_syn {
        into.extend([2, 4, 0x05, 0xa8, 4, 2, 8, 10]);
        into.extend(clock.to_be_bytes());
        into.extend([0, 0, 0, 0, 1, 3, 3, 7]);
    } else {
        into.extend([1, 1, 8, 10]);
        into.extend(clock.to_be_bytes());
        into.extend(clock.to_be_bytes());
    }
}

/// Adds 16-bit words to a checksum (RFC 1071); a packet is too short to overflow it.
fn sum_of(bytes: &[u8], sum: u32) -> u32 {
    let words = bytes.chunks_exact(2);
    let odd = words
        .remainder()
        .first()
        .map_or(0, |&byte| u32::from(byte) << 8);
    words
        .map(|word| u32::from(u16::from_be_bytes([word[0], word[1]])))
        .sum::<u32>()
        + odd
        + sum
}

fn folded(sum: u32) -> u16 {
    let once = (sum & 0xffff) + (sum >> 16);
    !((once & 0xffff) + (once >> 16)) as u16
}
