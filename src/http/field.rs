//! Field sections (RFC 9110 §5): names and values in order, with repetition and spelling kept.

mod mark;
mod names;
mod place;

pub(super) use mark::Mark;
pub use names::Names;
pub(super) use place::Place;

use mark::{Marks, is_same};
use std::borrow::Cow;
use std::fmt;

/// The fields of one message, in wire order.
///
/// One text buffer and one table, whatever the number of fields: exchanges wait in memory for their partners by
/// the hundred thousand. Bytes that are not UTF-8 are kept as U+FFFD; values are trimmed of SP and HTAB.
///
/// Invariant: the text is the section as HTTP/1.1 writes it, `name: value` line by line, so that lines which came so are
/// copied as they stand.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fields {
    text: String,
    lines: Vec<Line>,
    /// The marks of all names: rules look for dozens of fields, and most are absent.
    marks: Marks,
    /// Whether two lines may have the same name.
    may_repeat: bool,
}

/// A field line: where it stands in the text, after the line before it and what parts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Line {
    mark: Mark,
    name_end: u32,
    value_end: u32,
}

/// Between a name and its value.
const COLON: &str = ": ";
/// Between two lines.
const LINE_END: &str = "\r\n";

impl Fields {
    /// An empty section with room for `count` fields of `bytes` bytes in all.
    pub fn with_capacity(count: usize, bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes + count * (COLON.len() + LINE_END.len())),
            lines: Vec::with_capacity(count),
            ..Self::default()
        }
    }

    /// Appends a field. A section longer than 4 GiB is cut silently; `limits.rs` ends long before.
    pub fn push(&mut self, name: &str, value: &str) {
        let value = trim(value);
        let start = self.text.len() + self.gap().len();
        let name_end = start + name.len();
        let value_end = name_end + COLON.len() + value.len();
        let (Ok(name_end), Ok(value_end)) = (u32::try_from(name_end), u32::try_from(value_end))
        else {
            return;
        };
        self.text.push_str(self.gap());
        self.text.push_str(name);
        self.text.push_str(COLON);
        self.text.push_str(value);
        self.add(Line {
            mark: Mark::of(name.as_bytes()),
            name_end,
            value_end,
        });
    }

    /// Appends a field as it stands on the wire.
    pub fn push_bytes(&mut self, name: &[u8], value: &[u8]) {
        self.push(
            &String::from_utf8_lossy(name),
            &String::from_utf8_lossy(value),
        );
    }

    /// A section of the fields as they stand on the wire, but those called as one of `without`. The same as
    /// [`push_bytes`](Self::push_bytes) for each, but the text is checked once.
    pub fn from_bytes<'a>(
        fields: impl Iterator<Item = (&'a [u8], &'a [u8])> + Clone,
        without: &Names,
    ) -> Self {
        let (mut count, mut bytes) = (0, 0);
        for (name, value) in fields.clone() {
            count += 1;
            bytes += name.len() + COLON.len() + value.len() + LINE_END.len();
        }
        let mut text = Vec::with_capacity(bytes);
        let mut section = Self::with_capacity(count, 0);
        for (name, value) in fields.clone() {
            let mark = Mark::of(name);
            if without.find_marked(mark, name).is_some() {
                continue;
            }
            text.extend_from_slice(section.gap().as_bytes());
            text.extend_from_slice(name);
            let name_end = text.len();
            text.extend_from_slice(COLON.as_bytes());
            text.extend_from_slice(trim_bytes(value));
            section.add(Line {
                mark,
                name_end: name_end as u32,
                value_end: text.len() as u32,
            });
        }
        let is_small = u32::try_from(text.len()).is_ok();
        // What parts names and values is ASCII, so that each of them is text when the whole is.
        match String::from_utf8(text) {
            Ok(text) if is_small => Self { text, ..section },
            _ => Self::from_any_bytes(fields.filter(|(name, _)| !without.has(name))),
        }
    }

    fn from_any_bytes<'a>(fields: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> Self {
        let mut section = Self::default();
        fields.for_each(|(name, value)| section.push_bytes(name, value));
        section
    }

    /// Bytes of memory that the section takes.
    pub fn memory(&self) -> usize {
        self.text.capacity() + self.lines.capacity() * size_of::<Line>()
    }

    /// Number of field lines.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is no field at all.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// All fields in order, names as spelt.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut start = 0;
        self.lines.iter().map(move |line| {
            let pair = self.pair(start, *line);
            start = line.value_end as usize + LINE_END.len();
            pair.unwrap_or_default()
        })
    }

    /// The values of all field lines called `name` (any case), in order.
    #[inline]
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let mark = Mark::of(name.as_bytes());
        let mut next = self.marks.may_hold(mark).then_some(0);
        std::iter::from_fn(move || {
            let found = self.next_of(name, mark, next?);
            next = found.and_then(|(at, _)| self.may_repeat.then_some(at + 1));
            found.map(|(_, value)| value)
        })
    }

    /// The value of the first field line called `name`.
    #[inline]
    pub fn first<'a>(&'a self, name: &str) -> Option<&'a str> {
        let mark = Mark::of(name.as_bytes());
        match self.marks.may_hold(mark) {
            true => Some(self.next_of(name, mark, 0)?.1),
            false => None,
        }
    }

    /// The first field line that has one of `names`: the name as it is spelt there, and the value.
    #[inline]
    pub fn find<'a>(&'a self, names: &Names) -> Option<(&'static str, &'a str)> {
        match self.marks.may_meet(names.marks()) {
            true => self.find_line(names),
            false => None,
        }
    }

    fn find_line<'a>(&'a self, names: &Names) -> Option<(&'static str, &'a str)> {
        let mut alike = self.lines.iter().enumerate();
        alike.find_map(|(at, line)| {
            if !names.marks().may_hold(line.mark) {
                return None;
            }
            let (name, value) = self.line(at)?;
            Some((names.find_marked(line.mark, name.as_bytes())?, value))
        })
    }

    /// The value of the first field line that has one of `names`.
    #[inline]
    pub fn first_of<'a>(&'a self, names: &Names) -> Option<&'a str> {
        self.find(names).map(|(_, value)| value)
    }

    /// Whether a field line called `name` is there.
    #[inline]
    pub fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// The combined value: all field values joined with `, ` (RFC 9110 §5.3, Fetch `#concept-header-list-get`).
    ///
    /// `None` when the field is absent, which is not the same as empty.
    #[inline]
    pub fn combined<'a>(&'a self, name: &str) -> Option<Cow<'a, str>> {
        let mark = Mark::of(name.as_bytes());
        match self.marks.may_hold(mark) {
            true => self.combine(name, mark),
            false => None,
        }
    }

    fn combine<'a>(&'a self, name: &str, mark: Mark) -> Option<Cow<'a, str>> {
        let (mut at, first) = self.next_of(name, mark, 0)?;
        let mut combined = Cow::Borrowed(first);
        while self.may_repeat
            && let Some((next, value)) = self.next_of(name, mark, at + 1)
        {
            let joined = combined.to_mut();
            joined.push_str(", ");
            joined.push_str(value);
            at = next;
        }
        Some(combined)
    }

    /// The first line called `name` from line `from` on, and its value.
    fn next_of(&self, name: &str, mark: Mark, mut from: usize) -> Option<(usize, &str)> {
        loop {
            let mut rest = self.lines.get(from..)?.iter();
            let at = from + rest.position(|line| line.mark == mark)?;
            let line = self.lines.get(at)?;
            let (start, name_end) = (self.start_of(at), line.name_end as usize);
            let own = self.text.as_bytes().get(start..name_end)?;
            if is_same(own, name.as_bytes()) {
                let value = self
                    .text
                    .get(name_end + COLON.len()..line.value_end as usize)?;
                return Some((at, value));
            }
            from = at + 1;
        }
    }

    /// Where line `at` starts in the text.
    #[inline]
    fn start_of(&self, at: usize) -> usize {
        let before = at.checked_sub(1).and_then(|before| self.lines.get(before));
        before.map_or(0, |line| line.value_end as usize + LINE_END.len())
    }

    /// Name and value of line `at`.
    fn line(&self, at: usize) -> Option<(&str, &str)> {
        self.pair(self.start_of(at), *self.lines.get(at)?)
    }

    /// Name and value of the line that starts at `start`.
    fn pair(&self, start: usize, line: Line) -> Option<(&str, &str)> {
        let (name_end, value_end) = (line.name_end as usize, line.value_end as usize);
        let name = self.text.get(start..name_end)?;
        Some((name, self.text.get(name_end + COLON.len()..value_end)?))
    }

    fn add(&mut self, line: Line) {
        self.may_repeat |= self.marks.insert(line.mark) && holds(&self.lines, line.mark);
        self.lines.push(line);
    }

    /// What stands before the next line.
    fn gap(&self) -> &'static str {
        match self.lines.is_empty() {
            true => "",
            false => LINE_END,
        }
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Fields {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(fields: I) -> Self {
        let mut section = Self::default();
        for (name, value) in fields {
            section.push(name, value);
        }
        section
    }
}

