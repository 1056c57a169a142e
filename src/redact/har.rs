//! A HAR without its secrets, as a stream: any size in, everything else out byte for byte.
//!
//! [`HarCleaner`] cuts the document between the elements of `log.entries` and rewrites each piece; pieces are bounded by
//! [`crate::limits::Limits::entry`]. It is fed bytes and gives bytes; it opens nothing.

use super::har_members::HarPolicy;
use super::{Redactor, json};
use crate::limits::Limits;

/// Cleans one HAR.
pub struct HarCleaner<'r> {
    redactor: &'r Redactor,
    limit: usize,
    /// Bytes of the piece that is being collected; at most `limit`.
    piece: Vec<u8>,
    part: Part,
    scan: Scan,
    /// The piece is beyond the limit; its bytes are passed over.
    is_too_long: bool,
    entries_written: u64,
    left_out: LeftOut,
}

/// What could not be cleaned and is therefore not in the output.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Entries beyond [`Limits::entry`].
    pub too_long: u64,
    /// Entries that are no JSON: damaged, or cut where the file ends.
    pub broken: u64,
    /// No `log.entries` was found, and the document is not JSON either.
    pub not_a_har: bool,
}

/// Which piece of the document is being collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Up to the bracket that opens the entries; the whole document when there is none.
    Head,
    /// One entry, with the comma before it.
    Entry,
    /// From the bracket that closes the entries.
    Tail,
}

/// Where in the document the scanner stands: enough to find the commas between entries.
#[derive(Debug, Default)]
struct Scan {
    depth: u32,
    in_string: bool,
    escaped: bool,
    /// The last string at depth 2 was `entries`: the next array at depth 3 holds the entries.
    key: KeyMatch,
    in_entries: bool,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum KeyMatch {
    #[default]
    None,
    /// So many letters of `"entries"` were read.
    Partly(usize),
    /// The whole name.
    Whole,
}

const ENTRIES: &[u8] = b"entries";

impl<'r> HarCleaner<'r> {
    /// Cleans with `redactor`.
    pub fn new(redactor: &'r Redactor, limits: &Limits) -> Self {
        Self {
            redactor,
            limit: limits.entry,
            piece: Vec::new(),
            part: Part::Head,
            scan: Scan::default(),
            is_too_long: false,
            entries_written: 0,
            left_out: LeftOut::default(),
        }
    }

    /// Takes the next bytes and appends what is ready to `out`.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut rest = bytes;
        loop {
            // Most of a HAR is strings, and nothing in them matters but their end.
            let (inside, tail) = rest.split_at(self.scan.skippable(rest));
            self.keep(inside);
            let Some((&next, after)) = tail.split_first() else {
                return;
            };
            rest = after;
            let byte = std::slice::from_ref(&next);
            match self.scan.step(next) {
                Boundary::None => self.keep(byte),
                Boundary::EntriesOpen => {
                    self.keep(byte);
                    self.emit(out);
                    self.part = Part::Entry;
                }
                Boundary::NextEntry => {
                    self.emit(out);
                    self.keep(byte);
                }
                Boundary::EntriesClose => {
                    self.emit(out);
                    self.part = Part::Tail;
                    self.keep(byte);
                }
            }
        }
    }

    /// Gives the rest, and says what is missing.
    pub fn finish(mut self, out: &mut Vec<u8>) -> LeftOut {
        if self.part == Part::Head {
            match self.rewritten("", "") {
                Some(cleaned) => out.extend_from_slice(cleaned.as_bytes()),
                None => self.left_out.not_a_har = true,
            }
        } else {
            self.emit(out);
        }
        self.left_out
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.piece.len() + bytes.len() <= self.limit {
            self.piece.extend_from_slice(bytes);
        } else {
            self.is_too_long = true;
        }
    }

    fn emit(&mut self, out: &mut Vec<u8>) {
        let cleaned = match self.part {
            _ if self.is_too_long => {
                self.left_out.too_long += 1;
                None
            }
            // Head and tail are no JSON by themselves; with the other end added they are.
            Part::Head => self.rewritten("", "]}}"),
            Part::Tail => self.rewritten("{\"log\":{\"entries\":[", ""),
            Part::Entry => self.rewritten("", ""),
        };
        match cleaned {
            Some(cleaned) => self.write(&cleaned, out),
            None if self.is_too_long => {}
            None => self.left_out.broken += 1,
        }
        self.is_too_long = false;
        self.piece.clear();
    }

