//! Walks one complete JSON value by key, without recursion and without decoding.
//!
//! Tolerant where nothing is lost by it: commas may be missing or too many, and what is skipped is not checked. Where
//! strings and brackets are is known beforehand, so strings are never searched through, and containers that nobody
//! wants are skipped from place to place.

use super::index::{self, Indexed};
use super::text::Text;
use wide::u8x16;

/// A place in a JSON text.
///
/// Invariant: `places` are those at `at` and behind, as long as the text is JSON.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
    places: &'a [u32],
    start: usize,
}

/// The text is not JSON at this place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed {
    /// Offset from the value's start.
    pub(super) at: usize,
    pub(super) expected: &'static str,
}

/// What stands around name and value in `{"name": "…", "value": "…"}, {`, quotes included.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Form<'a> {
    before_name: &'a [u8],
    before_value: &'a [u8],
    /// From the value's last quote to the next bracket.
    between: &'a [u8],
}

impl Form<'_> {
    /// Whether these are the right keys and marks, with white space between them; what leads to the next object may be
    /// anything if it is none.
    fn is_usual(&mut self) -> bool {
        let is_usual = spaced(self.before_name, &[b"{", b"\"name\"", b":", b"\""])
            && spaced(self.before_value, &[b"\"", b",", b"\"value\"", b":", b"\""]);
        if !spaced(self.between, &[b"\"", b"}", b",", b"{"]) {
            let end = memchr::memchr(b'}', self.between).map_or(0, |end| end + 1);
            let behind = std::mem::take(&mut self.between).get(..end);
            return is_usual && spaced(behind.unwrap_or_default(), &[b"\"", b"}"]);
        }
        is_usual
    }
}

/// Whether `text` is `parts` with nothing but white space between them.
fn spaced(mut text: &[u8], parts: &[&[u8]]) -> bool {
    for part in parts {
        let Some(rest) = text.trim_ascii_start().strip_prefix(*part) else {
            return false;
        };
        text = rest;
    }
    text.is_empty()
}

/// Longer than header values are.
const LONG: usize = 4096;

type Step<T> = Result<T, Malformed>;

impl<'a> Cursor<'a> {
    pub(super) fn new(value: Indexed<'a>) -> Self {
        Self {
            text: value.before_and_value,
            at: value.start,
            places: value.places,
            start: value.start,
        }
    }