/// Whether a line has this mark.
fn holds(lines: &[Line], mark: Mark) -> bool {
    lines.iter().any(|line| line.mark == mark)
}

/// Serialises as `[["Name","value"],…]`.
impl serde::Serialize for Fields {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// `text` without leading and trailing SP and HTAB: the only white space of HTTP (RFC 9110 §5.6.3).
pub fn trim(text: &str) -> &str {
    let is_space = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    let bytes = text.as_bytes();
    if is_space(bytes.first()) || is_space(bytes.last()) {
        return text.trim_matches([' ', '\t']);
    }
    text
}

fn trim_bytes(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// Whether `text` is a token (RFC 9110 §5.6.2): the grammar of methods and field names.
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// Whether `byte` may stand in a token (`tchar`).
pub fn is_token_byte(byte: u8) -> bool {
    TOKEN_BYTES.get(usize::from(byte)) == Some(&true)
}

const TOKEN_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = matches!(
            byte as u8,
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~'
        );
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_at_once_are_the_same_as_one_by_one() {
        let fields: [(&[u8], &[u8]); 4] = [
            (b"A", b" b\t"),
            (b"B\xc3", b"\xa9x"),
            (b"C", "é".as_bytes()),
            (b"D", b"\xff"),
        ];
        for count in 0..=fields.len() {
            let some = fields.iter().take(count).copied();
            let mut one_by_one = Fields::default();
            some.clone()
                .for_each(|(name, value)| one_by_one.push_bytes(name, value));
            assert_eq!(Fields::from_bytes(some.clone(), &Names::NONE), one_by_one);
            let without = Fields::from_bytes(some, &Names::new(&["a"]));
            assert_eq!(without.len(), one_by_one.len().saturating_sub(1));
        }
    }

    #[test]
    fn repeated_lines_stay_apart_and_combine_on_demand() {
        let fields = Fields::from_iter([("Vary", "Origin"), ("X-A", ""), ("vary", " Accept\t")]);
        assert_eq!(fields.all("VARY").collect::<Vec<_>>(), ["Origin", "Accept"]);
        assert_eq!(fields.combined("vary").as_deref(), Some("Origin, Accept"));
        assert_eq!(fields.combined("x-a").as_deref(), Some(""));
        assert_eq!(fields.combined("x-b"), None);
        assert_eq!(
            serde_json::to_string(&fields).unwrap(),
            r#"[["Vary","Origin"],["X-A",""],["vary","Accept"]]"#
        );
    }
}