    fn write(&mut self, cleaned: &str, out: &mut Vec<u8>) {
        // Where the first entries were left out, the next one's comma has nothing before it.
        let cleaned = match cleaned.strip_prefix(',') {
            Some(rest) if self.part == Part::Entry && self.entries_written == 0 => rest,
            _ => cleaned,
        };
        if self.part == Part::Entry && !cleaned.trim().is_empty() {
            self.entries_written += 1;
        }
        out.extend_from_slice(cleaned.as_bytes());
    }

    /// The piece without secrets; `None` when `before`, piece and `after` together are no JSON.
    fn rewritten(&self, before: &str, after: &str) -> Option<String> {
        let text = std::str::from_utf8(&self.piece).ok()?;
        let start = text
            .find(|c: char| !matches!(c, ',' | ' ' | '\t' | '\r' | '\n' | '\u{feff}'))
            .unwrap_or(text.len());
        let (lead, value) = text.split_at_checked(start)?;
        let document = format!("{before}{value}{after}");
        let mut policy = HarPolicy::new(self.redactor);
        let cleaned = json::rewrite(&document, &mut policy)?;
        let cleaned = cleaned.strip_prefix(before)?.strip_suffix(after)?;
        Some(format!("{lead}{cleaned}"))
    }
}

/// What a byte means for the cutting.
enum Boundary {
    None,
    /// The bracket that opens the entries: the head ends with it.
    EntriesOpen,
    /// A comma between entries.
    NextEntry,
    /// The bracket that closes the entries.
    EntriesClose,
}

impl Scan {
    /// How many of the next bytes are inside a string that is not of interest, and change nothing.
    fn skippable(&self, bytes: &[u8]) -> usize {
        if !self.in_string || self.escaped || self.key != KeyMatch::None {
            return 0;
        }
        memchr::memchr2(b'"', b'\\', bytes).unwrap_or(bytes.len())
    }

    fn step(&mut self, byte: u8) -> Boundary {
        if self.in_string {
            self.in_string_step(byte);
            return Boundary::None;
        }
        match byte {
            b'"' => {
                self.in_string = true;
                self.key = if self.depth == 2 {
                    KeyMatch::Partly(0)
                } else {
                    KeyMatch::None
                };
            }
            b'{' | b'[' => {
                self.depth = self.depth.saturating_add(1);
                if byte == b'[' && self.depth == 3 && self.key == KeyMatch::Whole {
                    self.in_entries = true;
                    return Boundary::EntriesOpen;
                }
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                if self.in_entries && self.depth == 2 {
                    self.in_entries = false;
                    return Boundary::EntriesClose;
                }
            }
            b',' if self.in_entries && self.depth == 3 => return Boundary::NextEntry,
            _ => {}
        }
        Boundary::None
    }

