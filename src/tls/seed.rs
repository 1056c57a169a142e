//! SEED (RFC 4269) in CBC mode, decrypting only: the one cipher of recorded TLS for which no maintained crate exists.
//!
//! Tables are computed from their definition (RFC 4269 §2.4) when the program is built. Not hardened against timing:
//! the traffic is a recording and its keys are in the user's hands.

use super::cbc::Blocks;

/// The cipher with its key: two words for each round.
pub(crate) struct Seed {
    rounds: [[u32; 2]; 16],
}

impl Seed {
    /// `None` for a key of wrong length.
    pub(crate) fn new(key: &[u8]) -> Option<Self> {
        let [mut k0, mut k1, mut k2, mut k3] = words(key.try_into().ok()?);
        let mut constant = 0x9e37_79b9_u32;
        let mut rounds = [[0; 2]; 16];
        for (index, round) in rounds.iter_mut().enumerate() {
            *round = [
                mix(k0.wrapping_add(k2).wrapping_sub(constant)),
                mix(k1.wrapping_sub(k3).wrapping_add(constant)),
            ];
            (k0, k1, k2, k3) = match index % 2 {
                0 => (k0 >> 8 | k1 << 24, k1 >> 8 | k0 << 24, k2, k3),
                _ => (k0, k1, k2 << 8 | k3 >> 24, k3 << 8 | k2 >> 24),
            };
            constant = constant.rotate_left(1);
        }
        Some(Self { rounds })
    }

    fn decrypt_block(&self, block: [u8; 16]) -> [u8; 16] {
        let [mut l0, mut l1, mut r0, mut r1] = words(block);
        for [k0, k1] in self.rounds.iter().rev() {
            let mut left = r0 ^ k0;
            let mut right = mix(r1 ^ k1 ^ left);
            left = mix(left.wrapping_add(right));
            right = mix(right.wrapping_add(left));
            left = left.wrapping_add(right);
            (l0, l1, r0, r1) = (r0, r1, l0 ^ left, l1 ^ right);
        }
        // The last round does not swap.
        let out = [r0, r1, l0, l1].map(u32::to_be_bytes);
        std::array::from_fn(|index| out[index / 4][index % 4])
    }
}

impl Blocks for Seed {
    fn decrypt(&self, iv: &[u8], data: &mut [u8]) -> Option<()> {
        let mut chain = <[u8; 16]>::try_from(iv).ok()?;
        let (blocks, rest) = data.as_chunks_mut::<16>();
        for block in blocks {
            let sealed = *block;
            *block = self.decrypt_block(sealed);
            for (byte, before) in block.iter_mut().zip(chain) {
                *byte ^= before;
            }
            chain = sealed;
        }
        rest.is_empty().then_some(())
    }

    fn len(&self) -> usize {
        16
    }
}

fn words(bytes: [u8; 16]) -> [u32; 4] {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = bytes;
    [[a, b, c, d], [e, f, g, h], [i, j, k, l], [m, n, o, p]].map(u32::from_be_bytes)
}

/// The function G (RFC 4269 §2.3).
fn mix(word: u32) -> u32 {
    let [x0, x1, x2, x3] = word.to_le_bytes();
    let spread = |byte: u8, turn: u32| {
        // The masks m3, m2, m1, m0 from the highest byte down, turned by as many bytes.
        u32::from_be_bytes([byte; 4]) & 0x3fcf_f3fc_u32.rotate_left(8 * turn)
    };
    let [s0, s1] = &S_BOXES;
    spread(s0[usize::from(x0)], 0)
        ^ spread(s1[usize::from(x1)], 3)
        ^ spread(s0[usize::from(x2)], 2)
        ^ spread(s1[usize::from(x3)], 1)
}

const S_BOXES: [[u8; 256]; 2] = [
    s_box(247, [0x2c, 0xd0, 0x69, 0xc2, 0x41, 0x44, 0x58, 0xe2], 169),
    s_box(251, [0xd0, 0x2a, 0xe1, 0x2c, 0x21, 0x30, 0xa2, 0x6c], 56),
];

/// `A · x^n + b` for all `x`; `columns` are those of the matrix A, for the lowest bit first.
const fn s_box(power: u32, columns: [u8; 8], constant: u8) -> [u8; 256] {
    let mut table = [0; 256];
    let mut x = 0;
    while x < 256 {
        let mut y = 1;
        let mut step = 0;
        while step < power {
            y = times(y, x as u8);
            step += 1;
        }
        table[x] = constant;
        let mut bit = 0;
        while bit < 8 {
            if y >> bit & 1 == 1 {
                table[x] ^= columns[bit];
            }
            bit += 1;
        }
        x += 1;
    }
    table
}

/// Product in GF(2^8) by x^8 + x^6 + x^5 + x + 1.
const fn times(a: u8, b: u8) -> u8 {
    let (mut a, mut b, mut product) = (a as u16, b, 0);
    while b > 0 {
        if b & 1 == 1 {
            product ^= a;
        }
        a <<= 1;
        if a & 0x100 != 0 {
            a ^= 0x163;
        }
        b >>= 1;
    }
    product as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_vectors_are_decrypted() {
        // RFC 4269 §B.1 and §B.3.
        let vectors: [(u128, u128, u128); 2] = [
            (
                0,
                0x5eba_c6e0_054e_1668_19af_f1cc_6d34_6cdb,
                0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f,
            ),
            (
                0x4706_4808_51e6_1be8_5d74_bfb3_fd95_6185,
                0xee54_d13e_bcae_706d_226b_c314_2cd4_0d4a,
                0x83a2_f8a2_8864_1fb9_a4e9_a5cc_2f13_1c7d,
            ),
        ];
        for (key, sealed, plain) in vectors {
            let cipher = Seed::new(&key.to_be_bytes()).unwrap();
            let mut data = sealed.to_be_bytes();
            cipher.decrypt(&[0; 16], &mut data).unwrap();
            assert_eq!(u128::from_be_bytes(data), plain);
        }
    }

    #[test]
    fn half_blocks_and_odd_keys_are_refused() {
        assert!(Seed::new(&[0; 15]).is_none());
        let cipher = Seed::new(&[0; 16]).unwrap();
        assert!(cipher.decrypt(&[0; 16], &mut [0; 17]).is_none());
        assert!(cipher.decrypt(&[0; 4], &mut [0; 16]).is_none());
    }
}
