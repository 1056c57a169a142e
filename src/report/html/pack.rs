//! Data in the page: blocks of JSON in elements that the browser does not look into until the script asks for one.
//!
//! The first blocks stand as they are, so that a report of usual size can be read and searched as a file; what comes
//! after them is deflated (zlib, base64), since a hundred thousand findings repeat the same header lines.

use crate::redact::base64;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::Value;
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
    /// The items of the next block, separated by commas.
    open: String,
    first: usize,
    count: usize,
    bytes: usize,
    left_out: u64,
}

#[derive(Debug)]
struct Block {
    first: usize,
    text: String,
    is_packed: bool,
}

impl Pack {
    pub(super) fn new(name: &'static str, room: usize) -> Self {
        Self {
            name,
            room,
            blocks: Vec::new(),
            open: String::new(),
            first: 0,
            count: 0,
            bytes: 0,
            left_out: 0,
        }
    }

    /// Adds the next item. Without room for it `null` takes its number.
    pub(super) fn push(&mut self, item: &Value) -> io::Result<()> {
        if !self.open.is_empty() {
            self.open.push(',');
        }
        if self.bytes < self.room {
            self.open.push_str(&embedded(item));
        } else {
            self.open.push_str("null");
            self.left_out += 1;
        }
        self.count += 1;
        if self.open.len() >= BLOCK {
            self.close()?;
        }
        Ok(())
    }

    /// Items for which there was no room.
    pub(super) fn left_out(&self) -> u64 {
        self.left_out
    }

    fn close(&mut self) -> io::Result<()> {
        let json = format!("[{}]", std::mem::take(&mut self.open));
        let is_packed = self.bytes >= PLAIN;
        let text = match is_packed {
            true => base64::encode(&deflated(json.as_bytes())?),
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
            writeln!(
                out,
                "<script type=\"{kind}\" class=\"{}\" data-first=\"{}\">{}</script>",
                self.name, block.first, block.text
            )?;
        }
        Ok(())
    }
}

fn deflated(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(LEVEL));
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// JSON that can stand in a `<script>` element: no `<` begins a tag in it.
fn embedded(value: &Value) -> String {
    value
        .to_string()
        .replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
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
