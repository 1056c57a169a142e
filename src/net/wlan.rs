//! IEEE 802.11 data frames that are not encrypted, with the headers that capture tools put before them.

use super::link::logical_link;
use super::segment::{Layer, other};

/// A frame from its frame control field on (IEEE 802.11-2020 §9.2.3).
pub(super) fn open(bytes: &[u8]) -> Option<Layer<'_>> {
    data(bytes, false)
}

/// After a RadioTap header (<https://www.radiotap.org>).
pub(super) fn radiotap(bytes: &[u8]) -> Option<Layer<'_>> {
    let [_, _, l0, l1] = *bytes.first_chunk::<4>()?;
    let length = usize::from(u16::from_le_bytes([l0, l1]));
    let is_padded = radiotap_flags(bytes).is_some_and(|flags| flags & 0x20 != 0);
    data(bytes.get(length..)?, is_padded)
}

/// After a Prism header, which gives its length in the capturing host's byte order; or AVS, which replaced it.
pub(super) fn prism(bytes: &[u8]) -> Option<Layer<'_>> {
    let length = *bytes.get(4..)?.first_chunk::<4>()?;
    let length = u32::from_le_bytes(length).min(u32::from_be_bytes(length));
    data(bytes.get(length as usize..)?, false)
}

/// After an AVS header.
pub(super) fn avs(bytes: &[u8]) -> Option<Layer<'_>> {
    let length = u32::from_be_bytes(*bytes.get(4..)?.first_chunk::<4>()?);
    data(bytes.get(length as usize..)?, false)
}

/// The packets of an aggregate (A-MSDU, IEEE 802.11-2020 §9.3.2.2), each from IEEE 802.2 on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts<'a>(&'a [u8]);

impl<'a> Iterator for Parts<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (header, rest) = self.0.split_first_chunk::<14>()?;
        let [.., high, low] = *header;
        let length = usize::from(u16::from_be_bytes([high, low]));
        let part = rest.get(..length).unwrap_or(rest);
        // All but the last are filled up to four bytes.
        let padded = (14 + length).next_multiple_of(4) - 14;
        self.0 = rest.get(padded..).unwrap_or_default();
        Some(part)
    }
}

/// The Flags field, which stands first or after the 8-byte TSFT.
fn radiotap_flags(bytes: &[u8]) -> Option<u8> {
    let word = |index: usize| {
        let four = bytes.get(4 + index * 4..)?.first_chunk::<4>()?;
        Some(u32::from_le_bytes(*four))
    };
    let present = word(0)?;
    let words = (0..8).take_while(|index| word(*index).is_some_and(|word| word >> 31 == 1));
    let mut at = 4 + 4 * (words.count() + 1);
    if present & 1 != 0 {
        at = at.next_multiple_of(8) + 8;
    }
    if present & 2 == 0 {
        return None;
    }
    bytes.get(at).copied()
}

fn data(bytes: &[u8], is_padded: bool) -> Option<Layer<'_>> {
    let [control, flags] = *bytes.first_chunk::<2>()?;
    // Type 2 is data; subtype bit 2 means that nothing is carried.
    if control & 0x0c != 0x08 || control & 0x40 != 0 {
        return Some(other("IEEE 802.11 frame without data"));
    }
    if flags & 0x40 != 0 {
        return Some(other("IEEE 802.11 encrypted"));
    }
    let mut header = 24;
    if flags & 0x03 == 0x03 {
        header += 6;
    }
    let mut is_aggregate = false;
    if control & 0x80 != 0 {
        is_aggregate = bytes.get(header)? & 0x80 != 0;
        header += 2;
        if flags & 0x80 != 0 {
            header += 4;
        }
    }
    if is_padded {
        header = header.next_multiple_of(4);
    }
    if is_aggregate {
        return Some(Layer::Several(Parts(bytes.get(header..)?)));
    }
    logical_link(bytes.get(header..)?)
}
