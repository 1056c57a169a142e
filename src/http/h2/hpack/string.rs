//! String literals (RFC 7541 §5.2; RFC 9204 §4.1.2): raw or Huffman-coded, with their length in front.

use super::{BlockError, huffman, integer};

/// Reads a string whose first byte keeps `prefix` low bits for the length, below the Huffman flag.
///
/// Raw strings are borrowed, Huffman strings are decoded into `scratch`, whose old content is lost.
pub(crate) fn read<'i: 's, 's>(
    input: &mut &'i [u8],
    prefix: u32,
    scratch: &'s mut Vec<u8>,
) -> Result<&'s [u8], BlockError> {
    let coded_mark = 1_u8.checked_shl(prefix).unwrap_or(0);
    let is_coded = input.first().is_some_and(|first| first & coded_mark != 0);
    let len = usize::try_from(integer::read(input, prefix)?).map_err(|_| BlockError::Integer)?;
    let (raw, rest) = input.split_at_checked(len).ok_or(BlockError::Truncated)?;
    *input = rest;
    if !is_coded {
        return Ok(raw);
    }
    scratch.clear();
    huffman::decode(raw, scratch)?;
    Ok(scratch)
}
