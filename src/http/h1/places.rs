//! Where the fields that httparse found stand in their head: lines that are kept can be copied as they were written.

use super::super::field::{Mark, Names, Place};
use httparse::Header;

/// Fields of a head that are read without an allocation.
pub(super) const MOST: usize = 96;

/// Room for the places of one head.
pub(super) type Room = [Place; MOST];

/// The places of `fields` in `head`, without those that are `idle`; nothing when a line is written in an odd way.
pub(super) fn places<'r>(
    head: &[u8],
    fields: &[Header<'_>],
    idle: &Names,
    room: &'r mut Room,
) -> Option<&'r [Place]> {
    let mut count = 0;
    for Header { name, value } in fields {
        let mark = Mark::of(name.as_bytes());
        if !idle.has_marked(mark, name.as_bytes()) {
            *room.get_mut(count)? = place(head, name.as_bytes(), value, mark)?;
            count += 1;
        }
    }
    room.get(..count)
}

fn place(head: &[u8], name: &[u8], value: &[u8], mark: Mark) -> Option<Place> {
    let start = offset(head, name)?;
    let colon = start.checked_add(name.len())?;
    let value = value.trim_ascii_end();
    let value_start = match value.is_empty() {
        true => colon.checked_add(1)?,
        false => offset(head, value)?,
    };
    // A space in front of the colon, or a tab behind it, is not how sections are kept.
    let is_odd = head.get(colon) != Some(&b':')
        || (value_start == colon + 2 && head.get(colon + 1) != Some(&b' '));
    let small = |offset: usize| u32::try_from(offset).ok();
    (!is_odd).then_some(Place {
        name: small(start)?,
        colon: small(colon)?,
        value: small(value_start)?,
        end: small(value_start.checked_add(value.len())?)?,
        mark,
    })
}

/// Where `part`, a piece of `whole`, begins in it.
fn offset(whole: &[u8], part: &[u8]) -> Option<usize> {
    let offset = part.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
    (offset <= whole.len()).then_some(offset)
}
