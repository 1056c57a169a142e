//! Walks one complete JSON value by key, without recursion and without decoding.
//!
//! Tolerant where nothing is lost by it: commas may be missing or too many, and what is skipped is not checked.

use super::nest::{self, Nest};
use super::text::Text;
use wide::u8x16;

/// A place in a JSON text.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

/// The text is not JSON at this place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed {
    /// Offset in the value's text.
    pub(super) at: usize,
    pub(super) expected: &'static str,
}

/// Longer than header values are.
const LONG: usize = 4096;

type Step<T> = Result<T, Malformed>;

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
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
            let bytes = u8x16::new(*block);
            let black = !bits(bytes.min(u8x16::splat(b' ')).cmp_eq(bytes)) & 0xFFFF;
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
        self.expect(b'{', "{")?;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let key = self.string()?;
                    self.expect(b':', ":")?;
                    member(self, key.raw())?;
                }
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return self.fail("a key or }"),
            }
        }
    }

    /// Calls `element` at each element of the array at the cursor; it must take it.
    #[inline]
    pub(super) fn array(&mut self, mut element: impl FnMut(&mut Self) -> Step<()>) -> Step<()> {
        self.expect(b'[', "[")?;
        loop {
            match self.peek() {
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
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

    /// Whether `true` stands at the cursor.
    pub(super) fn is_true(&mut self) -> Step<bool> {
        Ok(self.text()?.is_some_and(|text| text.raw() == b"true"))
    }

    /// Passes over one value.
    #[inline]
    pub(super) fn skip(&mut self) -> Step<()> {
        match self.peek() {
            Some(b'"') => self.string().map(|_| ()),
            Some(b'{' | b'[') => {
                let inside = self.text.get(self.at + 1..).unwrap_or_default();
                // Many are empty.
                if let Some(b'}' | b']') = inside.first() {
                    self.at += 2;
                    return Ok(());
                }
                match Nest::opened().skip(inside) {
                    Some(length) => {
                        self.at += 1 + length;
                        Ok(())
                    }
                    None => self.fail("the end of an object or array"),
                }
            }
            _ => self.scalar().map(|_| ()),
        }
    }

    #[inline]
    fn expect(&mut self, byte: u8, expected: &'static str) -> Step<()> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            self.fail(expected)
        }
    }

    /// The string whose opening quote is at the cursor.
    #[inline]
    fn string(&mut self) -> Step<Text<'a>> {
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        // Most strings end within 16 or 32 bytes and have no escapes.
        let mut length = 0;
        for block in rest.as_chunks::<16>().0.iter().take(4) {
            let bytes = u8x16::new(*block);
            let quotes = bits(bytes.cmp_eq(u8x16::splat(b'"')));
            let marks = quotes | bits(bytes.cmp_eq(u8x16::splat(b'\\')));
            if marks == 0 {
                length += 16;
                continue;
            }
            let first = marks & marks.wrapping_neg();
            if quotes & first == 0 {
                break;
            }
            length += first.trailing_zeros() as usize;
            self.at += length + 2;
            return Ok(Text::new(rest.get(..length).unwrap_or_default(), false));
        }
        self.long_string(rest, length)
    }

    /// The same for one with escapes, a long one, or one at the end of the text; `plain` bytes are known to be inside.
    #[inline(never)]
    fn long_string(&mut self, rest: &'a [u8], plain: usize) -> Step<Text<'a>> {
        let Some(end) = nest::string_end(rest.get(plain..).unwrap_or_default()) else {
            return self.fail("the end of a string");
        };
        let inside = rest.get(..plain + end).unwrap_or_default();
        self.at += inside.len() + 2;
        // Whether there is an escape in a long text is not worth a search: most are never decoded.
        let escaped = inside.len() > LONG || memchr::memchr(b'\\', inside).is_some();
        Ok(Text::new(inside, escaped))
    }

    /// A number, `true`, `false`, `null`, or rubbish that is none.
    fn scalar(&mut self) -> Step<&'a [u8]> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|byte| {
                *byte <= b' ' || matches!(byte, b',' | b'}' | b']' | b':' | b'"' | b'{' | b'[')
            })
            .unwrap_or(rest.len());
        if length == 0 {
            return self.fail("a value");
        }
        self.at += length;
        Ok(rest.get(..length).unwrap_or_default())
    }

    fn fail<T>(&self, expected: &'static str) -> Step<T> {
        Err(Malformed {
            at: self.at.min(self.text.len()),
            expected,
        })
    }
}

#[inline]
fn bits(mask: u8x16) -> u32 {
    mask.move_mask().cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_taken_or_skipped_by_key() {
        let text =
            br#" {"a": {"x": "}"}, "b" : "v\"w" , "c":[[]],"d":-1.5e1,"e":null,"f":"7","g":true} "#;
        let mut cursor = Cursor::new(text);
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
        let mut cursor = Cursor::new(br#"{"a" 1}"#);
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
            let mut cursor = Cursor::new(text.as_bytes());
            prop_assert_eq!(cursor.skip(), Ok(()));
            prop_assert_eq!(cursor.peek(), None);
            let pretty = serde_json::to_string_pretty(&json).unwrap();
            if let serde_json::Value::Object(members) = &json {
                let mut keys = Vec::new();
                let mut cursor = Cursor::new(pretty.as_bytes());
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
            let mut cursor = Cursor::new(text.as_bytes());
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
