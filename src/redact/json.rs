//! JSON text with some of its values replaced; every other byte stays as it is.
//!
//! The walker reads JSON (RFC 8259) without building it. What is to be replaced is decided by a [`Policy`].

use super::url::Pieces;
use std::borrow::Cow;

/// Decides over the values of a document.
pub(super) trait Policy {
    /// An object begins. `key` is the nearest member name around it, `rest` the text from its brace on.
    fn enter(&mut self, key: &str, rest: &str);

    /// The object, or the array for which [`Self::enter_array`] said so, ended.
    fn leave(&mut self);

    /// An array begins, as for [`Self::enter`]. Whether its end is of interest.
    fn enter_array(&mut self, _key: &str, _rest: &str) -> bool {
        false
    }

    /// Another name for a member.
    fn rename(&mut self, _key: &str) -> Option<String> {
        None
    }

    /// What to put in the place of a string, decoded, or of a number, as written; `None` keeps it.
    fn replace(&mut self, key: &str, value: &str) -> Option<String>;
}

/// Deeper documents are refused; serde_json has the same bound.
const DEPTH: usize = 128;

/// `text` with the policy's replacements, which are written as strings.
///
/// `None` when the text is not JSON, or not one to several values with nothing else between them.
pub(super) fn rewrite<'a>(text: &'a str, policy: &mut dyn Policy) -> Option<Cow<'a, str>> {
    let mut walker = Walker {
        text,
        at: 0,
        copied: 0,
        out: Pieces::new(text),
        policy,
    };
    walker.space();
    while walker.peek().is_some() {
        walker.value("", 0)?;
        walker.space();
    }
    walker.copy_to(text.len());
    Some(walker.out.finish())
}

/// Names and values of the members of `object` itself, as written and without the quotes of strings; those that begin in
/// its first `bound` bytes.
pub(super) fn members(object: &str, bound: usize) -> impl Iterator<Item = (&str, &str)> {
    let mut at = usize::from(object.starts_with('{'));
    let mut is_over = at == 0;
    std::iter::from_fn(move || {
        if is_over || at > bound {
            return None;
        }
        let (name, end) = string_at(object, skip_to(object, at, b'"')?)?;
        let value = end
            + object
                .get(end..)?
                .find(|c: char| !c.is_whitespace() && c != ':')?;
        if object.as_bytes().get(value) == Some(&b'"') {
            let (text, end) = string_at(object, value)?;
            at = end;
            return Some((name, text));
        }
        at = value_end(object, value, bound)?;
        is_over = object.as_bytes().get(at) != Some(&b',');
        Some((name, object.get(value..at)?))
    })
}

/// Where `byte` stands, if only white space and commas stand before it.
fn skip_to(text: &str, from: usize, byte: u8) -> Option<usize> {
    let gap = text
        .as_bytes()
        .get(from..)?
        .iter()
        .position(|b| !b" \t\r\n,".contains(b))?;
    (text.as_bytes().get(from + gap) == Some(&byte)).then_some(from + gap)
}

/// The string at `start`, undecoded, and where it ended.
fn string_at(text: &str, start: usize) -> Option<(&str, usize)> {
    let mut at = start + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.as_bytes().get(at..)?)?;
        if text.as_bytes().get(at) == Some(&b'"') {
            return Some((text.get(start + 1..at)?, at + 1));
        }
        at += 2;
    }
}

