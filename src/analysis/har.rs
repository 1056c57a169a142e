//! One HAR, in parallel: while one block of text is read and cut into entries, the entries of the block before are
//! parsed on the other cores, and those before are judged. Exchanges come out in the order of the entries, whatever the
//! number of threads.

use super::belt;
use super::job::{Counts, Job, Receiver, Stop};
use crate::caveat::{Caveat, CaveatKind, Place};
use crate::error::{Error, ErrorKind};
use crate::har::{Block, Converter, Cutter, Damage, Head, Indexed, NotHar, Outcome, Part, Unread};
use crate::http::{Exchange, Recorder};
use crate::input::{Opened, Position};
use rayon::prelude::*;
use std::io::{self, Read};
use std::sync::Arc;

/// Text that is worked on at once. Small enough for the caches, large enough that handing it out costs nothing.
const BLOCK: usize = 4 << 20;
/// As long as the creator has not been met, entries wait up to this size: it tells how to read them, and in most files
/// that name it last they are not longer than this.
const FIRST_BLOCK: usize = 16 << 20;
/// Parsed blocks that wait to be judged.
const BLOCKS: usize = 2;
/// Text that is read at once and cut while it is still in the cache.
const READ: usize = 256 << 10;
/// Bytes of the first: room for more would be more work than to read a small file.
const FIRST_READ: usize = 32 << 10;
/// Text that one task parses.
const TASK: usize = 128 << 10;
/// Below this size, waking other threads costs more than they save.
const ALONE: usize = 1 << 20;

/// Reads the HAR `opened` and gives every exchange of interest to `receiver`. Uses the current rayon pool.
///
/// # Errors
/// When it is no HAR, or nothing of it can be read, or when the output fails. What can be read before damage is
/// delivered, with a caveat.
pub(crate) fn run(
    opened: Opened,
    job: &Job<'_>,
    receiver: &mut dyn Receiver,
) -> Result<Counts, Stop> {
    let limits = &job.options.limits;
    let mut input = Input {
        name: opened.name,
        reader: opened.reader,
        cutter: Cutter::new(limits),
        failure: None,
    };
    let mut parser = Parser {
        converter: Converter::new(job.id, job.interest, limits),
        head: Head::default(),
    };
    let position = opened.position;
    let mut delivery = Delivery::default();
    let mut failure = None;
    belt::run(
        BLOCKS,
        |give| {
            let end = blocks(&mut input, &mut parser, &position, give);
            failure = end.err();
        },
        |parsed: Parsed| delivery.deliver(parsed, receiver),
    )?;
    if let Some(error) = failure {
        return Err(error.into());
    }
    let counts = Counts {
        inputs: 1,
        bytes: input.cutter.offset(),
        exchanges: delivery.exchanges,
        ..Counts::default()
    };
    input.finish(receiver)?;
    Ok(counts)
}

/// Reads and parses block after block, as long as they are wanted.
fn blocks(
    input: &mut Input,
    parser: &mut Parser,
    position: &Position,
    give: &mut dyn FnMut(Parsed) -> bool,
) -> Result<(), Error> {
    let mut block = Block::default();
    let mut next = Block::default();
    let mut more = input.fill(&mut block)?;
    loop {
        parser.learn(&block);
        let (outcomes, filled) = match more {
            true => rayon::join(|| parser.parse(&block), || input.fill(&mut next)),
            false => (parser.parse(&block), Ok(false)),
        };
        let parsed = Parsed {
            unread: unread(&input.name, &block, &outcomes),
            outcomes,
            position: position.bytes(),
        };
        if !give(parsed) || !more {
            return Ok(());
        }
        more = filled?;
        std::mem::swap(&mut block, &mut next);
    }
}

/// The file and where it is cut.
struct Input {
    name: String,
    reader: Box<dyn Read + Send>,
    cutter: Cutter,
    /// Why reading ended early.
    failure: Option<io::Error>,
}

impl Input {
    /// Fills `block`; `false` when the text has ended.
    fn fill(&mut self, block: &mut Block) -> Result<bool, Error> {
        self.cutter.begin(block);
        let mut more = true;
        loop {
            let enough = if self.cutter.creator_seen() {
                BLOCK
            } else {
                FIRST_BLOCK
            };
            if block.len() >= enough {
                break;
            }
            let room = block.len().clamp(FIRST_READ, READ);
            match self.reader.read(block.space(room)) {
                Ok(0) => more = false,
                Ok(count) => {
                    let outcome = self.cutter.advance(block, count);
                    outcome.map_err(|error| not_har(&self.name, error))?;
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.failure = Some(error);
                    more = false;
                }
            }
            break;
        }
        let ended = if more {
            self.cutter.end(block)
        } else {
            self.cutter.close(block)
        };
        ended.map_err(|error| not_har(&self.name, error))?;
        Ok(more)
    }

    /// The text has ended, in whatever way.
    fn finish(self, receiver: &mut dyn Receiver) -> Result<(), Error> {
        let offset = self.cutter.offset();
        let end = match (self.cutter.finish(), self.failure) {
            (Ok(end), failure) => {
                if let Some(error) = failure {
                    let detail = format!("reading ended with an error: {error}");
                    receiver.caveat(caveat(
                        &self.name,
                        CaveatKind::TruncatedFile,
                        Place::Offset(offset),
                        detail,
                    ));
                    return Ok(());
                }
                end
            }
            (Err(_), Some(error)) => return Err(Error::new(self.name, error).at(offset)),
            (Err(error), None) => return Err(not_har(&self.name, error)),
        };
        if let Some(damage) = end.damage {
            receiver.caveat(damage_caveat(&self.name, damage));
        }
        Ok(())
    }
}

