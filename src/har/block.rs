//! Blocks of text and the pieces that end in them: bookkeeping between a reader and the splitter.
//!
//! A piece that runs over the end of its block is carried to the next one; of one that is too long to be carried only
//! a shortened copy is kept, so that memory is bounded whatever the file holds.

use super::shorten::Shortener;
use super::split::{End, NotHar, Part, Piece, Splitter};
use crate::limits::Limits;
use std::ops::Range;

/// A stretch of text, and the pieces that end in it.
#[derive(Debug, Default)]
pub struct Block {
    text: Vec<u8>,
    filled: usize,
    pieces: Vec<(Piece, Place)>,
    shortened: Vec<Vec<u8>>,
}

#[derive(Debug, Clone)]
enum Place {
    Text(Range<usize>),
    Shortened(usize),
    TooLong,
}

impl Block {
    /// The pieces in order of their ends; `None` for the text of one that is too long to be kept.
    pub fn pieces(&self) -> impl Iterator<Item = (Piece, Option<&[u8]>)> {
        self.pieces.iter().map(|(piece, place)| {
            let text = match place {
                Place::Text(range) => self.text.get(range.clone()),
                Place::Shortened(index) => self.shortened.get(*index).map(Vec::as_slice),
                Place::TooLong => None,
            };
            (*piece, text)
        })
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

/// Cuts text into pieces, block by block: `begin`, then `space` and `advance` as often as wanted, then `end`.
#[derive(Debug)]
pub struct Cutter {
    splitter: Splitter,
    /// Start of a piece whose end has not come.
    carry: Vec<u8>,
    /// The same for a piece too long to be carried.
    long: Option<Shortener>,
    /// Stream offset of the current block's first byte.
    base: u64,
    creator_seen: bool,
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

impl Cutter {
    /// At the start of a text.
    pub fn new(limits: &Limits) -> Self {
        Self {
            splitter: Splitter::new(),
            carry: Vec::new(),
            long: None,
            base: 0,
            creator_seen: false,
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
        self.carry.clear();
    }

    /// Takes `count` bytes that were written to the block's space.
    ///
    /// # Errors
    /// When the text cannot be a HAR.
    pub fn advance(&mut self, block: &mut Block, count: usize) -> Result<(), NotHar> {
        let end = (block.filled + count).min(block.text.len());
        let new = block.text.get(block.filled..end).unwrap_or_default();
        let outcome = self.splitter.push(new);
        block.filled = end;
        while let Some(piece) = self.splitter.poll() {
            self.creator_seen |= piece.part == Part::Creator;
            let place = self.place(block, piece);
            block.pieces.push((piece, place));
        }
        outcome
    }

    /// The block is full enough: what is not complete in it is kept for the next.
    pub fn end(&mut self, block: &Block) {
        let Some(start) = self.splitter.open_since() else {
            return;
        };
        let text = block.text.get(..block.filled).unwrap_or_default();
        if let Some(long) = &mut self.long {
            long.push(text);
            return;
        }
        let open = text.get(self.index(start)..).unwrap_or_default();
        if open.len() <= self.sizes.carry {
            self.carry.extend_from_slice(open);
        } else {
            let mut long = Shortener::new(self.sizes.string, self.sizes.piece);
            long.push(open);
            self.long = Some(long);
        }
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

    fn place(&mut self, block: &mut Block, piece: Piece) -> Place {
        let end = self.index(piece.end);
        // A long piece began in a block before, so the first to end is the one.
        match self.long.take() {
            Some(mut long) => {
                long.push(block.text.get(..end).unwrap_or_default());
                match long.finish() {
                    Some(text) => {
                        block.shortened.push(text);
                        Place::Shortened(block.shortened.len() - 1)
                    }
                    None => Place::TooLong,
                }
            }
            None => Place::Text(self.index(piece.start)..end),
        }
    }

    fn index(&self, offset: u64) -> usize {
        usize::try_from(offset.saturating_sub(self.base)).unwrap_or(usize::MAX)
    }
}
