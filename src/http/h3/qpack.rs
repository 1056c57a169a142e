//! QPACK (RFC 9204) for somebody who only watches.
//!
//! Unlike HPACK the table has absolute indexes, and its insertions travel on a stream of their own. A field section that
//! needs insertions which have not come yet has to wait; when they never come, what they hold stays unknown.

use super::static_table;
use crate::http::h2::hpack::{BlockError, FieldLine, integer, string};
use std::collections::VecDeque;

/// What an entry costs beside its text (RFC 9204 §3.2.1).
const OVERHEAD: usize = 32;
/// Longest insertion that is put together.
const MAX_INSTRUCTION: usize = 256 << 10;

/// Reads the field sections of one direction.
#[derive(Debug)]
pub(crate) struct Decoder {
    /// Oldest first. `None`: copied from something unknown.
    entries: VecDeque<Option<Entry>>,
    size: usize,
    /// As the encoder has set it.
    capacity: usize,
    limit: usize,
    /// The receiver's SETTINGS_QPACK_MAX_TABLE_CAPACITY.
    max_capacity: u64,
    /// Insertions so far.
    inserted: u64,
    /// Insertions may be missing: no index can be trusted.
    is_lost: bool,
    /// The start of an instruction.
    held: Vec<u8>,
    name: Vec<u8>,
    value: Vec<u8>,
}

#[derive(Debug, Clone)]
struct Entry {
    name: Box<[u8]>,
    value: Box<[u8]>,
}

