//! JSON text with some of its values replaced; every other byte stays as it is.
//!
//! The walker reads JSON (RFC 8259) without building it. What is to be replaced is decided by a [`Policy`].

use super::url::Pieces;
use std::borrow::Cow;

/// Decides over the values of a document.
pub(super) trait Policy {
    /// An object begins. `key` is the nearest member name around it, `rest` the text from its brace on.
    fn enter(&mut self, key: &str, rest: &str);

    /// The object ended.
    fn leave(&mut self);

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

struct Walker<'a, 'p> {
    text: &'a str,
    /// Next byte to read.
    at: usize,
    /// Everything before was handed to `out`; `copied <= at`.
    copied: usize,
    out: Pieces<'a>,
    policy: &'p mut dyn Policy,
}

impl Walker<'_, '_> {
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
                let member = self.string()?;
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
        self.expect(b']')
    }

    /// Reads a string and returns its content, decoded.
    fn string(&mut self) -> Option<String> {
        let start = self.at;
        self.expect(b'"')?;
        loop {
            let rest = self.text.as_bytes().get(self.at..)?;
            self.at += memchr::memchr2(b'"', b'\\', rest)?;
            if self.peek()? == b'"' {
                self.at += 1;
                break;
            }
            self.at += 2;
        }
        let raw = self.text.get(start..self.at)?;
        match serde_json::from_str(raw) {
            Ok(value) => Some(value),
            // Lone surrogates and raw control characters: browsers write them, serde refuses them.
            Err(_) => raw.get(1..raw.len() - 1).map(str::to_owned),
        }
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
