//! Looks at the first bytes of a stream without losing them.

use super::Reader;
use super::sniff::{self, Kind};
use std::io::{self, Cursor, Read};

/// Enough for every binary format's mark; a live capture has written as much when it starts.
const MARK: usize = 24;
/// How much text is looked at: some exporters write a long preamble.
const TEXT: usize = 64 << 10;

/// A stream whose start has been looked at.
pub(super) struct Peek {
    head: Vec<u8>,
    reader: Reader,
    ended: bool,
}

impl Peek {
    pub(super) fn new(reader: Reader) -> Self {
        Self {
            head: Vec::new(),
            reader,
            ended: false,
        }
    }

    /// What the stream holds. Reads the few bytes of a binary mark first and only of text more than that, so that a
    /// capture that is being written is recognised at once.
    pub(super) fn kind(&mut self) -> io::Result<Kind> {
        self.fill(MARK)?;
        if let Some(kind) = sniff::binary(&self.head) {
            return Ok(kind);
        }
        self.fill(TEXT)?;
        Ok(sniff::text(&self.head))
    }

    /// The whole stream, from its start.
    pub(super) fn into_reader(self) -> Reader {
        if self.ended {
            Box::new(Cursor::new(self.head))
        } else {
            Box::new(Cursor::new(self.head).chain(self.reader))
        }
    }

    /// Reads until `size` bytes are there or the stream ends. An error after the first bytes counts as the end here:
    /// whoever reads on meets it again.
    fn fill(&mut self, size: usize) -> io::Result<()> {
        let missing = size.saturating_sub(self.head.len());
        if self.ended || missing == 0 {
            return Ok(());
        }
        // Room at once: a vector that grows reads in small pieces.
        self.head.reserve_exact(missing);
        let read = (&mut self.reader)
            .take(missing as u64)
            .read_to_end(&mut self.head);
        match read {
            Ok(count) => self.ended = count < missing,
            Err(error) if self.head.is_empty() => return Err(error),
            Err(_) => {}
        }
        Ok(())
    }
}
