//! Finds the entries of a HAR text, and the few other parts that matter, wherever they stand in `log`.
//!
//! Knows only the two outer objects and where values end; never looks into an entry. It keeps no text: it tells
//! offsets, and from where on the caller must keep bytes.

use super::index::{Note, Unnoted};
use super::nest::Nest;
use std::collections::VecDeque;
use std::fmt;

/// Finds pieces in text that is pushed block by block, however it is cut into blocks.
///
/// Keys may come in any order and repeatedly; missing or superfluous commas are borne.
#[derive(Debug)]
pub struct Splitter {
    state: State,
    /// Stream offset of the next block.
    offset: u64,
    /// The key whose value comes next, as far as it can be one that matters.
    key: Vec<u8>,
    open: Option<Open>,
    found: VecDeque<Piece>,
    entries: u64,
    log_seen: bool,
    entries_seen: bool,
    damage: Option<Damage>,
}

/// A part of the file that matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `log.browser`.
    Browser,
    /// `log.creator`.
    Creator,
    /// One element of `log.entries`.
    Entry {
        /// 0-based place in `log.entries`, whatever the elements before it are.
        index: u64,
        /// Whether it is a JSON object.
        is_object: bool,
    },
    /// `log.pages`.
    Pages,
}

/// Where a part stands, in bytes from the start of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Which part.
    pub part: Part,
    /// Offset of its first byte.
    pub start: u64,
    /// Offset behind its last byte.
    pub end: u64,
}

/// The text cannot be a HAR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotHar {
    /// Where that shows.
    pub offset: u64,
    /// What stands there.
    pub found: String,
    /// What should.
    pub expected: &'static str,
}

impl fmt::Display for NotHar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}

/// What was wrong with a text that did give entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// Between entries stands something that is no JSON; all behind it is lost.
    Garbage(NotHar),
    /// Text follows the end of the JSON object; it was passed over.
    Trailing {
        /// Where it begins.
        offset: u64,
    },
    /// The text ends too early.
    Truncated {
        /// Its length.
        offset: u64,
        /// The entry that was cut, if the cut is inside one: its index and where it begins.
        entry: Option<(u64, u64)>,
    },
}