/// Entries → exchanges, with what is known of the file so far.
struct Parser {
    converter: Converter,
    head: Head,
}

impl Parser {
    fn learn(&mut self, block: &Block) {
        let mut learnt = false;
        for (piece, text) in block.pieces() {
            if !matches!(piece.part, Part::Entry { .. }) {
                self.head
                    .learn(piece.part, text.map_or(&[][..], Indexed::text));
                learnt = true;
            }
        }
        if learnt {
            self.converter.set_head(self.head.clone());
        }
    }

    /// Parses the block's entries, as several tasks if there are many.
    fn parse(&self, block: &Block) -> Vec<Outcome> {
        let mut entries = Vec::new();
        for (piece, text) in block.pieces() {
            if let (
                Part::Entry {
                    index,
                    is_object: true,
                },
                Ok(text),
            ) = (piece.part, text)
            {
                entries.push((index, text));
            }
        }
        if block.len() < ALONE {
            return vec![self.converter.convert(entries)];
        }
        let tasks = tasks(&entries);
        tasks
            .into_par_iter()
            .map(|task| self.converter.convert(task.iter().copied()))
            .collect()
    }
}

/// What a block gave.
struct Parsed {
    outcomes: Vec<Outcome>,
    unread: Vec<Caveat>,
    /// How far the file has been read.
    position: u64,
}

/// Hands results on, in order.
#[derive(Default)]
struct Delivery {
    /// Entries that are exchanges, wanted or not.
    exchanges: u64,
    /// Cookies or authorization were seen in the file.
    credentials: bool,
    /// The file is by a browser that may have removed them.
    may_be_sanitized: bool,
}

impl Delivery {
    fn deliver(&mut self, parsed: Parsed, receiver: &mut dyn Receiver) -> io::Result<()> {
        for outcome in &parsed.outcomes {
            self.credentials |= outcome.credentials;
            self.may_be_sanitized |= outcome.may_be_sanitized;
        }
        for caveat in parsed.unread {
            receiver.caveat(caveat);
        }
        let sanitized = self.may_be_sanitized && !self.credentials;
        for outcome in parsed.outcomes {
            self.exchanges += outcome.read;
            for mut exchange in outcome.exchanges {
                if sanitized && recorder(&exchange) == Recorder::Chromium {
                    exchange
                        .caveats
                        .insert(CaveatKind::ExporterRemovesCredentials);
                }
                receiver.exchange(Arc::new(exchange));
            }
        }
        receiver.pause(parsed.position)
    }
}

/// Every entry that gave no exchange or not a whole one, in their order.
fn unread(name: &str, block: &Block, outcomes: &[Outcome]) -> Vec<Caveat> {
    let broken = outcomes.iter().flat_map(|outcome| &outcome.broken);
    let mut broken = broken.peekable();
    let mut found = Vec::new();
    for (piece, text) in block.pieces() {
        let Part::Entry { index, is_object } = piece.part else {
            continue;
        };
        let place = |at| Place::Entry {
            index,
            offset: piece.start + at,
        };
        let unread = match text {
            _ if !is_object => Some((CaveatKind::BrokenEntry, "it is not a JSON object")),
            Ok(_) => None,
            Err(Unread::TooLong) => Some((
                CaveatKind::LimitReached,
                "it is too large and was passed over",
            )),
            Err(Unread::Unclosed) => Some((
                CaveatKind::BrokenEntry,
                "its end was not found; reading went on at the next entry",
            )),
        };
        if let Some((kind, detail)) = unread {
            found.push(caveat(name, kind, place(0), detail.to_owned()));
        }
        while let Some(one) = broken.next_if(|one| one.index == index) {
            found.push(caveat(name, one.kind, place(one.at), one.detail.clone()));
        }
    }
    found
}

/// Splits entries into runs of about [`TASK`] bytes.
fn tasks<'e, 't>(entries: &'e [(u64, Indexed<'t>)]) -> Vec<&'e [(u64, Indexed<'t>)]> {
    let mut size = 0;
    entries
        .chunk_by(|(_, text), _| {
            size += text.text().len();
            let same = size < TASK;
            if !same {
                size = 0;
            }
            same
        })
        .collect()
}

fn recorder(exchange: &Exchange) -> Recorder {
    exchange
        .observed
        .as_ref()
        .map_or(Recorder::Unknown, |observed| observed.recorder)
}

fn not_har(name: &str, error: NotHar) -> Error {
    let kind = ErrorKind::Malformed {
        format: "HAR file",
        detail: error.to_string(),
    };
    Error::new(name, kind).at(error.offset)
}

fn damage_caveat(name: &str, damage: Damage) -> Caveat {
    match damage {
        Damage::Garbage(error) => {
            let detail = format!("{error}; what follows could not be read");
            caveat(
                name,
                CaveatKind::TruncatedFile,
                Place::Offset(error.offset),
                detail,
            )
        }
        // Nothing of the HAR is lost.
        Damage::Trailing { offset } => {
            let detail = "text behind the end of the HAR was passed over".to_owned();
            caveat(
                name,
                CaveatKind::TrailingText,
                Place::Offset(offset),
                detail,
            )
        }
        Damage::Truncated { offset, entry } => {
            let detail = match entry {
                Some((index, _)) => format!("the file ends inside entry {index}"),
                None => "the file ends before its last bracket".to_owned(),
            };
            caveat(
                name,
                CaveatKind::TruncatedFile,
                Place::Offset(offset),
                detail,
            )
        }
    }
}

fn caveat(name: &str, kind: CaveatKind, place: Place, detail: String) -> Caveat {
    Caveat {
        kind,
        source: name.to_owned(),
        place,
        detail,
    }
}

#[cfg(test)]
mod tests;
