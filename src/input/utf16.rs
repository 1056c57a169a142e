//! UTF-16 with a byte order mark → UTF-8, while streaming. PowerShell's `>` writes HARs like this.

use super::Reader;
use std::io::{self, Read};

/// Which byte of a unit comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ByteOrder {
    Big,
    Little,
}

/// Reads UTF-16, gives UTF-8. What is no Unicode becomes U+FFFD; the mark itself is passed on as U+FEFF.
pub(super) struct Decoder {
    packed: Reader,
    order: ByteOrder,
    /// Bytes of an incomplete unit or surrogate pair: at most 3.
    rest: Vec<u8>,
    text: Vec<u8>,
    given: usize,
}

const BLOCK: usize = 64 << 10;

impl Decoder {
    pub(super) fn new(packed: Reader, order: ByteOrder) -> Self {
        Self {
            packed,
            order,
            rest: Vec::new(),
            text: Vec::new(),
            given: 0,
        }
    }

    /// Decodes the next block; an empty `text` afterwards means the end.
    fn refill(&mut self) -> io::Result<()> {
        self.text.clear();
        self.given = 0;
        while self.text.is_empty() {
            let mut bytes = std::mem::take(&mut self.rest);
            let kept = bytes.len();
            bytes.resize(kept + BLOCK, 0);
            let count = loop {
                match self.packed.read(bytes.get_mut(kept..).unwrap_or_default()) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    outcome => break outcome?,
                }
            };
            bytes.truncate(kept + count);
            let whole = if count == 0 {
                bytes.len()
            } else {
                self.complete(&bytes)
            };
            self.decode(bytes.get(..whole).unwrap_or_default());
            self.rest = bytes.split_off(whole.min(bytes.len()));
            if count == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Length of the part that ends with a whole character.
    fn complete(&self, bytes: &[u8]) -> usize {
        let even = bytes.len() & !1;
        let last = even.checked_sub(2).and_then(|at| bytes.get(at..even));
        match last {
            Some(&[a, b]) if (0xD800..0xDC00).contains(&self.unit(a, b)) => even - 2,
            _ => even,
        }
    }

    fn decode(&mut self, bytes: &[u8]) {
        let units = bytes.chunks(2).map(|pair| match *pair {
            [a, b] => self.unit(a, b),
            _ => 0xFFFD,
        });
        let mut buffer = [0; 4];
        let mut text = Vec::with_capacity(bytes.len());
        for char in char::decode_utf16(units) {
            let char = char.unwrap_or(char::REPLACEMENT_CHARACTER);
            text.extend_from_slice(char.encode_utf8(&mut buffer).as_bytes());
        }
        self.text = text;
    }

    fn unit(&self, first: u8, second: u8) -> u16 {
        match self.order {
            ByteOrder::Big => u16::from_be_bytes([first, second]),
            ByteOrder::Little => u16::from_le_bytes([first, second]),
        }
    }
}

impl Read for Decoder {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.given >= self.text.len() {
            self.refill()?;
        }
        let ready = self.text.get(self.given..).unwrap_or_default();
        let count = ready.len().min(buf.len());
        if let (Some(into), Some(from)) = (buf.get_mut(..count), ready.get(..count)) {
            into.copy_from_slice(from);
        }
        self.given += count;
        Ok(count)
    }
}