impl Decoder {
    /// An empty table that never holds more than `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            size: 0,
            capacity: 0,
            limit,
            max_capacity: 0,
            inserted: 0,
            is_lost: false,
            held: Vec::new(),
            name: Vec::new(),
            value: Vec::new(),
        }
    }

    /// The receiver has announced how large the table may become.
    pub(crate) fn set_max_capacity(&mut self, capacity: u64) {
        self.max_capacity = capacity;
    }

    /// Part of the encoder stream is missing.
    pub(crate) fn lose(&mut self) {
        self.is_lost = true;
        self.entries.clear();
        self.held.clear();
    }

    /// Takes the next bytes of the encoder stream (§4.3).
    pub(crate) fn push_instructions(&mut self, bytes: &[u8]) {
        if self.is_lost {
            return;
        }
        let mut held = std::mem::take(&mut self.held);
        held.extend_from_slice(bytes);
        let mut rest = held.as_slice();
        while !rest.is_empty() {
            let mut input = rest;
            match self.instruction(&mut input) {
                Ok(()) => rest = input,
                Err(BlockError::Truncated) if rest.len() < MAX_INSTRUCTION => {
                    self.held = rest.to_vec();
                    return;
                }
                Err(_) => return self.lose(),
            }
        }
    }

    fn instruction(&mut self, input: &mut &[u8]) -> Result<(), BlockError> {
        let Some(&first) = input.first() else {
            return Ok(());
        };
        let (mut name, mut value) = (
            std::mem::take(&mut self.name),
            std::mem::take(&mut self.value),
        );
        let result = match first {
            0x80.. => integer::read(input, 6).and_then(|index| {
                let entry = if first & 0x40 != 0 {
                    let (found, _) = static_table::entry(index).ok_or(BlockError::Index)?;
                    Some(found.into())
                } else {
                    self.relative(self.inserted, index).map(|entry| entry.name)
                };
                let value = string::read(input, 7, &mut value)?;
                self.insert(entry.map(|name| Entry {
                    name,
                    value: value.into(),
                }));
                Ok(())
            }),
            0x40.. => string::read(input, 5, &mut name).and_then(|name| {
                let name = name.into();
                let value = string::read(input, 7, &mut value)?.into();
                self.insert(Some(Entry { name, value }));
                Ok(())
            }),
            0x20.. => integer::read(input, 5).map(|capacity| {
                self.capacity = usize::try_from(capacity).unwrap_or(usize::MAX);
                self.evict(0);
            }),
            _ => integer::read(input, 5).map(|index| {
                let entry = self.relative(self.inserted, index);
                self.insert(entry);
            }),
        };
        self.name = name;
        self.value = value;
        result
    }

    fn insert(&mut self, entry: Option<Entry>) {
        let size = entry.as_ref().map_or(OVERHEAD, Entry::size);
        self.evict(size);
        self.size = self.size.saturating_add(size);
        self.entries.push_back(entry);
        self.inserted = self.inserted.saturating_add(1);
    }

    /// Makes room for `size` bytes.
    fn evict(&mut self, size: usize) {
        let room = self.capacity.min(self.limit).saturating_sub(size);
        while self.size > room {
            let Some(oldest) = self.entries.pop_front() else {
                break;
            };
            let size = oldest.as_ref().map_or(OVERHEAD, Entry::size);
            self.size = self.size.saturating_sub(size);
        }
    }

    fn relative(&self, base: u64, index: u64) -> Option<Entry> {
        self.absolute(base.checked_sub(index)?.checked_sub(1)?)
            .cloned()
    }

    fn absolute(&self, index: u64) -> Option<&Entry> {
        let first = self.inserted.checked_sub(self.entries.len() as u64)?;
        let at = usize::try_from(index.checked_sub(first)?).ok()?;
        self.entries.get(at)?.as_ref()
    }

    /// Whether `section` can be read now, as far as it ever can.
    pub(crate) fn is_ready(&self, section: &[u8]) -> bool {
        self.is_lost
            || integer::read(&mut &*section, 8).map_or(true, |encoded| {
                self.required(encoded) <= Some(self.inserted)
            })
    }

    /// The Required Insert Count (§4.5.1.1).
    fn required(&self, encoded: u64) -> Option<u64> {
        if encoded == 0 {
            return Some(0);
        }
        let full = (self.max_capacity / OVERHEAD as u64).checked_mul(2)?;
        let max = self.inserted.checked_add(full / 2)?;
        let wrapped = max.checked_div(full)?.checked_mul(full)?;
        let required = wrapped.checked_add(encoded)?.checked_sub(1)?;
        if required > max {
            required.checked_sub(full)
        } else {
            Some(required)
        }
    }

    /// Gives each field line of `section` to `each` (§4.5).
    pub(crate) fn decode(
        &mut self,
        section: &[u8],
        mut each: impl FnMut(FieldLine<'_>),
    ) -> Result<(), BlockError> {
        let mut input = section;
        let encoded = integer::read(&mut input, 8)?;
        let is_negative = input.first().is_some_and(|first| first & 0x80 != 0);
        let delta = integer::read(&mut input, 7)?;
        let base = self.required(encoded).and_then(|required| {
            if is_negative {
                required.checked_sub(delta)?.checked_sub(1)
            } else {
                required.checked_add(delta)
            }
        });
        let (mut name, mut value) = (
            std::mem::take(&mut self.name),
            std::mem::take(&mut self.value),
        );
        let mut result = Ok(());
        while result.is_ok() && !input.is_empty() {
            result = self.line(&mut input, base, &mut name, &mut value, &mut each);
        }
        self.name = name;
        self.value = value;
        result
    }

    fn line(
        &self,
        input: &mut &[u8],
        base: Option<u64>,
        name: &mut Vec<u8>,
        value: &mut Vec<u8>,
        each: &mut impl FnMut(FieldLine<'_>),
    ) -> Result<(), BlockError> {
        let first = input.first().copied().unwrap_or_default();
        let before = |index: u64| base?.checked_sub(index)?.checked_sub(1);
        let after = |index: u64| base?.checked_add(index);
        let dynamic = |index: Option<u64>| {
            let entry = self.absolute(index?).filter(|_| !self.is_lost)?;
            Some((&*entry.name, &*entry.value))
        };
        // Each arm gives the entry that is referred to, and whether a literal value follows.
        let (entry, has_value) = match first {
            0x80.. => {
                let index = integer::read(input, 6)?;
                let is_static = first & 0x40 != 0;
                (pick(is_static, index, || dynamic(before(index)))?, false)
            }
            0x40.. => {
                let index = integer::read(input, 4)?;
                let is_static = first & 0x10 != 0;
                (pick(is_static, index, || dynamic(before(index)))?, true)
            }
            0x20.. => {
                let name = string::read(input, 3, name)?;
                let value = string::read(input, 7, value)?;
                each(FieldLine {
                    name: Some(name),
                    value: Some(value),
                });
                return Ok(());
            }
            0x10.. => (dynamic(after(integer::read(input, 4)?)), false),
            _ => (dynamic(after(integer::read(input, 3)?)), true),
        };
        let value = if has_value {
            Some(string::read(input, 7, value)?)
        } else {
            entry.map(|(_, value)| value)
        };
        each(FieldLine {
            name: entry.map(|(name, _)| name),
            value,
        });
        Ok(())
    }
}

type Pair<'a> = (&'a [u8], &'a [u8]);

fn pick<'a>(
    is_static: bool,
    index: u64,
    dynamic: impl FnOnce() -> Option<Pair<'a>>,
) -> Result<Option<Pair<'a>>, BlockError> {
    if is_static {
        static_table::entry(index)
            .map(Some)
            .ok_or(BlockError::Index)
    } else {
        Ok(dynamic())
    }
}