    fn in_string_step(&mut self, byte: u8) {
        if self.escaped {
            self.escaped = false;
            return;
        }
        match byte {
            b'\\' => {
                self.escaped = true;
                self.key = KeyMatch::None;
            }
            b'"' => {
                self.in_string = false;
                self.key = match self.key {
                    KeyMatch::Partly(len) if len == ENTRIES.len() => KeyMatch::Whole,
                    _ => KeyMatch::None,
                };
            }
            _ => {
                self.key = match self.key {
                    KeyMatch::Partly(len) if ENTRIES.get(len) == Some(&byte) => {
                        KeyMatch::Partly(len + 1)
                    }
                    _ => KeyMatch::None,
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cleaned_in(har: &str, chunk: usize) -> String {
        let redactor = Redactor::closed();
        let mut cleaner = HarCleaner::new(&redactor, &Limits::default());
        let mut out = Vec::new();
        for bytes in har.as_bytes().chunks(chunk) {
            cleaner.push(bytes, &mut out);
        }
        assert_eq!(cleaner.finish(&mut out), LeftOut::default());
        String::from_utf8(out).unwrap()
    }

    const HAR: &str = "\u{feff}{ \"log\": {\"version\":\"1.2\", \"pages\":[{\"title\":\"https://a.example/?token=SENTINEL1\"}],\n\"entries\" : [\n {\"request\":{\"url\":\"https://u:SENTINEL2@a.example/x?code=SENTINEL3&p=1\",\"headers\":[{\"value\":\"Bearer SENTINEL4\",\"name\":\"Authorization\"},{\"name\":\"Origin\",\"value\":\"https://b.example\"}],\"cookies\":[{\"name\":\"sid\",\"value\":\"SENTINEL5\",\"httpOnly\":true}],\"queryString\":[{\"name\":\"code\",\"value\":\"SENTINEL3\"}],\"postData\":{\"text\":\"{\\\"password\\\":\\\"SENTINEL6\\\"}\",\"mimeType\":\"application/json\"}},\"response\":{\"content\":{\"encoding\":\"base64\",\"mimeType\":\"application/json\",\"text\":\"eyJ0b2tlbiI6IlNFTlRJTkVMNyJ9\"}},\"_x\":[1,2.50,\"\\u00e9\"]} ,\n{\"request\":{}}\n],\"comment\":\"ok\"} }\n";

    #[test]
    fn secrets_go_from_every_corner_and_the_rest_stays_byte_for_byte() {
        let cleaned = cleaned_in(HAR, 1 << 20);
        assert!(!cleaned.contains("SENTINEL"), "{cleaned}");
        assert!(
            !cleaned.contains("eyJ0b2tlbiI6IlNFTlRJTkVMNyJ9"),
            "{cleaned}"
        );
        assert!(cleaned.contains("\"value\":\"Bearer ‹redacted:"));
        assert!(cleaned.contains("{\"name\":\"Origin\",\"value\":\"https://b.example\"}"));
        assert!(cleaned.ends_with(
            "\"_x\":[1,2.50,\"\\u00e9\"]} ,\n{\"request\":{}}\n],\"comment\":\"ok\"} }\n"
        ));
        serde_json::from_str::<serde_json::Value>(cleaned.trim_start_matches('\u{feff}')).unwrap();
    }

    #[test]
    fn a_har_without_secrets_stays_as_it_is() {
        let har = "{\"log\":{\"entries\":[{\"request\":{\"method\":\"GET\",\"url\":\"https://a.example/\",\"headers\":[{\"name\":\"Vary\",\"value\":\"Origin\"}]},\"time\":1.0e1}]}}";
        assert_eq!(cleaned_in(har, 7), har);
    }

    #[test]
    fn a_short_number_is_a_secret_too_where_its_name_says_so() {
        let har = r#"{"log":{"entries":[{"request":{"queryString":[{"name":"pin","value":"123"}],"cookies":[{"name":"n","value":"7","_size":2}]}}]}}"#;
        assert_eq!(
            cleaned_in(har, 1 << 20),
            har.replace(r#""123""#, r#""‹redacted:1›""#)
                .replace(r#""7""#, r#""‹redacted:2›""#)
        );
    }

    #[test]
    fn an_entry_beyond_the_limit_is_left_out_and_counted() {
        let redactor = Redactor::closed();
        let limits = Limits {
            entry: 64,
            ..Limits::default()
        };
        let mut cleaner = HarCleaner::new(&redactor, &limits);
        let mut out = Vec::new();
        let long = "SENTINEL".repeat(20);
        let har = format!(
            "{{\"log\":{{\"entries\":[{{\"b\":\"{long}\"}},{{\"a\":1}},{{\"b\":\"{long}\"}},{{\"c\":3}}]}}}}"
        );
        cleaner.push(har.as_bytes(), &mut out);
        assert_eq!(cleaner.finish(&mut out).too_long, 2);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "{\"log\":{\"entries\":[{\"a\":1},{\"c\":3}]}}"
        );
    }

    #[test]
    fn an_entry_that_is_cut_is_left_out_with_its_secrets() {
        let redactor = Redactor::closed();
        let mut cleaner = HarCleaner::new(&redactor, &Limits::default());
        let mut out = Vec::new();
        let cut = HAR.find("SENTINEL5").unwrap() + 9;
        cleaner.push(&HAR.as_bytes()[..cut], &mut out);
        assert_eq!(cleaner.finish(&mut out).broken, 1);
        assert!(!String::from_utf8(out).unwrap().contains("SENTINEL"));
    }

    #[test]
    fn what_is_no_har_gives_nothing() {
        let redactor = Redactor::closed();
        let mut cleaner = HarCleaner::new(&redactor, &Limits::default());
        let mut out = Vec::new();
        cleaner.push(b"password=SENTINEL", &mut out);
        assert!(cleaner.finish(&mut out).not_a_har && out.is_empty());
    }

    proptest! {
        #[test]
        fn chunking_changes_nothing(chunk in 1usize..300) {
            prop_assert_eq!(cleaned_in(HAR, chunk), cleaned_in(HAR, 1 << 20));
        }

        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let redactor = Redactor::closed();
            let mut cleaner = HarCleaner::new(&redactor, &Limits::default());
            let mut out = Vec::new();
            cleaner.push(&bytes, &mut out);
            cleaner.finish(&mut out);
        }
    }
}
