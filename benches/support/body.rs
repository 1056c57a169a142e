//! Bodies: stretches of a pool that is made once, of lines of one length, so that any stretch of whole lines is at once
//! valid as plain bytes, as escaped JSON text and as base64.

use super::random::Random;
use std::ops::Range;

/// Lines in a pool; longer bodies start over.
const LINES: usize = 1 << 16;

/// What a body is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// JSON text.
    Text,
    /// Random bytes: images, fonts.
    Binary,
}

/// A body: so many lines of a pool.
#[derive(Debug, Clone, Copy)]
pub struct Body {
    pub kind: Kind,
    first: usize,
    lines: usize,
}

impl Body {
    /// About `size` bytes, one line at least.
    pub fn about(size: f64, kind: Kind, random: &mut Random) -> Self {
        let line = kind.line() as f64;
        Self {
            kind,
            first: random.below(LINES as u64) as usize,
            lines: ((size / line) as usize).max(1),
        }
    }

    /// Bytes of it as sent.
    pub fn len(self) -> usize {
        self.lines * self.kind.line()
    }
}

impl Kind {
    /// Bytes of a line. 48 bytes are 64 of base64 without padding.
    fn line(self) -> usize {
        match self {
            Self::Text => TEXT_LINE,
            Self::Binary => 48,
        }
    }
}

const TEXT_LINE: usize = 72;

/// Both pools, as sent and as a HAR file writes them.
pub struct Pool {
    sent: [Vec<u8>; 2],
    written: [Vec<u8>; 2],
}

impl Pool {
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut text = Vec::with_capacity(LINES * TEXT_LINE);
        for _ in 0..LINES {
            text.extend_from_slice(text_line(&mut random).as_bytes());
        }
        let binary: Vec<u8> = (0..LINES * 48 / 8)
            .flat_map(|_| random.next().to_le_bytes())
            .collect();
        let escaped = text.iter().flat_map(|&byte| escape(byte)).copied();
        Self {
            written: [escaped.collect(), base64(&binary)],
            sent: [text, binary],
        }
    }

    /// The bytes of `body` as sent.
    pub fn sent(&self, body: Body) -> impl Iterator<Item = &[u8]> {
        stretches(&self.sent[body.kind as usize], body)
    }

    /// The bytes of `body` within the quotes of a JSON string.
    pub fn written(&self, body: Body) -> impl Iterator<Item = &[u8]> {
        stretches(&self.written[body.kind as usize], body)
    }
}

/// The lines of `body` in `pool`, in as few pieces as can be.
fn stretches(pool: &[u8], body: Body) -> impl Iterator<Item = &[u8]> {
    let line = pool.len() / LINES;
    let (mut first, mut left) = (body.first, body.lines);
    std::iter::from_fn(move || {
        let lines = left.min(LINES - first);
        let stretch: Range<usize> = first * line..(first + lines) * line;
        (first, left) = (0, left - lines);
        (lines > 0).then(|| &pool[stretch])
    })
}

fn text_line(random: &mut Random) -> String {
    let line = format!(
        "{{\"id\":{},\"sku\":\"{}\",\"price\":{},\"name\":\"{}\"}},\n",
        random.between(10_000_000..100_000_000),
        random.hex(9),
        random.between(100_000..1_000_000),
        random.hex(12),
    );
    debug_assert_eq!(line.len(), TEXT_LINE);
    line
}

fn escape(byte: u8) -> &'static [u8] {
    const BYTES: [u8; 256] = {
        let mut bytes = [0; 256];
        let mut index = 0;
        while index < 256 {
            bytes[index] = index as u8;
            index += 1;
        }
        bytes
    };
    match byte {
        b'"' => b"\\\"",
        b'\n' => b"\\n",
        _ => &BYTES[byte as usize..=byte as usize],
    }
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |group: &[u8], index: usize| {
        let value =
            (usize::from(group[0]) << 16) | (usize::from(group[1]) << 8) | usize::from(group[2]);
        DIGITS[(value >> (18 - 6 * index)) & 63]
    };
    bytes
        .chunks_exact(3)
        .flat_map(|group| (0..4).map(move |index| digit(group, index)))
        .collect()
}