/// The comma or bracket behind the number, word, object or array at `start`.
fn value_end(text: &str, start: usize, bound: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = start;
    loop {
        match text.as_bytes().get(at)? {
            b'"' => {
                at = string_at(text, at)?.1;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return Some(at),
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => return Some(at),
            _ => {}
        }
        at += 1;
        if at > bound {
            return None;
        }
    }
}

struct Walker<'a, 'p> {
    text: &'a str,
    /// Next byte to read.
    at: usize,
    /// Everything before was handed to `out`; `copied <= at`.
    copied: usize,
    out: Pieces<'a>,
    policy: &'p mut dyn Policy,
}

impl<'a> Walker<'a, '_> {
    fn value(&mut self, key: &str, depth: usize) -> Option<()> {
        if depth > DEPTH {
            return None;
        }
        match self.peek()? {
            b'{' => self.object(key, depth),
            b'[' => self.array(key, depth),
            b'"' => {
                let start = self.at;
                let value = self.string()?;
                let replacement = self.policy.replace(key, &value);
                self.replaced(start, replacement)
            }
            b'-' | b'0'..=b'9' => {
                let start = self.at;
                while self
                    .peek()
                    .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
                {
                    self.at += 1;
                }
                let number = self.text.get(start..self.at)?;
                let replacement = self.policy.replace(key, number);
                self.replaced(start, replacement)
            }
            _ => ["true", "false", "null"].iter().find_map(|word| {
                self.text.get(self.at..)?.strip_prefix(word)?;
                self.at += word.len();
                Some(())
            }),
        }
    }

    fn object(&mut self, key: &str, depth: usize) -> Option<()> {
        self.policy.enter(key, self.text.get(self.at..)?);
        self.at += 1;
        self.space();
        if self.peek()? != b'}' {
            loop {
                let start = self.at;
                let member = self.string()?;
                let name = self.policy.rename(&member);
                self.replaced(start, name)?;
                self.space();
                self.expect(b':')?;
                self.space();
                self.value(&member, depth + 1)?;
                self.space();
                if self.peek()? != b',' {
                    break;
                }
                self.at += 1;
                self.space();
            }
        }
        self.expect(b'}')?;
        self.policy.leave();
        Some(())
    }

    fn array(&mut self, key: &str, depth: usize) -> Option<()> {
        let is_entered = self.policy.enter_array(key, self.text.get(self.at..)?);
        self.at += 1;
        self.space();
        if self.peek()? != b']' {
            loop {
                self.value(key, depth + 1)?;
                self.space();
                if self.peek()? != b',' {
                    break;
                }
                self.at += 1;
                self.space();
            }
        }
        self.expect(b']')?;
        if is_entered {
            self.policy.leave();
        }
        Some(())
    }

    /// Reads a string and returns its content, decoded.
    fn string(&mut self) -> Option<Cow<'a, str>> {
        let text = self.text;
        let start = self.at;
        self.expect(b'"')?;
        let mut has_escapes = false;
        loop {
            let rest = text.as_bytes().get(self.at..)?;
            self.at += memchr::memchr2(b'"', b'\\', rest)?;
            if self.peek()? == b'"' {
                self.at += 1;
                break;
            }
            has_escapes = true;
            self.at += 2;
        }
        let raw = text.get(start..self.at)?;
        let inner = Cow::Borrowed(raw.get(1..raw.len() - 1)?);
        if !has_escapes {
            return Some(inner);
        }
        // Browsers write lone surrogates, which serde refuses.
        Some(serde_json::from_str(raw).map_or(inner, Cow::Owned))
    }

    fn replaced(&mut self, start: usize, replacement: Option<String>) -> Option<()> {
        if let Some(new) = replacement {
            let escaped = serde_json::to_string(&new).ok()?;
            self.copy_to(start);
            self.out.replace(self.at - start, &escaped);
            self.copied = self.at;
        }
        Some(())
    }

    fn copy_to(&mut self, end: usize) {
        self.out
            .keep(self.text.get(self.copied..end).unwrap_or_default());
        self.copied = end;
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|byte| b" \t\r\n".contains(&byte)) {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Replaces what belongs to `secret`.
    struct Secret;

    impl Policy for Secret {
        fn enter(&mut self, _: &str, _: &str) {}
        fn leave(&mut self) {}
        fn replace(&mut self, key: &str, _: &str) -> Option<String> {
            (key == "secret").then(|| "x".to_owned())
        }
    }

    #[test]
    fn only_the_value_changes() {
        let text = " {\"a\" :[1, {\"secret\":\t12.5e3} ,\"\\u00e9\"],\n\"secret\" : \"s\\\"t\" } ";
        assert_eq!(
            rewrite(text, &mut Secret).unwrap(),
            " {\"a\" :[1, {\"secret\":\t\"x\"} ,\"\\u00e9\"],\n\"secret\" : \"x\" } "
        );
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in ["{", "{\"a\"}", "a=1", "[1,]", "\"", "{\"a\":1]"] {
            assert!(rewrite(text, &mut Secret).is_none(), "{text}");
        }
        assert!(rewrite(&"[".repeat(100_000), &mut Secret).is_none());
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in r#"[\[\]{}",:\\ a0-9é]{0,40}"#) {
            let _ = rewrite(&text, &mut Secret);
        }

        #[test]
        fn without_secrets_every_byte_stays(text in r#"\{"a":\[[0-9]{1,3},"[a-z\\n]{0,5}"\],"b":null\}"#) {
            if let Some(same) = rewrite(&text, &mut Secret) {
                prop_assert_eq!(same, text.as_str());
            }
        }
    }
}