impl Entry {
    fn size(&self) -> usize {
        self.name
            .len()
            .saturating_add(self.value.len())
            .saturating_add(OVERHEAD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(decoder: &mut Decoder, section: &[u8]) -> Vec<String> {
        let text = |part: Option<&[u8]>| {
            part.map_or("?".into(), |part| {
                String::from_utf8_lossy(part).into_owned()
            })
        };
        let mut lines = Vec::new();
        decoder
            .decode(section, |line| {
                lines.push(format!("{}: {}", text(line.name), text(line.value)));
            })
            .unwrap();
        lines
    }

    #[test]
    fn examples_of_the_standard() {
        // RFC 9204 Appendix B.
        let mut decoder = Decoder::new(1 << 16);
        decoder.set_max_capacity(220);
        let literal = b"\0\0\x51\x0b/index.html";
        assert_eq!(read(&mut decoder, literal), [":path: /index.html"]);
        let section = [0x03, 0x81, 0x10, 0x11];
        assert!(!decoder.is_ready(&section));
        decoder.push_instructions(b"\x3f\xbd\x01\xc0\x0fwww.example.com\xc1\x0c/sam");
        assert!(!decoder.is_ready(&section));
        decoder.push_instructions(b"ple/path");
        assert!(decoder.is_ready(&section));
        assert_eq!(
            read(&mut decoder, &section),
            [":authority: www.example.com", ":path: /sample/path"]
        );
        decoder.push_instructions(b"\x4acustom-key\x0ccustom-value");
        decoder.push_instructions(&[0x02]);
        assert_eq!(
            read(&mut decoder, &[0x05, 0x00, 0x80, 0xc1, 0x81]),
            [
                ":authority: www.example.com",
                ":path: /",
                "custom-key: custom-value"
            ]
        );
    }

    #[test]
    fn what_a_lost_encoder_stream_held_is_unknown() {
        let mut decoder = Decoder::new(1 << 16);
        decoder.set_max_capacity(220);
        decoder.lose();
        assert!(decoder.is_ready(&[0x03, 0x81, 0x10]));
        assert_eq!(
            read(&mut decoder, &[0x03, 0x81, 0x10, 0xd1]),
            ["?: ?", ":method: GET"]
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(
            instructions in prop::collection::vec(any::<u8>(), 0..100),
            section in prop::collection::vec(any::<u8>(), 0..100),
        ) {
            let mut decoder = Decoder::new(4096);
            decoder.set_max_capacity(4096);
            decoder.push_instructions(&instructions);
            decoder.is_ready(&section);
            let _ = decoder.decode(&section, |_| ());
        }
    }
}