/// The result of a text that was gone through to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Complete elements of `log.entries`.
    pub entries: u64,
    /// What was wrong.
    pub damage: Option<Damage>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Root,
    Log,
    Entries,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Before the root object; how much of a byte order mark was seen.
    Start {
        mark: usize,
    },
    /// Before a key, or the end of the object.
    Key(Level),
    InKey(Level),
    Colon(Level),
    /// Before a value; for `Entries` also the end of the array.
    Value(Level),
    InContainer(Level, Nest),
    InString(Level, Escape),
    InScalar(Level),
    /// Behind the root object.
    After,
    /// Behind garbage.
    Lost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escape {
    None,
    Pending,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    part: Part,
    start: u64,
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// Longer than any key that matters.
const KEY: usize = 16;

impl Default for Splitter {
    fn default() -> Self {
        Self::new()
    }
}

impl Splitter {
    /// At the start of a text.
    pub fn new() -> Self {
        Self {
            state: State::Start { mark: 0 },
            offset: 0,
            key: Vec::with_capacity(KEY),
            open: None,
            found: VecDeque::new(),
            entries: 0,
            log_seen: false,
            entries_seen: false,
            damage: None,
        }
    }

    /// Takes the next block of text.
    ///
    /// # Errors
    /// When the text cannot be a HAR; nothing more comes then.
    pub fn push(&mut self, block: &[u8]) -> Result<(), NotHar> {
        self.push_noted(block, &mut Unnoted)
    }

    /// The same; tells `note` where the strings and brackets of parts are.
    pub(super) fn push_noted(&mut self, block: &[u8], note: &mut impl Note) -> Result<(), NotHar> {
        let mut rest = block;
        while let Some((&byte, _)) = rest.split_first() {
            let at = self.offset + (block.len() - rest.len()) as u64;
            let used = match self.state {
                State::InContainer(level, nest) if self.open.is_some() => {
                    self.in_container(level, nest, rest, at, note)
                }
                State::InContainer(level, nest) => {
                    self.in_container(level, nest, rest, at, &mut Unnoted)
                }
                State::InString(level, escape) if self.open.is_some() => {
                    let used = self.in_string(level, escape, rest, at);
                    if self.open.is_none() {
                        note.note(at + used as u64 - 1, 1, false);
                    }
                    used
                }
                _ => {
                    let used = self.step(byte, rest, at)?;
                    if self.open_since() == Some(at) && matches!(byte, b'{' | b'[' | b'"') {
                        note.note(at, 1, false);
                    }
                    used
                }
            };
            rest = rest.get(used..).unwrap_or_default();
        }
        self.offset += block.len() as u64;
        Ok(())
    }

    /// The next part that is complete.
    pub fn poll(&mut self) -> Option<Piece> {
        self.found.pop_front()
    }

    /// Bytes pushed so far.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Where the part begins that is not complete yet: bytes from there on are still needed.
    pub fn open_since(&self) -> Option<u64> {
        self.open.map(|open| open.start)
    }

    /// Where something begins that may be broken: an entry whose end has not come, or garbage between entries.
    pub fn broken_since(&self) -> Option<u64> {
        match (&self.damage, self.open) {
            (Some(Damage::Garbage(error)), _) => Some(error.offset),
            (
                _,
                Some(Open {
                    part: Part::Entry { .. },
                    start,
                }),
            ) => Some(start),
            _ => None,
        }
    }

    /// Whether the root object has ended.
    pub fn is_complete(&self) -> bool {
        matches!(self.state, State::After)
    }

    /// Whether nothing more can be found without [`Self::resume`].
    pub fn is_lost(&self) -> bool {
        matches!(self.state, State::Lost)
    }

    /// Takes the last entry back, since its end was none; [`Self::resume`] must follow.
    pub fn reopen(&mut self, piece: Piece) {
        if let Part::Entry { index, .. } = piece.part
            && index + 1 == self.entries
        {
            self.entries = index;
            self.state = State::Value(Level::Entries);
            self.damage = None;
            self.open = Some(Open {
                part: piece.part,
                start: piece.start,
            });
        }
    }

    /// Gives up what is broken and goes on at `offset`, where an entry begins; the next block must start there.
    /// Returns what was given up, which counts as an entry.
    pub fn resume(&mut self, offset: u64) -> Option<Piece> {
        let start = self.broken_since()?;
        let part = Part::Entry {
            index: self.entries,
            is_object: true,
        };
        self.entries += 1;
        self.damage = None;
        self.open = None;
        self.offset = offset;
        self.state = State::Value(Level::Entries);
        Some(Piece {
            part,
            start,
            end: offset,
        })
    }

    /// The text ends.
    ///
    /// # Errors
    /// When it held no `log.entries`.
    pub fn finish(self) -> Result<End, NotHar> {
        if !self.entries_seen {
            let expected = match (self.state, self.log_seen) {
                (State::Start { .. }, _) => "{",
                (_, false) => "an object named log",
                (_, true) => "an array named entries in log",
            };
            return Err(NotHar {
                offset: self.offset,
                found: "the end of the file".to_owned(),
                expected,
            });
        }
        let damage = match self.state {
            State::After | State::Lost => self.damage,
            _ => Some(Damage::Truncated {
                offset: self.offset,
                entry: self.open.and_then(|open| match open.part {
                    Part::Entry { index, .. } => Some((index, open.start)),
                    _ => None,
                }),
            }),
        };
        Ok(End {
            entries: self.entries,
            damage,
        })
    }

    /// Goes on by at least the byte `byte`, the first of `rest` and at stream offset `at`. Returns how many were used;
    /// none only when the state has changed.
    fn step(&mut self, byte: u8, rest: &[u8], at: u64) -> Result<usize, NotHar> {
        match self.state {
            // Read by whoever called.
            State::InContainer(..) => return Ok(0),
            State::InString(level, escape) => return Ok(self.in_string(level, escape, rest, at)),
            State::InScalar(level) => {
                if byte.is_ascii_whitespace() || matches!(byte, b',' | b'}' | b']') {
                    self.value_ends(level, at);
                    return Ok(0);
                }
            }
            State::Start { mark } if BYTE_ORDER_MARK.get(mark) == Some(&byte) => {
                self.state = State::Start { mark: mark + 1 };
            }
            State::InKey(level) => self.in_key(level, byte),
            State::Lost => return Ok(rest.len()),
            _ if byte.is_ascii_whitespace() => {}
            State::Start { .. } => match byte {
                b'{' => self.state = State::Key(Level::Root),
                _ => return self.unexpected(byte, at, "{").map(|()| 1),
            },
            State::Key(level) => match byte {
                b'"' => {
                    self.key.clear();
                    self.state = State::InKey(level);
                }
                b',' => {}
                b'}' if level == Level::Log => self.state = State::Key(Level::Root),
                b'}' => self.state = State::After,
                _ => self.unexpected(byte, at, "a key or }")?,
            },
            State::Colon(level) => match byte {
                b':' => self.state = State::Value(level),
                _ => self.unexpected(byte, at, ":")?,
            },
            State::Value(Level::Entries) => self.element(byte, at)?,
            State::Value(level) => self.value(level, byte, at)?,
            State::After => {
                self.damage.get_or_insert(Damage::Trailing { offset: at });
            }
        }
        Ok(1)
    }

    fn in_container(
        &mut self,
        level: Level,
        mut nest: Nest,
        rest: &[u8],
        at: u64,
        note: &mut impl Note,
    ) -> usize {
        let end = nest.skip(rest, at, note);
        match end {
            Some(end) => self.value_ends(level, at + end as u64),
            None => self.state = State::InContainer(level, nest),
        }
        end.unwrap_or(rest.len())
    }

    fn in_key(&mut self, level: Level, byte: u8) {
        // A key with an escape in it is none that matters; its end must be found all the same.
        let escaped = self.key.last() == Some(&b'\\');
        match byte {
            b'"' if !escaped => self.state = State::Colon(level),
            b'\\' if escaped => {
                if let Some(last) = self.key.last_mut() {
                    *last = b'?';
                }
            }
            _ if self.key.len() < KEY => self.key.push(byte),
            _ => {
                if let Some(last) = self.key.last_mut() {
                    *last = byte;
                }
            }
        }
    }

    /// The first byte of a value in one of the two objects.
    fn value(&mut self, level: Level, byte: u8, at: u64) -> Result<(), NotHar> {
        if level == Level::Root && self.key == b"log" && byte == b'{' {
            self.log_seen = true;
            self.state = State::Key(Level::Log);
            return Ok(());
        }
        if level == Level::Log && self.key == b"entries" {
            return match byte {
                b'[' => {
                    self.entries_seen = true;
                    self.state = State::Value(Level::Entries);
                    Ok(())
                }
                _ => self.unexpected(byte, at, "[ after \"entries\":"),
            };
        }
        let part = match self.key.as_slice() {
            b"browser" if level == Level::Log => Some(Part::Browser),
            b"creator" if level == Level::Log => Some(Part::Creator),
            b"pages" if level == Level::Log => Some(Part::Pages),
            _ => None,
        };
        self.open = part.map(|part| Open { part, start: at });
        self.begin(level, byte, at, "a value")
    }

    /// The first byte of an element of `log.entries`, or what stands between two.
    fn element(&mut self, byte: u8, at: u64) -> Result<(), NotHar> {
        match byte {
            b',' => Ok(()),
            b']' => {
                self.state = State::Key(Level::Log);
                Ok(())
            }
            _ => {
                let part = Part::Entry {
                    index: self.entries,
                    is_object: byte == b'{',
                };
                self.open = Some(Open { part, start: at });
                self.begin(Level::Entries, byte, at, "an entry or ]")
            }
        }
    }

    fn begin(
        &mut self,
        level: Level,
        byte: u8,
        at: u64,
        expected: &'static str,
    ) -> Result<(), NotHar> {
        self.state = match byte {
            b'{' | b'[' => State::InContainer(level, Nest::in_container()),
            b'"' => State::InString(level, Escape::None),
            b'-' | b'+' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => State::InScalar(level),
            _ => {
                self.open = None;
                return self.unexpected(byte, at, expected);
            }
        };
        Ok(())
    }

    fn in_string(&mut self, level: Level, escape: Escape, rest: &[u8], at: u64) -> usize {
        if escape == Escape::Pending {
            self.state = State::InString(level, Escape::None);
            return 1;
        }
        match memchr::memchr2(b'"', b'\\', rest) {
            Some(index) if rest.get(index) == Some(&b'"') => {
                self.value_ends(level, at + index as u64 + 1);
                index + 1
            }
            Some(index) => {
                self.state = State::InString(level, Escape::Pending);
                index + 1
            }
            None => rest.len(),
        }
    }

    fn value_ends(&mut self, level: Level, end: u64) {
        if let Some(Open { part, start }) = self.open.take() {
            self.found.push_back(Piece { part, start, end });
            self.entries += u64::from(matches!(part, Part::Entry { .. }));
        }
        self.state = match level {
            Level::Entries => State::Value(level),
            Level::Root | Level::Log => State::Key(level),
        };
    }

    /// Not JSON: the end of everything before the first entry, the end of reading behind it.
    fn unexpected(&mut self, byte: u8, at: u64, expected: &'static str) -> Result<(), NotHar> {
        let error = NotHar {
            offset: at,
            found: describe(byte),
            expected,
        };
        self.state = State::Lost;
        if self.entries == 0 {
            return Err(error);
        }
        self.damage = Some(Damage::Garbage(error));
        Ok(())
    }
}

fn describe(byte: u8) -> String {
    if byte.is_ascii_graphic() {
        char::from(byte).to_string()
    } else {
        format!("byte {byte:#04x}")
    }
}

#[cfg(test)]
mod tests;
