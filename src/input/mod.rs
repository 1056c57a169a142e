//! The only room that opens files: finds inputs, tells their format by content, unpacks them.
//!
//! [`discover`] turns what the user typed into [`Source`]s, [`open`] turns one source into a stream of HAR text or of
//! a capture's bytes. What the bytes mean is not known here.

mod archive;
mod decompress;
mod discover;
mod live;
mod peek;
mod sniff;
mod utf16;

pub use discover::{Discovery, discover};
pub(crate) use live::QUIET;

use crate::error::{Error, ErrorKind};
use decompress::Packing;
use peek::Peek;
use sniff::Kind;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// One input of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// As reports name it: the path as given or found; `(stdin)`; `archive.zip/member.har`.
    pub name: String,
    /// Where its bytes are.
    pub place: SourcePlace,
}

impl Source {
    /// Size on disk in bytes; `None` for what is no regular file.
    pub fn size(&self) -> Option<u64> {
        let SourcePlace::File(path) = &self.place else {
            return None;
        };
        std::fs::metadata(path)
            .ok()
            .filter(|meta| meta.is_file())
            .map(|meta| meta.len())
    }
}

/// Where an input's bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourcePlace {
    /// A file.
    File(PathBuf),
    /// A member of a zip archive.
    Member {
        /// The archive.
        archive: PathBuf,
        /// The member's place in the archive's directory, from 0.
        index: usize,
    },
    /// Standard input.
    Stdin,
}

/// What an input holds, told by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// HTTP Archive 1.1 to 1.3.
    Har,
    /// libpcap's capture format, any variant.
    Pcap,
    /// The next-generation capture format.
    Pcapng,
}

/// A stream of bytes, unpacked.
pub type Reader = Box<dyn Read + Send>;

/// An input that is open and whose format is known.
pub struct Opened {
    /// As reports name it.
    pub name: String,
    /// What it holds.
    pub format: Format,
    /// Its bytes from the start, unpacked; HAR text is UTF-8 here whatever the file's encoding. Reads of a capture from a
    /// pipe end with [`io::ErrorKind::TimedOut`] when nothing came for a second; they can be tried again.
    pub reader: Reader,
    /// Size of the file as it lies on disk, in bytes; `None` for pipes.
    pub size: Option<u64>,
    /// How far the file has been read, in bytes of the file as it lies on disk.
    pub position: Position,
}

/// How many bytes were read from a file so far; cheap to clone and to ask from any thread.
#[derive(Debug, Clone, Default)]
pub struct Position(Arc<AtomicU64>);

impl Position {
    /// Bytes read so far, before unpacking.
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How often one compression may lie inside another. Real files have one, seldom two.
const MAX_LAYERS: usize = 4;

/// Opens `source` and tells its format by its first bytes.
///
/// Works on pipes: nothing is read twice and no more is waited for than the format's own header.
///
/// # Errors
/// When it cannot be read, is empty, or holds neither a HAR nor a capture; the error says what it is instead.
pub fn open(source: &Source) -> Result<Opened, Error> {
    let fail = |kind: ErrorKind| Error::new(&source.name, kind);
    let position = Position::default();
    let counted = |reader| -> Reader {
        Box::new(Counted {
            reader,
            position: position.clone(),
        })
    };
    let (raw, size) = match &source.place {
        SourcePlace::Stdin => (counted(Box::new(io::stdin())), None),
        SourcePlace::File(path) => {
            let file = File::open(path).map_err(|error| fail(error.into()))?;
            let meta = file.metadata().map_err(|error| fail(error.into()))?;
            if meta.is_dir() {
                return Err(fail(io::Error::from(io::ErrorKind::IsADirectory).into()));
            }
            let size = meta.is_file().then_some(meta.len());
            (counted(Box::new(file)), size)
        }
        SourcePlace::Member { archive, index } => {
            let (reader, size) = archive::open_member(archive, *index, counted).map_err(fail)?;
            (reader, Some(size))
        }
    };
    let (format, mut reader) = unpack(raw).map_err(fail)?;
    if size.is_none() && format != Format::Har {
        reader = Box::new(live::Live::new(reader).map_err(|error| fail(error.into()))?);
    }
    Ok(Opened {
        name: source.name.clone(),
        format,
        reader,
        size,
        position,
    })
}

/// Reads a key log whole.
///
/// # Errors
/// When it cannot be read.
pub fn read_key_log(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|error| Error::new(path.display().to_string(), error))
}

/// Takes off compression and foreign encodings until a capture or HAR text comes to light.
fn unpack(reader: Reader) -> Result<(Format, Reader), ErrorKind> {
    let mut outer: Option<Packing> = None;
    let mut peek = Peek::new(reader);
    for _ in 0..=MAX_LAYERS {
        let kind = peek.kind().map_err(|error| match outer {
            Some(packing) => packing.failed(&error),
            None => error.into(),
        })?;
        match kind {
            Kind::Format(format) => return Ok((format, peek.into_reader())),
            Kind::Json { .. } => return Ok((Format::Har, peek.into_reader())),
            Kind::Utf16(order) => {
                peek = Peek::new(Box::new(utf16::Decoder::new(peek.into_reader(), order)));
            }
            Kind::Packed(packing) => {
                let inner = packing
                    .reader(peek.into_reader())
                    .map_err(|error| packing.failed(&error))?;
                outer = Some(packing);
                peek = Peek::new(inner);
            }
            Kind::Zip => {
                return Err(ErrorKind::Compressed {
                    format: "zip",
                    detail: "an archive's directory stands at its end, so it must be given as a file of its own"
                        .into(),
                });
            }
            Kind::Empty => {
                return Err(match outer {
                    None => ErrorKind::Empty,
                    Some(packing) => ErrorKind::Compressed {
                        format: packing.name(),
                        detail: "there is nothing inside".into(),
                    },
                });
            }
            Kind::Other(found) => {
                return Err(ErrorKind::UnknownFormat {
                    found: match outer {
                        None => found,
                        Some(packing) => format!("{found} inside {}", packing.name()),
                    },
                });
            }
        }
    }
    Err(ErrorKind::UnknownFormat {
        found: format!("compressed more than {MAX_LAYERS} times"),
    })
}

/// Counts what passes.
struct Counted {
    reader: Reader,
    position: Position,
}

impl Read for Counted {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buf)?;
        self.position.0.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