    /// The next byte that is no white space.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.get(self.at) {
                Some(byte) if *byte > b' ' => return Some(*byte),
                None => return None,
                Some(_) => self.space(),
            }
        }
    }

    /// Goes on behind white space, of which there is some: indentation comes in long runs.
    #[inline]
    fn space(&mut self) {
        self.at += 1;
        while let Some(block) = self.text.get(self.at..).and_then(<[u8]>::first_chunk::<16>) {
            let black = black(block);
            if black != 0 {
                self.at += black.trailing_zeros() as usize;
                return;
            }
            self.at += 16;
        }
        while self.text.get(self.at).is_some_and(|byte| *byte <= b' ') {
            self.at += 1;
        }
    }

    /// Calls `member` with each key of the object at the cursor; it must take the value.
    #[inline]
    pub(super) fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, &'a [u8]) -> Step<()>,
    ) -> Step<()> {
        self.bracket(b'{', "{")?;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let key = self.string()?;
                    self.colon()?;
                    member(self, key.raw())?;
                }
                Some(b',') => self.at += 1,
                Some(b'}') => return self.bracket(b'}', "}"),
                _ => return self.fail("a key or }"),
            }
        }
    }

    /// Calls `element` at each element of the array at the cursor; it must take it.
    #[inline]
    pub(super) fn array(&mut self, mut element: impl FnMut(&mut Self) -> Step<()>) -> Step<()> {
        self.bracket(b'[', "[")?;
        loop {
            match self.peek() {
                Some(b']') => return self.bracket(b']', "]"),
                Some(b',') => self.at += 1,
                Some(_) => element(self)?,
                None => return self.fail("a value or ]"),
            }
        }
    }

    /// The string or bare scalar at the cursor; `None` for `null`, and for an object or array, which is skipped.
    #[inline]
    pub(super) fn text(&mut self) -> Step<Option<Text<'a>>> {
        match self.peek() {
            Some(b'"') => self.string().map(Some),
            Some(b'{' | b'[') => self.skip().map(|()| None),
            _ => self
                .scalar()
                .map(|scalar| (scalar != b"null").then(|| Text::new(scalar, false))),
        }
    }

    /// The object at the cursor if it is `{"name": "…", "value": "…"}`, as nearly every field line is written. `None`, and
    /// nothing is taken, if it is written otherwise. `form` becomes that of this line and of the way to the next.
    pub(super) fn name_and_value(&mut self, form: &mut Form<'a>) -> Option<(Text<'a>, Text<'a>)> {
        let (places, rest) = self.places.split_first_chunk()?;
        let [open, _, _, name, name_end, _, _, value, value_end, close] = *places;
        let next = rest.first().map_or(close, |next| *next);
        *form = Form {
            before_name: self.text.get(index::at(open)..=index::at(name))?,
            before_value: self.text.get(index::at(name_end)..=index::at(value))?,
            between: self.text.get(index::at(value_end)..=index::at(next))?,
        };
        if index::at(open) != self.at || !form.is_usual() {
            return None;
        }
        self.at = match form.between.is_empty() {
            true => index::at(close) + 1,
            false => index::at(next),
        };
        self.places = rest;
        Some((self.inside(name, name_end), self.inside(value, value_end)))
    }

    /// The object at the cursor if it is written in `form`, and so is the way to the next, where the cursor stands then.
    /// A file writes all field lines alike, so what stands around names and values need not be understood again.
    #[inline]
    pub(super) fn name_and_value_alike(&mut self, form: &Form<'a>) -> Option<(Text<'a>, Text<'a>)> {
        let [
            open,
            _,
            _,
            name,
            name_end,
            _,
            _,
            value,
            value_end,
            _,
            next,
            ..,
        ] = *self.places
        else {
            return None;
        };
        let is_alike = index::at(open) == self.at
            && self.text.get(index::at(open)..=index::at(name))? == form.before_name
            && self.text.get(index::at(name_end)..=index::at(value))? == form.before_value
            && self.text.get(index::at(value_end)..=index::at(next))? == form.between;
        if !is_alike {
            return None;
        }
        self.at = index::at(next);
        self.places = self.places.get(10..)?;
        Some((self.inside(name, name_end), self.inside(value, value_end)))
    }

    /// Whether `true` stands at the cursor.
    pub(super) fn is_true(&mut self) -> Step<bool> {
        Ok(self.text()?.is_some_and(|text| text.raw() == b"true"))
    }

    /// Passes over one value.
    #[inline]
    pub(super) fn skip(&mut self) -> Step<()> {
        match self.peek() {
            Some(b'"') => self.string().map(|_| ()),
            Some(b'{' | b'[') => self.container(),
            _ => self.scalar().map(|_| ()),
        }
    }

    /// Passes over the object or array at the cursor.
    #[inline]
    fn container(&mut self) -> Step<()> {
        let mut depth = 0i32;
        for (index, place) in self.places.iter().enumerate() {
            let place = index::at(*place);
            let byte = self.text.get(place).copied().unwrap_or_default();
            // Strings take two places, which change nothing.
            depth += i32::from(DEPTH.get(usize::from(byte)).copied().unwrap_or_default());
            if depth == 0 {
                self.at = place + 1;
                self.places = self.places.get(index + 1..).unwrap_or_default();
                return Ok(());
            }
        }
        self.fail("the end of an object or array")
    }

    /// Takes the bracket `byte`.
    #[inline]
    fn bracket(&mut self, byte: u8, expected: &'static str) -> Step<()> {
        match (self.peek(), self.places) {
            (Some(found), [_, rest @ ..]) if found == byte => {
                self.at += 1;
                self.places = rest;
                Ok(())
            }
            _ => self.fail(expected),
        }
    }

    #[inline]
    fn colon(&mut self) -> Step<()> {
        if self.peek() == Some(b':') {
            self.at += 1;
            Ok(())
        } else {
            self.fail(":")
        }
    }

    /// The string whose opening quote is at the cursor.
    #[inline]
    fn string(&mut self) -> Step<Text<'a>> {
        let [open, close, rest @ ..] = self.places else {
            return self.fail("the end of a string");
        };
        // A quote that is none: behind a backslash outside a string.
        if index::at(*open) != self.at {
            return self.fail("a string");
        }
        self.places = rest;
        self.at = index::at(*close) + 1;
        Ok(self.inside(*open, *close))
    }

    /// The string between two quotes.
    #[inline]
    fn inside(&self, open: u32, close: u32) -> Text<'a> {
        let inside = self.text.get(index::at(open) + 1..index::at(close));
        let inside = inside.unwrap_or_default();
        let escaped = index::may_be_escaped(close) && has_escapes(inside);
        Text::new(inside, escaped)
    }

    /// A number, `true`, `false`, `null`, or rubbish that is none.
    fn scalar(&mut self) -> Step<&'a [u8]> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = scalar_end(rest);
        if length == 0 {
            return self.fail("a value");
        }
        self.at += length;
        Ok(rest.get(..length).unwrap_or_default())
    }

    fn fail<T>(&self, expected: &'static str) -> Step<T> {
        Err(Malformed {
            at: self.at.min(self.text.len()).saturating_sub(self.start),
            expected,
        })
    }
}

