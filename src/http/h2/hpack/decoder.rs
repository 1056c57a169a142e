//! Field blocks (RFC 7541 §3, §6) → field lines, by the two tables.

use super::table::{DynamicTable, Lookup};
use super::{BlockError, FieldLine, integer, static_table, string};

/// Reads the field blocks of one direction of a connection, in order.
#[derive(Debug)]
pub(crate) struct Decoder {
    table: DynamicTable,
    name: Vec<u8>,
    value: Vec<u8>,
}

impl Decoder {
    /// A decoder at the beginning of a connection. Its table never holds more than `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            table: DynamicTable::new(limit),
            name: Vec::new(),
            value: Vec::new(),
        }
    }

    /// A block was lost: what the table holds is unknown.
    pub(crate) fn forget(&mut self) {
        self.table.forget();
    }

    /// Bytes in the table.
    pub(crate) fn table_size(&self) -> usize {
        self.table.size()
    }

    /// Whether the peers use a larger table than is held here.
    pub(crate) fn is_limited(&self) -> bool {
        self.table.is_limited()
    }

    /// Gives each field line of `block` to `each`.
    ///
    /// After an error the table is forgotten, since insertions may be missing; the lines given before are right.
    pub(crate) fn decode(
        &mut self,
        block: &[u8],
        mut each: impl FnMut(FieldLine<'_>),
    ) -> Result<(), BlockError> {
        let mut input = block;
        while let Some(&first) = input.first() {
            let result = match first {
                0x80.. => self.indexed(&mut input, &mut each),
                0x40.. => self.literal(&mut input, 6, true, &mut each),
                0x20.. => self.size_update(&mut input),
                // Without indexing (0x00) and never indexed (0x10).
                _ => self.literal(&mut input, 4, false, &mut each),
            };
            if let Err(error) = result {
                self.table.forget();
                return Err(error);
            }
        }
        Ok(())
    }

    /// §6.1.
    fn indexed(
        &mut self,
        input: &mut &[u8],
        each: &mut impl FnMut(FieldLine<'_>),
    ) -> Result<(), BlockError> {
        let index = integer::read(input, 7)?;
        each(line(&self.table, index)?);
        Ok(())
    }

    /// §6.2.
    fn literal(
        &mut self,
        input: &mut &[u8],
        prefix: u32,
        is_inserted: bool,
        each: &mut impl FnMut(FieldLine<'_>),
    ) -> Result<(), BlockError> {
        let index = integer::read(input, prefix)?;
        let name = if index == 0 {
            Some(string::read(input, 7, &mut self.name)?)
        } else if let Some((name, _)) = static_table::entry(index) {
            Some(name)
        } else {
            // Copied, since the insertion below may evict the entry that it comes from.
            match line(&self.table, index)?.name {
                Some(name) => {
                    self.name.clear();
                    self.name.extend_from_slice(name);
                    Some(self.name.as_slice())
                }
                None => None,
            }
        };
        let value = string::read(input, 7, &mut self.value)?;
        each(FieldLine {
            name,
            value: Some(value),
        });
        if is_inserted {
            self.table.insert(name, value);
        }
        Ok(())
    }

    /// §6.3.
    fn size_update(&mut self, input: &mut &[u8]) -> Result<(), BlockError> {
        let capacity = integer::read(input, 5)?;
        self.table
            .resize(usize::try_from(capacity).unwrap_or(usize::MAX));
        Ok(())
    }
}

/// The field at `index` of both tables (§2.3.3).
fn line(table: &DynamicTable, index: u64) -> Result<FieldLine<'_>, BlockError> {
    if let Some((name, value)) = static_table::entry(index) {
        return Ok(FieldLine {
            name: Some(name),
            value: Some(value),
        });
    }
    let back = index
        .checked_sub(static_table::LEN + 1)
        .ok_or(BlockError::Index)?;
    match table.get(back) {
        Lookup::Found(name, value) => Ok(FieldLine {
            name,
            value: Some(value),
        }),
        Lookup::Unknown => Ok(FieldLine {
            name: None,
            value: None,
        }),
        Lookup::Missing => Err(BlockError::Index),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(decoder: &mut Decoder, block: &[u8]) -> Result<Vec<String>, BlockError> {
        let mut lines = Vec::new();
        let text = |part: Option<&[u8]>| {
            part.map_or("?".into(), |part| {
                String::from_utf8_lossy(part).into_owned()
            })
        };
        decoder.decode(block, |line| {
            lines.push(format!("{}: {}", text(line.name), text(line.value)));
        })?;
        Ok(lines)
    }

    /// Requests of RFC 7541 §C.4, in sequence.
    const REQUESTS: [&[u8]; 3] = [
        &[
            0x82, 0x86, 0x84, 0x41, 0x8c, 0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab,
            0x90, 0xf4, 0xff,
        ],
        &[
            0x82, 0x86, 0x84, 0xbe, 0x58, 0x86, 0xa8, 0xeb, 0x10, 0x64, 0x9c, 0xbf,
        ],
        &[
            0x82, 0x87, 0x85, 0xbf, 0x40, 0x88, 0x25, 0xa8, 0x49, 0xe9, 0x5b, 0xa9, 0x7d, 0x7f,
            0x89, 0x25, 0xa8, 0x49, 0xe9, 0x5b, 0xb8, 0xe8, 0xb4, 0xbf,
        ],
    ];

    #[test]
    fn requests_of_the_standard() {
        let mut decoder = Decoder::new(1 << 16);
        read(&mut decoder, REQUESTS[0]).unwrap();
        assert_eq!(
            read(&mut decoder, REQUESTS[1]).unwrap(),
            [
                ":method: GET",
                ":scheme: http",
                ":path: /",
                ":authority: www.example.com",
                "cache-control: no-cache"
            ]
        );
        assert_eq!(
            read(&mut decoder, REQUESTS[2]).unwrap(),
            [
                ":method: GET",
                ":scheme: https",
                ":path: /index.html",
                ":authority: www.example.com",
                "custom-key: custom-value"
            ]
        );
    }

    #[test]
    fn after_a_lost_block_only_what_was_seen_since_is_told() {
        let mut decoder = Decoder::new(1 << 16);
        decoder.forget();
        let second = read(&mut decoder, REQUESTS[1]).unwrap();
        assert_eq!(second[3], "?: ?");
        assert_eq!(second[4], "cache-control: no-cache");
        let third = read(&mut decoder, REQUESTS[2]).unwrap();
        assert_eq!(third[3], "?: ?", "one behind the newest: still unknown");
        assert_eq!(
            read(&mut decoder, &[0xbf]).unwrap(),
            ["cache-control: no-cache"]
        );
    }

    #[test]
    fn an_index_beyond_the_table_is_an_error_and_ends_trust_in_the_table() {
        let mut decoder = Decoder::new(1 << 16);
        assert_eq!(read(&mut decoder, &[0x80]), Err(BlockError::Index));
        let mut decoder = Decoder::new(1 << 16);
        assert_eq!(read(&mut decoder, &[0xbe]), Err(BlockError::Index));
        assert_eq!(read(&mut decoder, &[0xbe]).unwrap(), ["?: ?"]);
    }

    proptest! {
        #[test]
        fn any_block_is_answered(blocks in proptest::collection::vec(
            proptest::collection::vec(any::<u8>(), 0..64), 0..8))
        {
            let mut decoder = Decoder::new(4096);
            for block in &blocks {
                let _ = decoder.decode(block, |_| ());
            }
        }

        #[test]
        fn another_encoders_blocks_are_read_back(fields in proptest::collection::vec(
            ("[a-z-]{1,12}", "[ -~]{0,40}"), 1..40))
        {
            let mut encoder = loona_hpack::Encoder::new();
            let mut decoder = Decoder::new(1 << 16);
            for _ in 0..3 {
                let block = encoder.encode(fields.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())));
                let lines = read(&mut decoder, &block).unwrap();
                let sent: Vec<_> = fields.iter().map(|(n, v)| format!("{n}: {v}")).collect();
                prop_assert_eq!(lines, sent);
            }
        }
    }
}
