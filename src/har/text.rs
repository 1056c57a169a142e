//! JSON strings as they stand in the file, decoded only when somebody asks.

use std::borrow::Cow;

/// The inside of a JSON string, or a bare scalar, undecoded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Text<'a> {
    raw: &'a [u8],
    escaped: bool,
}

impl<'a> Text<'a> {
    /// `raw` without its quotes; `escaped` unless it is known that no backslash is in it.
    pub(super) fn new(raw: &'a [u8], escaped: bool) -> Self {
        Self { raw, escaped }
    }

    /// The bytes as they stand in the file. Equal to the text itself for names without escapes.
    pub(super) fn raw(self) -> &'a [u8] {
        self.raw
    }

    pub(super) fn may_have_escapes(self) -> bool {
        self.escaped
    }

    pub(super) fn is_empty(self) -> bool {
        self.raw.is_empty()
    }

    /// The decoded text. What is no Unicode becomes U+FFFD; an escape that JSON does not know stays as written.
    pub(super) fn decode(self) -> Cow<'a, str> {
        match self.plain() {
            Some(text) => Cow::Borrowed(text),
            None if self.escaped => Cow::Owned(unescape(self.raw)),
            None => String::from_utf8_lossy(self.raw),
        }
    }

    /// The text, if it needs no decoding: the common and fast case.
    #[inline]
    pub(super) fn plain(self) -> Option<&'a str> {
        if self.escaped {
            return None;
        }
        std::str::from_utf8(self.raw).ok()
    }

    /// The number that the text is, in quotes or not.
    pub(super) fn number(self) -> Option<f64> {
        let text = self.plain()?;
        // Only one in quotes can have white space.
        text.parse().or_else(|_| text.trim().parse()).ok()
    }

    /// The first `bytes` bytes of the raw text, not cut inside an escape.
    pub(super) fn start(self, bytes: usize) -> Self {
        let Some(cut) = self.raw.get(..bytes) else {
            return self;
        };
        // An escape is at most 6 bytes long, so its backslash is not farther back than 5.
        let window = bytes.saturating_sub(5);
        let tail = cut.get(window..).unwrap_or_default();
        let run_starts_before = self.escaped && trailing_backslashes(cut) % 2 == 1;
        let end = match tail.iter().rposition(|byte| *byte == b'\\') {
            Some(at) if run_starts_before || tail.get(at + 1) == Some(&b'u') => window + at,
            _ => bytes,
        };
        Self {
            raw: cut.get(..end).unwrap_or_default(),
            escaped: self.escaped,
        }
    }
}

fn trailing_backslashes(text: &[u8]) -> usize {
    text.iter().rev().take_while(|byte| **byte == b'\\').count()
}

fn unescape(raw: &[u8]) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let (plain, escape) = rest.split_at(at);
        text.push_str(&String::from_utf8_lossy(plain));
        let (char, length) = escape_at(escape);
        text.push(char);
        rest = escape.get(length..).unwrap_or_default();
    }
    text.push_str(&String::from_utf8_lossy(rest));
    text
}

/// The character that `escape`, which starts with a backslash, stands for, and the escape's length.
fn escape_at(escape: &[u8]) -> (char, usize) {
    match escape.get(1) {
        Some(b'"') => ('"', 2),
        Some(b'\\') => ('\\', 2),
        Some(b'/') => ('/', 2),
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{c}', 2),
        Some(b'n') => ('\n', 2),
        Some(b'r') => ('\r', 2),
        Some(b't') => ('\t', 2),
        Some(b'u') => match unit(escape) {
            Some(high @ 0xD800..0xDC00) => match escape.get(6..).and_then(unit) {
                Some(low @ 0xDC00..0xE000) => {
                    let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                    (
                        char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
                        12,
                    )
                }
                _ => (char::REPLACEMENT_CHARACTER, 6),
            },
            Some(code) => (
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
                6,
            ),
            None => ('\\', 1),
        },
        _ => ('\\', 1),
    }
}

/// The value of `\uXXXX` at the start of `escape`.
fn unit(escape: &[u8]) -> Option<u32> {
    let digits = escape.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0u32, |value, digit| {
        Some(value << 4 | char::from(*digit).to_digit(16)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(raw: &str) -> String {
        Text::new(raw.as_bytes(), raw.contains('\\'))
            .decode()
            .into_owned()
    }

    #[test]
    fn escapes_are_decoded() {
        assert_eq!(decode(r#"a\"b\\\/\n\u00e9\ud83d\ude00"#), "a\"b\\/\né😀");
    }

    #[test]
    fn lone_surrogates_and_unknown_escapes_do_no_harm() {
        assert_eq!(decode(r"\ud83dx\udc00\q\u12"), "\u{fffd}x\u{fffd}\\q\\u12");
        assert_eq!(Text::new(b"\xff", false).decode(), "\u{fffd}");
    }

    #[test]
    fn a_start_is_never_cut_inside_an_escape() {
        let text = Text::new(br"ab\u00e9\\c", true);
        let starts: Vec<_> = (0..12)
            .map(|n| text.start(n).decode().into_owned())
            .collect();
        assert_eq!(
            starts,
            [
                "", "a", "ab", "ab", "ab", "ab", "ab", "ab", "abé", "abé", "abé\\", "abé\\c"
            ]
        );
    }

    proptest! {
        #[test]
        fn any_text_survives_encoding(text in ".*") {
            let quoted = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(decode(&quoted[1..quoted.len() - 1]), text);
        }

        #[test]
        fn no_bytes_make_it_panic(raw: Vec<u8>, cut in 0usize..40) {
            let text = Text::new(&raw, true);
            let _ = (text.decode(), text.start(cut).decode());
        }
    }
}
