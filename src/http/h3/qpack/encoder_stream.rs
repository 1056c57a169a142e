//! The encoder stream: instructions that fill the dynamic table (RFC 9204 §4.3).

use super::static_table;
use super::table::Table;
use crate::http::h2::hpack::{BlockError, integer, string};

/// One encoder stream and the table it fills.
#[derive(Debug)]
pub(crate) struct EncoderStream {
    table: Table,
    /// The beginning of an instruction whose end has not come.
    partial: Vec<u8>,
    longest: usize,
    scratch: [Vec<u8>; 2],
}

impl EncoderStream {
    /// A stream of which nothing was seen; its table holds `limit` bytes at most.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            table: Table::new(limit),
            partial: Vec::new(),
            // Huffman coding makes a string longer by less than a factor of four.
            longest: limit.saturating_mul(4).saturating_add(16),
            scratch: Default::default(),
        }
    }

    /// The table as far as it is known.
    pub(crate) fn table(&self) -> &Table {
        &self.table
    }

    /// Takes the next bytes of the stream.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if self.table.is_lost() {
            return self.table.lose(bytes.len() as u64);
        }
        if self.partial.is_empty() {
            self.read(bytes);
        } else {
            let mut joined = std::mem::take(&mut self.partial);
            joined.extend_from_slice(bytes);
            self.read(&joined);
        }
    }

    /// The next `len` bytes are missing: no later instruction can be read, since nothing tells where one begins.
    pub(crate) fn lose(&mut self, len: u64) {
        let partial = std::mem::take(&mut self.partial);
        self.table.lose(len.saturating_add(partial.len() as u64));
    }

    fn read(&mut self, mut rest: &[u8]) {
        while !rest.is_empty() {
            match self.instruction(&mut rest) {
                Ok(()) => {}
                Err(BlockError::Truncated) if rest.len() <= self.longest => {
                    self.partial = rest.to_vec();
                    return;
                }
                Err(_) => return self.lose(rest.len() as u64),
            }
        }
    }

    /// Carries out the instruction that `rest` begins with and moves behind it; an error leaves `rest` alone.
    fn instruction(&mut self, rest: &mut &[u8]) -> Result<(), BlockError> {
        let [name_scratch, value_scratch] = &mut self.scratch;
        let mut input = *rest;
        let first = *input.first().ok_or(BlockError::Truncated)?;
        if first & 0x80 != 0 {
            // §4.3.2: name by reference, static or dynamic.
            let index = integer::read(&mut input, 6)?;
            let value = string::read(&mut input, 7, value_scratch)?;
            if first & 0x40 != 0 {
                let (name, _) = static_table::entry(index).ok_or(BlockError::Index)?;
                self.table.insert(name, value);
            } else {
                let (name, _) = relative(&self.table, index)?;
                name_scratch.clear();
                name_scratch.extend_from_slice(name);
                self.table.insert(name_scratch, value);
            }
        } else if first & 0x40 != 0 {
            // §4.3.3: name spelt out.
            let name = string::read(&mut input, 5, name_scratch)?;
            let value = string::read(&mut input, 7, value_scratch)?;
            self.table.insert(name, value);
        } else if first & 0x20 != 0 {
            // §4.3.1.
            let capacity = integer::read(&mut input, 5)?;
            self.table.resize(capacity);
        } else {
            // §4.3.4: a copy of an older entry.
            let index = integer::read(&mut input, 5)?;
            let (name, value) = relative(&self.table, index)?;
            name_scratch.clear();
            name_scratch.extend_from_slice(name);
            value_scratch.clear();
            value_scratch.extend_from_slice(value);
            self.table.insert(name_scratch, value_scratch);
        }
        *rest = input;
        Ok(())
    }
}

/// The entry `index` places behind the newest (§3.2.5).
fn relative(table: &Table, index: u64) -> Result<(&[u8], &[u8]), BlockError> {
    let back = index.checked_add(1).ok_or(BlockError::Index)?;
    let absolute = table
        .inserted()
        .checked_sub(back)
        .ok_or(BlockError::Index)?;
    table.get(absolute).ok_or(BlockError::Index)
}
