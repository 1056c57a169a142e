//! Prefixed integers (RFC 7541 §5.1).

use super::BlockError;

/// Largest integer that is read; the same bound as in common implementations, far above any real length.
const MAX: u64 = 1 << 30;

/// Reads an integer whose first byte keeps `prefix` (1 to 8) low bits for it; moves `input` past it.
pub(crate) fn read(input: &mut &[u8], prefix: u32) -> Result<u64, BlockError> {
    let (&first, mut rest) = input.split_first().ok_or(BlockError::Truncated)?;
    let mask = 0xff_u8 >> 8_u32.saturating_sub(prefix).min(7);
    let mut value = u64::from(first & mask);
    if value == u64::from(mask) {
        let mut shift = 0_u32;
        loop {
            let (&byte, next) = rest.split_first().ok_or(BlockError::Truncated)?;
            rest = next;
            // Five bytes of seven bits reach past `MAX`; more is padding that nobody sends.
            if shift > 28 {
                return Err(BlockError::Integer);
            }
            value += u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
    }
    if value > MAX {
        return Err(BlockError::Integer);
    }
    *input = rest;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_standard() {
        // RFC 7541 §C.1.
        assert_eq!(read(&mut &[0b1110_1010][..], 5), Ok(10));
        let mut long: &[u8] = &[0b0001_1111, 154, 10, 7];
        assert_eq!(read(&mut long, 5), Ok(1337));
        assert_eq!(long, [7]);
        assert_eq!(read(&mut &[42][..], 8), Ok(42));
    }

    #[test]
    fn cut_and_oversized_integers_leave_the_input_alone() {
        let mut cut: &[u8] = &[0xff, 0x80];
        assert_eq!(read(&mut cut, 7), Err(BlockError::Truncated));
        assert_eq!(cut.len(), 2);
        let endless = [0xff; 20];
        assert_eq!(read(&mut &endless[..], 7), Err(BlockError::Integer));
    }
}