/// How a byte that stands at a place changes the depth.
const DEPTH: [i8; 256] = {
    let mut depth = [0; 256];
    depth[b'{' as usize] = 1;
    depth[b'[' as usize] = 1;
    depth[b'}' as usize] = -1;
    depth[b']' as usize] = -1;
    depth
};

/// Whether there is a backslash in `text`. In a long one that is not worth a search: most are never decoded.
fn has_escapes(text: &[u8]) -> bool {
    text.len() > LONG || memchr::memchr(b'\\', text).is_some()
}

/// How long the number or word is that `text` begins with.
#[inline]
fn scalar_end(text: &[u8]) -> usize {
    let (blocks, _) = text.as_chunks::<16>();
    let mut length = 0;
    for block in blocks {
        let ends = ends(block);
        if ends != 0 {
            return length + ends.trailing_zeros() as usize;
        }
        length += 16;
    }
    let rest = text.get(length..).unwrap_or_default();
    let end = rest.iter().position(|byte| {
        *byte <= b' ' || matches!(byte, b',' | b'}' | b']' | b':' | b'"' | b'{' | b'[')
    });
    length + end.unwrap_or(rest.len())
}

/// A bit for each byte with which no number or word goes on.
#[inline]
fn ends(block: &[u8; 16]) -> u32 {
    let bytes = u8x16::new(*block);
    let is = |byte| bytes.cmp_eq(u8x16::splat(byte));
    let folded = bytes | u8x16::splat(0x20);
    let bracket = folded.cmp_eq(u8x16::splat(b'{')) | folded.cmp_eq(u8x16::splat(b'}'));
    let ends = is(b',') | is(b':') | is(b'"') | bracket;
    ends.move_mask().cast_unsigned() | (!black(block) & 0xFFFF)
}

/// A bit for each byte that is no white space.
#[inline]
fn black(block: &[u8; 16]) -> u32 {
    let bytes = u8x16::new(*block);
    let white = bytes.min(u8x16::splat(b' ')).cmp_eq(bytes);
    !white.move_mask().cast_unsigned() & 0xFFFF
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::har::index::Index;
    use proptest::prelude::*;

    #[test]
    fn values_are_taken_or_skipped_by_key() {
        let text =
            br#" {"a": {"x": "}"}, "b" : "v\"w" , "c":[[]],"d":-1.5e1,"e":null,"f":"7","g":true} "#;
        let index = Index::of(text);
        let mut cursor = Cursor::new(index.value(text));
        let mut seen = Vec::new();
        cursor
            .object(|cursor, key| {
                match key {
                    b"b" => seen.push(cursor.text()?.unwrap().decode().into_owned()),
                    b"d" | b"f" => seen.push(cursor.text()?.unwrap().number().unwrap().to_string()),
                    b"e" => assert_eq!(cursor.text()?, None),
                    b"g" => assert!(cursor.is_true()?),
                    _ => cursor.skip()?,
                }
                Ok(())
            })
            .unwrap();
        assert_eq!(seen, ["v\"w", "-15", "7"]);
    }

    #[test]
    fn what_is_no_json_is_told_with_its_place() {
        let text = br#"{"a" 1}"#;
        let index = Index::of(text);
        let mut cursor = Cursor::new(index.value(text));
        let outcome = cursor.object(|cursor, _| cursor.skip());
        assert_eq!(
            outcome,
            Err(Malformed {
                at: 5,
                expected: ":"
            })
        );
    }

    proptest! {
        #[test]
        fn any_json_is_walked_to_its_end(json in json()) {
            let text = json.to_string();
            let index = Index::of(text.as_bytes());
            let mut cursor = Cursor::new(index.value(text.as_bytes()));
            prop_assert_eq!(cursor.skip(), Ok(()));
            prop_assert_eq!(cursor.peek(), None);
            let pretty = serde_json::to_string_pretty(&json).unwrap();
            if let serde_json::Value::Object(members) = &json {
                let mut keys = Vec::new();
                let index = Index::of(pretty.as_bytes());
                let mut cursor = Cursor::new(index.value(pretty.as_bytes()));
                cursor.object(|cursor, key| { keys.push(key.to_vec()); cursor.skip() }).unwrap();
                let expected: Vec<_> = members.keys().map(|key| {
                    let quoted = serde_json::to_vec(key).unwrap();
                    quoted[1..quoted.len() - 1].to_vec()
                }).collect();
                prop_assert_eq!(keys, expected);
            }
        }

        #[test]
        fn no_bytes_make_it_panic(text in r#"[{}\[\]":, a\\1]{0,60}"#) {
            let index = Index::of(text.as_bytes());
            let mut cursor = Cursor::new(index.value(text.as_bytes()));
            let _ = cursor.object(|cursor, _| cursor.array(|cursor| cursor.skip()));
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i32>().prop_map(Into::into),
            ".{0,40}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::vec((".{0,9}", inner), 0..6)
                    .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
            ]
        })
    }
}
