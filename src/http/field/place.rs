//! Where field lines stand in a head that was read, and how those that are kept become a section.

use super::mark::Mark;
use super::{COLON, Fields, LINE_END, Line, holds};

/// A field line in a head: offsets of its name and of its value, which is trimmed. The line ends with CRLF.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::http) struct Place {
    /// Of the name's first byte.
    pub(in crate::http) name: u32,
    /// Of the colon behind it.
    pub(in crate::http) colon: u32,
    /// Of the value's first byte.
    pub(in crate::http) value: u32,
    /// Of the byte behind the value.
    pub(in crate::http) end: u32,
    /// The name's.
    pub(in crate::http) mark: Mark,
}

impl Place {
    /// The line's name in its head.
    #[inline]
    pub(in crate::http) fn name_in<'b>(&self, head: &'b [u8]) -> &'b [u8] {
        let name = head.get(self.name as usize..self.colon as usize);
        name.unwrap_or_default()
    }

    /// The line's value in its head.
    #[inline]
    pub(in crate::http) fn value_in<'b>(&self, head: &'b [u8]) -> &'b [u8] {
        let value = head.get(self.value as usize..self.end as usize);
        value.unwrap_or_default()
    }

    /// Whether the line is written as [`Fields`] keep it, `name: value`.
    #[inline]
    fn is_usual(&self) -> bool {
        self.value - self.colon == COLON.len() as u32
    }

    /// Whether nothing but a line end stands between `before` and this line.
    #[inline]
    fn follows(&self, before: &Self) -> bool {
        self.name - before.end == LINE_END.len() as u32
    }
}

impl Fields {
    /// A section of the lines at `places` of `head`; the same as [`from_bytes`](Self::from_bytes) for each, but lines
    /// that stand one behind the other are copied at once.
    pub(in crate::http) fn from_places(head: &[u8], places: &[Place]) -> Self {
        let end = places.last().map_or(0, |place| place.end as usize);
        let lines = head.get(..end).unwrap_or(head);
        // One look over all of it, whatever is left out, is quicker than one at each piece.
        match simdutf8::basic::from_utf8(lines) {
            Ok(lines) => Self::from_lines(lines, places),
            Err(_) => Self::from_any_bytes(
                places
                    .iter()
                    .map(|place| (place.name_in(head), place.value_in(head))),
            ),
        }
    }

    fn from_lines(head: &str, places: &[Place]) -> Self {
        let mut section = Self::with_capacity(places.len(), 0);
        let mut start = 0;
        section.lines.extend(places.iter().map(|place| {
            let name_end = start + (place.colon - place.name);
            let value_end = name_end + COLON.len() as u32 + (place.end - place.value);
            start = value_end + LINE_END.len() as u32;
            Line {
                mark: place.mark,
                name_end,
                value_end,
            }
        }));
        for (at, place) in places.iter().enumerate() {
            let before = section.lines.get(..at).unwrap_or_default();
            section.may_repeat |= section.marks.insert(place.mark) && holds(before, place.mark);
        }
        let length = section.lines.last().map_or(0, |line| line.value_end);
        section.text = text(head, places, length as usize);
        section
    }
}

/// The text of the section, `length` bytes.
fn text(head: &str, mut places: &[Place], length: usize) -> String {
    let mut text = String::with_capacity(length);
    let put = |text: &mut String, start: u32, end: u32| {
        let piece = head.get(start as usize..end as usize);
        text.push_str(piece.unwrap_or_default());
    };
    let mut is_first = true;
    while let [first, rest @ ..] = places {
        if !std::mem::take(&mut is_first) {
            text.push_str(LINE_END);
        }
        let mut start = first.name;
        if !first.is_usual() {
            put(&mut text, first.name, first.colon);
            text.push_str(COLON);
            start = first.value;
        }
        // All that is written in the usual way, with nothing between, is one piece.
        let mut last = first;
        places = rest;
        while let [next, rest @ ..] = places
            && next.is_usual()
            && next.follows(last)
        {
            (last, places) = (next, rest);
        }
        put(&mut text, start, last.end);
    }
    text
}
