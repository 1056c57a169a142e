//! Data in the page: blocks of JSON in elements that the browser does not look into until the script asks for one.
//!
//! The first blocks stand as they are, so that a report of usual size can be read and searched as a file; what comes
//! after them is deflated (zlib, base64), since a hundred thousand findings repeat the same header lines.

use crate::redact::base64;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;
use std::io::{self, Write};

/// Bytes of a block before it is deflated: what the script reads to show one finding.
const BLOCK: usize = 256 << 10;

/// Bytes that stand as they are.
const PLAIN: usize = 2 << 20;

/// A quarter smaller than the fastest, at twice its time; above it the time grows faster than the gain.
const LEVEL: u32 = 4;

/// Items in blocks, numbered as they come.
#[derive(Debug)]
pub(super) struct Pack {
    /// What the elements are called.
    name: &'static str,
    /// Most bytes in the page.
    room: usize,
    blocks: Vec<Block>,
    /// The next block: a list that is not closed yet.
    open: Vec<u8>,
    first: usize,
    count: usize,
    bytes: usize,
    left_out: u64,
}

#[derive(Debug)]
struct Block {
    first: usize,
    text: Vec<u8>,
    is_packed: bool,
}

impl Pack {
    pub(super) fn new(name: &'static str, room: usize) -> Self {
        Self {
            name,
            room,
            blocks: Vec::new(),
            open: Vec::new(),
            first: 0,
            count: 0,
            bytes: 0,
            left_out: 0,
        }
    }

    /// Adds the next item. Without room for it `null` takes its number.
    pub(super) fn push(&mut self, item: &impl Serialize) -> io::Result<()> {
        let separator = if self.open.is_empty() { b'[' } else { b',' };
        self.open.push(separator);
        if self.bytes < self.room {
            item.serialize(&mut Serializer::with_formatter(&mut self.open, Embedded))?;
        } else {
            self.open.extend_from_slice(b"null");
            self.left_out += 1;
        }
        self.count += 1;
        if self.open.len() > BLOCK {
            self.close()?;
        }
        Ok(())
    }

    /// Items for which there was no room.
    pub(super) fn left_out(&self) -> u64 {
        self.left_out
    }

    fn close(&mut self) -> io::Result<()> {
        let mut json = std::mem::take(&mut self.open);
        json.push(b']');
        let is_packed = self.bytes >= PLAIN;
        let text = match is_packed {
            true => base64::encode(&deflated(&json)?).into_bytes(),
            false => json,
        };
        self.bytes += text.len();
        self.blocks.push(Block {
            first: self.first,
            text,
            is_packed,
        });
        self.first = self.count;
        Ok(())
    }

    pub(super) fn write<W: Write>(&mut self, out: &mut W) -> io::Result<()> {
        if !self.open.is_empty() {
            self.close()?;
        }
        for block in &self.blocks {
            let kind = match block.is_packed {
                true => "text/plain",
                false => "application/json",
            };
            let (name, first) = (self.name, block.first);
            write!(
                out,
                "<script type=\"{kind}\" class=\"{name}\" data-first=\"{first}\">"
            )?;
            out.write_all(&block.text)?;
            out.write_all(b"</script>\n")?;
        }
        Ok(())
    }
}

fn deflated(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(LEVEL));
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// JSON that can stand in a `<script>` element: no `<` begins a tag in it, and no line ends in it.
struct Embedded;

impl Formatter for Embedded {
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        for at in memchr::memchr2_iter(b'<', LINE_START, fragment.as_bytes()) {
            let done = fragment.len() - rest.len();
            let (before, after) = rest.split_at_checked(at - done).unwrap_or((rest, ""));
            let (escape, len) = match after.as_bytes() {
                [b'<', ..] => ("\\u003c", 1),
                [_, 0x80, 0xa8, ..] => ("\\u2028", 3),
                [_, 0x80, 0xa9, ..] => ("\\u2029", 3),
                _ => continue,
            };
            out.write_all(before.as_bytes())?;
            out.write_all(escape.as_bytes())?;
            rest = after.get(len..).unwrap_or_default();
        }
        out.write_all(rest.as_bytes())
    }
}

/// The first byte of U+2028 and U+2029, which end lines in scripts.
const LINE_START: u8 = 0xe2;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::io::Read as _;

    /// The items of a page's blocks, in order.
    fn unpacked(page: &str) -> Vec<Value> {
        let mut items = Vec::new();
        for block in page.split("</script>").filter(|block| block.contains('>')) {
            let (head, text) = block.split_once('>').unwrap();
            assert!(head.contains(&format!("data-first=\"{}\"", items.len())));
            let json = if head.contains("text/plain") {
                let bytes = data_url::forgiving_base64::decode_to_vec(text.as_bytes()).unwrap();
                let mut json = String::new();
                flate2::read::ZlibDecoder::new(&*bytes)
                    .read_to_string(&mut json)
                    .unwrap();
                json
            } else {
                text.to_owned()
            };
            let block: Vec<Value> = serde_json::from_str(&json).unwrap();
            items.extend(block);
        }
        items
    }

    #[test]
    fn what_could_end_the_element_or_a_line_is_escaped() {
        let text = "a<b\u{2028}c\u{2029}€<";
        let mut pack = Pack::new("x", usize::MAX);
        pack.push(&text).unwrap();
        let mut page = Vec::new();
        pack.write(&mut page).unwrap();
        assert!(String::from_utf8_lossy(&page).contains(r#"["a\u003cb\u2028c\u2029€\u003c"]"#));
        assert_eq!(unpacked(&String::from_utf8(page).unwrap()), [text]);
    }

    fn packed(count: usize, room: usize) -> (String, u64) {
        let mut pack = Pack::new("details", room);
        for number in 0..count {
            let text = format!("</script>{number} ").repeat(100);
            pack.push(&json!({"number": number, "text": text})).unwrap();
        }
        let mut page = Vec::new();
        pack.write(&mut page).unwrap();
        (String::from_utf8(page).unwrap(), pack.left_out())
    }

    #[test]
    fn every_item_is_found_again_plain_or_deflated() {
        let (page, left_out) = packed(5000, usize::MAX);
        let items = unpacked(&page);
        assert_eq!((items.len(), left_out), (5000, 0));
        assert!((0..5000).all(|number| items[number]["number"] == number));
        assert!(page.len() < 3 << 20 && page.contains("text/plain"));
    }

    #[test]
    fn what_finds_no_room_keeps_its_number_and_is_counted() {
        let (page, left_out) = packed(5000, 1 << 20);
        let items = unpacked(&page);
        assert_eq!(items.len(), 5000);
        let empty = items.iter().filter(|item| item.is_null()).count();
        assert!(left_out > 0 && empty as u64 == left_out);
    }
}
