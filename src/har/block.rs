//! Blocks of text and the pieces that end in them: bookkeeping between a reader and the splitter.
//!
//! A piece that runs over the end of its block is carried to the next one; of one that is too long to be carried only
//! a shortened copy is kept, so that memory is bounded whatever the file holds.

use super::index::{Index, Indexed};
use super::shorten::Shortener;
use super::split::{End, NotHar, Part, Piece, Splitter};
use crate::limits::Limits;
use memchr::memmem;
use std::ops::Range;

/// A stretch of text, and the pieces that end in it.
#[derive(Debug, Default)]
pub struct Block {
    text: Vec<u8>,
    filled: usize,
    index: Index,
    pieces: Vec<(Piece, Place)>,
    shortened: Vec<(Vec<u8>, Index)>,
}

#[derive(Debug, Clone)]
enum Place {
    Text(Range<usize>),
    Shortened(usize),
    Unread(Unread),
}

/// Why the text of a piece is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// It is too long, even without its bodies.
    TooLong,
    /// Its end was not found; reading went on at the next entry.
    Unclosed,
}

impl Block {
    /// The pieces in order of their ends, with their text.
    pub fn pieces(&self) -> impl Iterator<Item = (Piece, Result<Indexed<'_>, Unread>)> {
        self.pieces.iter().map(|(piece, place)| {
            let text = match place {
                Place::Text(range) => Ok(self.part(range.clone())),
                Place::Shortened(number) => match self.shortened.get(*number) {
                    Some((text, index)) => Ok(index.value(text)),
                    None => Err(Unread::TooLong),
                },
                Place::Unread(why) => Err(*why),
            };
            (*piece, text)
        })
    }

    fn part(&self, range: Range<usize>) -> Indexed<'_> {
        self.index.part(&self.text, range)
    }

    /// Bytes of text in the block, those carried from the block before included.
    pub fn len(&self) -> usize {
        self.filled
    }

    /// Whether it holds no text.
    pub fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// Where up to `count` bytes can be read to.
    pub fn space(&mut self, count: usize) -> &mut [u8] {
        let end = self.filled + count;
        if self.text.len() < end {
            self.text.resize(end, 0);
        }
        self.text.get_mut(self.filled..end).unwrap_or_default()
    }
}

/// Cuts text into pieces, block by block: `begin`, then `space` and `advance` as often as wanted, then `end`, or `close`
/// when the text has ended.
#[derive(Debug)]
pub struct Cutter {
    splitter: Splitter,
    /// Start of a piece whose end has not come.
    carry: Vec<u8>,
    /// Where its strings and brackets are.
    carried: Index,
    /// The same for a piece too long to be carried.
    long: Option<Shortener>,
    /// Stream offset of the current block's first byte.
    base: u64,
    creator_seen: bool,
    /// How the file's entries begin: bracket, white space, first key. An exporter writes all of them alike.
    opening: Vec<u8>,
    /// Bytes of this block that were split again behind something broken.
    again: usize,
    sizes: Sizes,
}

#[derive(Debug, Clone, Copy)]
struct Sizes {
    /// Longest piece that is carried whole.
    carry: usize,
    /// Longest string kept in a longer one.
    string: usize,
    /// Longest shortened piece.
    piece: usize,
}

/// Pieces up to this size are carried from block to block whole; the copy costs nothing beside a block of 4 MiB.
const CARRY: usize = 1 << 20;

/// How many times a block is split again at most: text made to be broken everywhere must not take forever.
const PATIENCE: usize = 64;

impl Cutter {
    /// At the start of a text.
    pub fn new(limits: &Limits) -> Self {
        Self {
            splitter: Splitter::new(),
            carry: Vec::new(),
            carried: Index::default(),
            long: None,
            base: 0,
            creator_seen: false,
            opening: Vec::new(),
            again: 0,
            sizes: Sizes {
                carry: CARRY.min(limits.entry),
                string: limits.field_section,
                piece: limits.entry,
            },
        }
    }

    /// Clears `block` and starts to fill it.
    pub fn begin(&mut self, block: &mut Block) {
        block.pieces.clear();
        block.shortened.clear();
        block.filled = 0;
        let carried = self.carry.len();
        block.space(carried).copy_from_slice(&self.carry);
        block.filled = carried;
        self.base = self.splitter.offset() - carried as u64;
        block.index.begin(self.base);
        block.index.copy_tail(&self.carried, 0);
        self.carried.begin(self.base);
        self.again = 0;
        self.carry.clear();
    }

