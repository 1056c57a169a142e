//! Variable-length integers (RFC 9000 §16), which QUIC and HTTP/3 share.

/// Reads an integer and moves `input` behind it; `None` leaves `input` alone: it ends too early.
#[inline]
pub(crate) fn read(input: &mut &[u8]) -> Option<u64> {
    let first = *input.first()?;
    let (raw, rest) = input.split_at_checked(1_usize << (first >> 6))?;
    *input = rest;
    let value = raw
        .iter()
        .fold(0_u64, |value, &byte| value << 8 | u64::from(byte));
    let bits = raw.len() as u32 * 8 - 2;
    Some(value & ((1_u64 << bits) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_standard() {
        // RFC 9000 §A.1.
        for (bytes, value) in [
            (
                &[0xc2, 0x19, 0x7c, 0x5e, 0xff, 0x14, 0xe8, 0x8c][..],
                151_288_809_941_952_652,
            ),
            (&[0x9d, 0x7f, 0x3e, 0x7d], 494_878_333),
            (&[0x7b, 0xbd], 15_293),
            (&[0x25], 37),
            (&[0x40, 0x25], 37),
        ] {
            let mut input = bytes;
            assert_eq!(read(&mut input), Some(value));
            assert!(input.is_empty());
        }
    }

    #[test]
    fn a_cut_integer_is_left_alone() {
        let mut cut: &[u8] = &[0xc2, 0x19];
        assert_eq!(read(&mut cut), None);
        assert_eq!(cut.len(), 2);
        assert_eq!(read(&mut &[][..]), None);
    }
}
