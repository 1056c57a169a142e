//! Encoded field sections (RFC 9204 §4.5).

use super::static_table;
use super::table::Table;
use crate::http::h2::hpack::{BlockError, FieldLine, integer, string};

/// Whether every entry that `block` refers to has been inserted by now.
///
/// `most_entries` follows from the decoder's SETTINGS; without them no reference can be followed. A block that cannot be
/// read at all is ready: waiting does not help it.
pub(crate) fn is_ready(block: &[u8], table: &Table, most_entries: Option<u64>) -> bool {
    let mut input = block;
    match (integer::read(&mut input, 8), most_entries) {
        (Ok(0) | Err(_), _) => true,
        (Ok(_), None) => false,
        (Ok(encoded), Some(most)) => match required_inserts(encoded, table, most) {
            Some(required) => required <= table.inserted(),
            None => true,
        },
    }
}

/// Reads the lines of `block`. References that cannot be followed with certainty are lines without name or value.
pub(crate) fn decode(
    block: &[u8],
    table: &Table,
    most_entries: Option<u64>,
    mut each: impl FnMut(FieldLine<'_>),
) -> Result<(), BlockError> {
    let mut input = block;
    let encoded = integer::read(&mut input, 8)?;
    let is_below = input.first().is_some_and(|first| first & 0x80 != 0);
    let delta = integer::read(&mut input, 7)?;
    let view = match encoded {
        0 => View {
            table,
            base: Base::NoReferences,
        },
        _ => View {
            table,
            base: most_entries
                .and_then(|most| required_inserts(encoded, table, most))
                .and_then(|required| base(required, is_below, delta))
                .map_or(Base::Unknown, Base::Known),
        },
    };
    let mut scratch = [Vec::new(), Vec::new()];
    while !input.is_empty() {
        view.line(&mut input, &mut scratch, &mut each)?;
    }
    Ok(())
}

/// The number of insertions that a section needs (§4.5.1.1); `None` when it cannot be told.
///
/// It is sent modulo twice the number of entries, so it is only certain near the true number of insertions, or while that
/// number cannot have come near the modulus.
fn required_inserts(encoded: u64, table: &Table, most_entries: u64) -> Option<u64> {
    let full = most_entries.checked_mul(2)?;
    if encoded > full {
        return None;
    }
    let below_full = encoded.checked_sub(1)?;
    if table.is_lost() {
        // Half of the range is left as a reserve for what may have been lost at the end without a trace.
        return (table.most_inserted() < most_entries).then_some(below_full);
    }
    let most = table.inserted().checked_add(most_entries)?;
    let wrapped = most.checked_div(full)?.checked_mul(full)?;
    let required = wrapped.checked_add(below_full)?;
    let required = if required > most {
        required.checked_sub(full)?
    } else {
        required
    };
    (required > 0).then_some(required)
}

/// §4.5.1.2.
fn base(required: u64, is_below: bool, delta: u64) -> Option<u64> {
    if is_below {
        required.checked_sub(delta)?.checked_sub(1)
    } else {
        required.checked_add(delta)
    }
}

/// What dynamic indexes count from.
#[derive(Clone, Copy)]
enum Base {
    Known(u64),
    /// The section says that it has no dynamic references.
    NoReferences,
    Unknown,
}

struct View<'t> {
    table: &'t Table,
    base: Base,
}

/// Name and value of an entry; `None` when they are not known.
type Entry<'t> = Option<(&'t [u8], &'t [u8])>;

impl<'t> View<'t> {
    fn line(
        &self,
        input: &mut &[u8],
        scratch: &mut [Vec<u8>; 2],
        each: &mut impl FnMut(FieldLine<'_>),
    ) -> Result<(), BlockError> {
        let [name_scratch, value_scratch] = scratch;
        let first = *input.first().ok_or(BlockError::Truncated)?;
        if first & 0x80 != 0 {
            // §4.5.2: indexed.
            let entry = self.entry(integer::read(input, 6)?, first & 0x40 != 0)?;
            each(whole(entry));
        } else if first & 0x40 != 0 {
            // §4.5.4: literal with name reference.
            let entry = self.entry(integer::read(input, 4)?, first & 0x10 != 0)?;
            let value = string::read(input, 7, value_scratch)?;
            each(named(entry, value));
        } else if first & 0x20 != 0 {
            // §4.5.6: literal with literal name.
            let name = string::read(input, 3, name_scratch)?;
            let value = string::read(input, 7, value_scratch)?;
            each(FieldLine {
                name: Some(name),
                value: Some(value),
            });
        } else if first & 0x10 != 0 {
            // §4.5.3: indexed, after the base.
            let entry = self.after_base(integer::read(input, 4)?)?;
            each(whole(entry));
        } else {
            // §4.5.5: literal with name reference after the base.
            let entry = self.after_base(integer::read(input, 3)?)?;
            let value = string::read(input, 7, value_scratch)?;
            each(named(entry, value));
        }
        Ok(())
    }

    fn entry(&self, index: u64, is_static: bool) -> Result<Entry<'t>, BlockError> {
        if is_static {
            return static_table::entry(index)
                .map(Some)
                .ok_or(BlockError::Index);
        }
        match self.base {
            Base::NoReferences => Err(BlockError::Index),
            Base::Unknown => Ok(None),
            Base::Known(base) => base
                .checked_sub(index)
                .and_then(|above| above.checked_sub(1))
                .map(|absolute| self.table.get(absolute))
                .ok_or(BlockError::Index),
        }
    }

    fn after_base(&self, index: u64) -> Result<Entry<'t>, BlockError> {
        match self.base {
            Base::NoReferences => Err(BlockError::Index),
            Base::Unknown => Ok(None),
            Base::Known(base) => base
                .checked_add(index)
                .map(|absolute| self.table.get(absolute))
                .ok_or(BlockError::Index),
        }
    }
}

fn whole(entry: Entry<'_>) -> FieldLine<'_> {
    FieldLine {
        name: entry.map(|(name, _)| name),
        value: entry.map(|(_, value)| value),
    }
}

fn named<'a>(entry: Entry<'a>, value: &'a [u8]) -> FieldLine<'a> {
    FieldLine {
        name: entry.map(|(name, _)| name),
        value: Some(value),
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