    /// Takes `count` bytes that were written to the block's space.
    ///
    /// # Errors
    /// When the text cannot be a HAR.
    pub fn advance(&mut self, block: &mut Block, count: usize) -> Result<(), NotHar> {
        let from = block.filled;
        block.filled = (from + count).min(block.text.len());
        self.feed(block, from)?;
        while self.splitter.is_lost() && self.recover(block)? {}
        Ok(())
    }

    /// The block is full enough: what is not complete in it is kept for the next.
    ///
    /// # Errors
    /// As [`Self::advance`].
    pub fn end(&mut self, block: &mut Block) -> Result<(), NotHar> {
        // An entry that grows large and has the beginnings of others in it has lost its end.
        while self.long.is_none()
            && self.open(block).text().len() > self.sizes.carry
            && self.recover(block)?
        {}
        if let Some(long) = &mut self.long {
            long.push(block.part(0..block.filled));
            return Ok(());
        }
        let open = self.open(block);
        if open.text().len() <= self.sizes.carry {
            self.carry = open.text().to_vec();
            self.carried.copy_tail(&block.index, open.start);
        } else {
            let mut long = Shortener::new(self.sizes.string, self.sizes.piece);
            long.push(open);
            self.long = Some(long);
        }
        Ok(())
    }

    /// The text has ended with this block.
    ///
    /// # Errors
    /// As [`Self::advance`].
    pub fn close(&mut self, block: &mut Block) -> Result<(), NotHar> {
        while self.long.is_none() && !self.splitter.is_complete() && self.recover(block)? {}
        Ok(())
    }

    /// Whether the creator, which tells how to read entries, has been met.
    pub fn creator_seen(&self) -> bool {
        self.creator_seen
    }

    /// Bytes of text so far.
    pub fn offset(&self) -> u64 {
        self.splitter.offset()
    }

    /// The text ends.
    ///
    /// # Errors
    /// When it held no `log.entries`.
    pub fn finish(self) -> Result<End, NotHar> {
        self.splitter.finish()
    }

    /// Splits the block's text from index `from` on.
    fn feed(&mut self, block: &mut Block, from: usize) -> Result<(), NotHar> {
        block.index.cut(from);
        let text = block.text.get(from..block.filled).unwrap_or_default();
        let outcome = self.splitter.push_noted(text, &mut block.index);
        while let Some(piece) = self.splitter.poll() {
            self.creator_seen |= piece.part == Part::Creator;
            let place = self.place(block, piece);
            if let (true, Part::Entry { .. }, Place::Text(range)) =
                (self.opening.is_empty(), piece.part, &place)
            {
                self.opening = opening(block.text.get(range.clone()).unwrap_or_default());
            }
            block.pieces.push((piece, place));
        }
        outcome
    }

    /// Gives up what is broken and goes on at the next place that looks like the beginning of an entry.
    fn recover(&mut self, block: &mut Block) -> Result<bool, NotHar> {
        if self.again / PATIENCE > block.filled {
            return Ok(false);
        }
        self.reopen(block);
        let Some(since) = self.splitter.broken_since() else {
            return Ok(false);
        };
        // Garbage may be the next entry itself, met where none was expected.
        let from = self.index(since) + usize::from(!self.splitter.is_lost());
        let text = block.text.get(..block.filled).unwrap_or_default();
        if self.opening.is_empty() {
            self.opening = opening(text.get(from.saturating_sub(1)..).unwrap_or_default());
        }
        let Some(at) = next_entry(text, from, &self.opening) else {
            return Ok(false);
        };
        self.again += block.filled - at;
        if let Some(piece) = self.splitter.resume(self.base + at as u64) {
            block.pieces.push((piece, Place::Unread(Unread::Unclosed)));
        }
        self.feed(block, at)?;
        Ok(true)
    }

    /// Where no entry can follow an entry that has others in it, that one lacks a bracket and closed on a foreign one.
    fn reopen(&mut self, block: &mut Block) {
        if let (None, Some((piece, Place::Text(range)))) =
            (self.splitter.open_since(), block.pieces.last())
            && matches!(piece.part, Part::Entry { .. })
            && let Some(text) = block.text.get(..range.end)
            && next_entry(text, range.start + 1, &self.opening).is_some()
        {
            self.splitter.reopen(*piece);
            block.pieces.pop();
        }
    }

    /// The part of the block that belongs to a piece without an end.
    fn open<'b>(&self, block: &'b Block) -> Indexed<'b> {
        let start = self.splitter.open_since().map(|start| self.index(start));
        let start = start.map_or(block.filled, |start| start.min(block.filled));
        block.part(start..block.filled)
    }

    fn place(&mut self, block: &mut Block, piece: Piece) -> Place {
        let end = self.index(piece.end);
        // A long piece began in a block before, so the first to end is the one.
        match self.long.take() {
            Some(mut long) => {
                long.push(block.part(0..end));
                match long.finish() {
                    Some(text) => {
                        let index = Index::of(&text);
                        block.shortened.push((text, index));
                        Place::Shortened(block.shortened.len() - 1)
                    }
                    None => Place::Unread(Unread::TooLong),
                }
            }
            None => Place::Text(self.index(piece.start)..end),
        }
    }

    fn index(&self, offset: u64) -> usize {
        usize::try_from(offset.saturating_sub(self.base)).unwrap_or(usize::MAX)
    }
}

