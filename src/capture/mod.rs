//! pcap, pcapng → Packet. Knows record formats and no protocol: what is inside a packet is [`crate::net`]'s business.
//!
//! ```
//! use corsight::capture::{Reader, Step};
//!
//! let mut reader = Reader::new(&Default::default());
//! let file = b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00\0\0\0\0\0\0\0\0\xff\xff\x00\x00\x01\x00\x00\x00";
//! let mut position = 0;
//! assert!(matches!(reader.next(file, &mut position), Step::More));
//! assert_eq!(position, 24);
//! ```

mod classic;
mod link_type;
mod pcapng;
mod reader;

pub use link_type::LinkType;
pub use reader::{Damage, Reader, Step};

use crate::time::Timestamp;

/// One captured packet, as a view on the block of file bytes that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// 1-based number over the whole file, as Wireshark's `frame.number`.
    pub frame: u64,
    /// When it was captured. A record without a time takes that of the packet before.
    pub at: Timestamp,
    /// What the first byte belongs to.
    pub link: LinkType,
    /// The bytes that were kept.
    pub bytes: &'a [u8],
    /// Length on the wire; above `bytes.len()` when the capture kept less.
    pub original_length: u32,
}
