//! The Huffman code of RFC 7541 Appendix B, which QPACK shares.
//!
//! The code is canonical: symbols of one length have consecutive codes, in the order of the symbols. So the lengths alone
//! give the code. Codes of up to [`FAST`] bits, nearly all of a real text, are found by one look-up.

use super::BlockError;

/// Bits that the look-up table resolves at once.
const FAST: u32 = 10;
/// Shortest and longest code.
const LENGTHS_USED: std::ops::RangeInclusive<u32> = 5..=30;
const END_OF_STRING: u16 = 256;

/// Appends the decoded `coded` to `out`.
pub(crate) fn decode(coded: &[u8], out: &mut Vec<u8>) -> Result<(), BlockError> {
    let mut bits: u64 = 0;
    let mut held: u32 = 0;
    let mut input = coded.iter();
    loop {
        while held <= 56 {
            let Some(&byte) = input.next() else { break };
            bits |= u64::from(byte) << (56 - held);
            held += 8;
        }
        if held == 0 {
            return Ok(());
        }
        let (symbol, len) = lookup(bits);
        if len > held {
            break;
        }
        let Ok(byte) = u8::try_from(symbol) else {
            return Err(BlockError::Huffman);
        };
        out.push(byte);
        bits <<= len;
        held -= len;
    }
    // What is left must be padding: fewer than eight bits, all ones (§5.2).
    let ones = !0_u64 << (64 - held);
    if held < 8 && bits & ones == ones {
        Ok(())
    } else {
        Err(BlockError::Huffman)
    }
}

/// The symbol that the left-aligned `bits` begin with, and its length.
fn lookup(bits: u64) -> (u16, u32) {
    let (symbol, len) = CODE
        .fast
        .get((bits >> (64 - FAST)) as usize)
        .copied()
        .unwrap_or_default();
    if len != 0 {
        return (symbol, u32::from(len));
    }
    let window = (bits >> 32) as u32;
    for len in FAST + 1..=*LENGTHS_USED.end() {
        let at = len as usize;
        let (first, count) = (CODE.first[at], CODE.count[at]);
        let offset = (window >> (32 - len)).wrapping_sub(first);
        if offset < count {
            let rank = CODE.rank[at].saturating_add(offset) as usize;
            return (
                CODE.by_rank.get(rank).copied().unwrap_or(END_OF_STRING),
                len,
            );
        }
    }
    (END_OF_STRING, *LENGTHS_USED.end())
}

struct Code {
    /// By the first [`FAST`] bits: symbol and length; length 0 when the code is longer.
    fast: [(u16, u8); 1 << FAST],
    /// By length: the first code, how many there are, and the rank of the first among all symbols.
    first: [u32; 31],
    count: [u32; 31],
    rank: [u32; 31],
    /// Symbols in the order of their codes.
    by_rank: [u16; 257],
}

static CODE: Code = build();

const fn build() -> Code {
    let mut code = Code {
        fast: [(0, 0); 1 << FAST],
        first: [0; 31],
        count: [0; 31],
        rank: [0; 31],
        by_rank: [0; 257],
    };
    let mut next = 0_u32;
    let mut rank = 0_usize;
    let mut len = 1_usize;
    while len <= 30 {
        next <<= 1;
        code.first[len] = next;
        code.rank[len] = rank as u32;
        let mut symbol = 0_usize;
        while symbol < 257 {
            if LENGTH[symbol] as usize == len {
                code.by_rank[rank] = symbol as u16;
                if len <= FAST as usize {
                    let spare = FAST as usize - len;
                    let mut tail = 0_usize;
                    while tail < 1 << spare {
                        code.fast[((next as usize) << spare) + tail] = (symbol as u16, len as u8);
                        tail += 1;
                    }
                }
                next += 1;
                rank += 1;
            }
            symbol += 1;
        }
        code.count[len] = next - code.first[len];
        len += 1;
    }
    code
}

/// Code lengths in bits, by symbol; the last is the end of string.
#[rustfmt::skip]
const LENGTH: [u8; 257] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
    13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
    30,
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encode(text: &[u8]) -> Vec<u8> {
        let (mut out, mut bits, mut held) = (Vec::new(), 0_u64, 0_u32);
        for &byte in text {
            let len = u32::from(LENGTH[usize::from(byte)]);
            let rank = CODE
                .by_rank
                .iter()
                .position(|&symbol| symbol == u16::from(byte))
                .unwrap() as u32;
            let code = CODE.first[len as usize] + rank - CODE.rank[len as usize];
            bits = bits << len | u64::from(code);
            held += len;
            while held >= 8 {
                held -= 8;
                out.push((bits >> held) as u8);
            }
        }
        if held > 0 {
            out.push((bits << (8 - held)) as u8 | 0xff >> held);
        }
        out
    }

    #[test]
    fn examples_of_the_standard() {
        // RFC 7541 §C.4.1 and §C.6.1.
        let mut out = Vec::new();
        decode(
            &[
                0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4, 0xff,
            ],
            &mut out,
        )
        .unwrap();
        assert_eq!(out, b"www.example.com");
        out.clear();
        decode(&[0x64, 0x02], &mut out).unwrap();
        assert_eq!(out, b"302");
    }

    #[test]
    fn the_code_is_complete() {
        // The last code, end of string, is thirty ones.
        assert_eq!(CODE.first[30] + CODE.count[30], 1 << 30);
    }

    #[test]
    fn wrong_padding_and_end_of_string_are_refused() {
        let mut out = Vec::new();
        // Padding of zeroes, padding of a whole byte, the end-of-string symbol.
        assert_eq!(decode(&[0x00], &mut out), Err(BlockError::Huffman));
        assert_eq!(decode(&[0xff], &mut out), Err(BlockError::Huffman));
        assert_eq!(decode(&[0xff; 4], &mut out), Err(BlockError::Huffman));
    }

    proptest! {
        #[test]
        fn every_text_survives(text in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut out = Vec::new();
            decode(&encode(&text), &mut out).unwrap();
            prop_assert_eq!(out, text);
        }

        #[test]
        fn any_bytes_are_answered(coded in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut out = Vec::new();
            let _ = decode(&coded, &mut out);
            prop_assert!(out.len() <= coded.len() * 8 / 5);
        }
    }
}