/// How an entry begins: its bracket up to the end of its first key.
fn opening(text: &[u8]) -> Vec<u8> {
    let mut quotes = memchr::memchr_iter(b'"', text);
    match (text.first(), quotes.next(), quotes.next()) {
        (Some(b'{'), Some(_), Some(end)) if end < OPENING => {
            text.get(..=end).unwrap_or_default().to_vec()
        }
        _ => Vec::new(),
    }
}

/// Longest opening: a bracket, a line of indentation, a name.
const OPENING: usize = 128;

/// The first place from `from` on where an entry seems to begin: behind a comma, as the entries of this file do.
fn next_entry(text: &[u8], from: usize, opening: &[u8]) -> Option<usize> {
    if opening.is_empty() {
        return None;
    }
    let places = memmem::find_iter(text.get(from..)?, opening).map(|at| from + at);
    places.into_iter().find(|at| {
        let before = text.get(..*at).unwrap_or_default().trim_ascii_end();
        before.last() == Some(&b',')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every entry's text, given in blocks of `size` bytes. Its strings and brackets are where the text says.
    fn cut(text: &str, size: usize, limits: &Limits) -> Vec<Result<String, Unread>> {
        let mut cutter = Cutter::new(limits);
        let mut block = Block::default();
        let mut entries = Vec::new();
        let count = text.len().div_ceil(size);
        for (index, bytes) in text.as_bytes().chunks(size).enumerate() {
            cutter.begin(&mut block);
            block.space(bytes.len()).copy_from_slice(bytes);
            cutter.advance(&mut block, bytes.len()).unwrap();
            if index + 1 == count {
                cutter.close(&mut block).unwrap();
            } else {
                cutter.end(&mut block).unwrap();
            }
            let pieces = block
                .pieces()
                .filter(|(piece, _)| matches!(piece.part, Part::Entry { .. }));
            entries.extend(pieces.map(|(_, entry)| {
                let entry = entry?;
                let alone = Index::of(entry.text());
                assert!(entry.offsets().eq(alone.value(entry.text()).offsets()));
                Ok(String::from_utf8_lossy(entry.text()).into_owned())
            }));
        }
        entries
    }

    fn har(entries: &[String]) -> String {
        format!(r#"{{"log":{{"entries":[{}]}}}}"#, entries.join(",\n "))
    }

    #[test]
    fn text_that_is_broken_everywhere_takes_its_time_but_no_more() {
        let text = format!(r#"{{"log":{{"entries":[{}"#, r#"{"a":1,"#.repeat(300_000));
        let broken = cut(&text, usize::MAX, &Limits::default());
        assert!(broken.iter().all(|entry| *entry == Err(Unread::Unclosed)));
    }

    proptest! {
        #[test]
        fn blocks_of_any_size_give_the_same_entries(
            bodies in prop::collection::vec("[a-z{}]{0,60}", 1..9), size in 1usize..90, carry in 1usize..200,
        ) {
            let entries: Vec<_> = bodies.iter().map(|body| format!(r#"{{"a": "{body}", "b": [{{}}]}}"#)).collect();
            let limits = Limits { entry: carry, field_section: 1 << 20, ..Limits::default() };
            for entry in cut(&har(&entries), size, &limits).iter().zip(&entries) {
                match entry {
                    (Ok(text), expected) => prop_assert_eq!(text, expected),
                    (Err(why), expected) => {
                        prop_assert_eq!(*why, Unread::TooLong);
                        prop_assert!(expected.len() > carry);
                    }
                }
            }
        }

        #[test]
        fn damage_costs_no_entry_but_its_own(
            count in 3usize..9, hurt in 0usize..9, at in 6usize..21, with in r#"["{}\[\]x]?"#,
        ) {
            let mut entries: Vec<_> = (0..count).map(|index| format!(r#"{{"a": "{index}", "b": [{{}}]}}"#)).collect();
            let hurt = hurt % (count - 1);
            entries[hurt].replace_range(at..at + 1, &with);
            let found = cut(&har(&entries), usize::MAX, &Limits::default());
            let last = entries.pop().unwrap();
            prop_assert!(found.contains(&Ok(last)), "{:?}", found);
        }
    }
}
