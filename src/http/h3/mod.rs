//! HTTP/3 (RFC 9114): content of QUIC streams → exchanges.

mod connection;
mod qpack;
mod static_table;
#[cfg(test)]
mod tests;

pub use connection::Connection;

/// Reads a variable-length integer (RFC 9000 §16); moves `input` past it. `None`: it is not whole.
pub(crate) fn varint(input: &mut &[u8]) -> Option<u64> {
    let len = 1_usize << (input.first()? >> 6);
    let (bytes, rest) = input.split_at_checked(len)?;
    *input = rest;
    let value = bytes
        .iter()
        .fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    // The two bits that tell the length are not part of the value.
    Some(value & (u64::MAX >> (64 - 8 * len + 2)))
}

#[cfg(test)]
mod varint_tests {
    use super::*;

    #[test]
    fn integers_of_all_lengths() {
        // RFC 9000 §A.1.
        let long = [0xc2, 0x19, 0x7c, 0x5e, 0xff, 0x14, 0xe8, 0x8c];
        assert_eq!(varint(&mut &long[..]), Some(151_288_809_941_952_652));
        assert_eq!(
            varint(&mut &[0x9d, 0x7f, 0x3e, 0x7d][..]),
            Some(494_878_333)
        );
        assert_eq!(varint(&mut &[0x7b, 0xbd][..]), Some(15_293));
        assert_eq!(varint(&mut &[0x25][..]), Some(37));
        assert_eq!(varint(&mut &[0x40][..]), None);
    }
}
