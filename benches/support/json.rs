//! Writes JSON piece by piece, indented by two spaces a level as browsers do, or not at all.

use std::fmt::Display;
use std::io::Write as _;

#[derive(Default)]
pub struct Json {
    pub text: Vec<u8>,
    is_pretty: bool,
    depth: usize,
    /// Something stands before, within the same brackets.
    has_before: bool,
}

impl Json {
    pub fn new(is_pretty: bool) -> Self {
        Self {
            is_pretty,
            ..Self::default()
        }
    }

    /// `{…}` as an item of a list, or after a [`Self::key`].
    pub fn object(&mut self, members: impl FnOnce(&mut Self)) {
        self.brackets(b"{}", members);
    }

    /// `[…]`, likewise.
    pub fn list(&mut self, items: impl FnOnce(&mut Self)) {
        self.brackets(b"[]", items);
    }

    /// Begins what [`Self::end`] ends, for documents that are written as a stream.
    pub fn begin(&mut self, bracket: u8) {
        self.text.push(bracket);
        self.depth += 1;
        self.has_before = false;
    }

    pub fn end(&mut self, bracket: u8) {
        self.depth -= 1;
        if self.has_before {
            self.line();
        }
        self.text.push(bracket);
        self.has_before = true;
    }

    /// Before an item of a list.
    pub fn item(&mut self) {
        if self.has_before {
            self.text.push(b',');
        }
        self.has_before = true;
        self.line();
    }

    pub fn key(&mut self, name: &str) {
        self.item();
        self.quoted(name);
        self.text.push(b':');
        if self.is_pretty {
            self.text.push(b' ');
        }
    }

    /// A member whose value is text.
    pub fn text(&mut self, name: &str, value: &str) {
        self.key(name);
        self.quoted(value);
    }

    /// A member whose value is a number, a Boolean or null.
    pub fn plain(&mut self, name: &str, value: impl Display) {
        self.key(name);
        let _ = write!(self.text, "{value}");
    }

    /// A member whose value is text that is escaped already.
    pub fn escaped<'a>(&mut self, name: &str, pieces: impl Iterator<Item = &'a [u8]>) {
        self.key(name);
        self.text.push(b'"');
        pieces.for_each(|piece| self.text.extend_from_slice(piece));
        self.text.push(b'"');
    }

    fn quoted(&mut self, text: &str) {
        self.text.push(b'"');
        for piece in text.split_inclusive('"') {
            match piece.strip_suffix('"') {
                Some(before) => {
                    self.text.extend_from_slice(before.as_bytes());
                    self.text.extend_from_slice(b"\\\"");
                }
                None => self.text.extend_from_slice(piece.as_bytes()),
            }
        }
        self.text.push(b'"');
    }

    fn brackets(&mut self, brackets: &[u8; 2], content: impl FnOnce(&mut Self)) {
        self.begin(brackets[0]);
        content(self);
        self.end(brackets[1]);
    }

    fn line(&mut self) {
        if self.is_pretty {
            self.text.push(b'\n');
            self.text.resize(self.text.len() + 2 * self.depth, b' ');
        }
    }
}
