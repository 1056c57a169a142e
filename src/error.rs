//! Why one input gave nothing. The run goes on with the others and ends with status 2.

use crate::caveat::{Caveat, CaveatKind, Place};
use std::fmt;
use std::io;
use thiserror::Error as ThisError;

/// An input that could not be analysed.
///
/// Displays as one line: the input, the place, what was found and what was expected.
#[derive(Debug, ThisError)]
#[error("{input}: {}{kind}", At(*.offset))]
pub struct Error {
    /// The input as the user named it; `(stdin)` for standard input.
    pub input: String,
    /// Byte offset in the (decompressed) input, where known.
    pub offset: Option<u64>,
    /// What is wrong.
    #[source]
    pub kind: ErrorKind,
}

/// What can be wrong with an input.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The operating system refused to open or read it.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It holds no bytes.
    #[error("is empty; expected a HAR file, a pcap or a pcapng capture")]
    Empty,
    /// Its first bytes are of no format that is understood.
    #[error("is {found}; expected a HAR file, a pcap or a pcapng capture")]
    UnknownFormat {
        /// What the first bytes look like, with article: `a PNG image`.
        found: String,
    },
    /// It starts like a format but cannot be one.
    #[error("not a readable {format}: {detail}")]
    Malformed {
        /// `HAR file`, `pcap capture`, …
        format: &'static str,
        /// What was found and what was expected.
        detail: String,
    },
    /// Part of it could not be read; all else was analysed.
    #[error("could not be read completely: {0}")]
    Damaged(String),
    /// A directory or pattern without any capture in it.
    #[error("holds no HAR file and no packet capture")]
    NothingFound,
    /// Compressed data that cannot be unpacked.
    #[error("cannot be unpacked ({format}): {detail}")]
    Compressed {
        /// `gzip`, `zip`, …
        format: &'static str,
        /// The unpacker's reason.
        detail: String,
    },
}

impl Error {
    /// What `caveat` means for the input as a whole: `Some` where a part of it is lost to reading.
    pub fn of_damage(caveat: &Caveat) -> Option<Self> {
        let Place::Offset(offset) = caveat.place else {
            return None;
        };
        let is_loss = matches!(
            caveat.kind,
            CaveatKind::TruncatedFile | CaveatKind::Undecodable
        );
        is_loss.then(|| {
            Self::new(&caveat.source, ErrorKind::Damaged(caveat.detail.clone())).at(offset)
        })
    }

    /// An error about the input as a whole.
    pub fn new(input: impl Into<String>, kind: impl Into<ErrorKind>) -> Self {
        Self {
            input: input.into(),
            offset: None,
            kind: kind.into(),
        }
    }

    /// The same error at a byte offset.
    #[must_use]
    pub fn at(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }
}

struct At(Option<u64>);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(offset) => write!(f, "at byte {offset}: "),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_one_line() {
        let png = Error::new(
            "a.har",
            ErrorKind::UnknownFormat {
                found: "a PNG image".into(),
            },
        );
        assert_eq!(
            png.to_string(),
            "a.har: is a PNG image; expected a HAR file, a pcap or a pcapng capture"
        );
        let cut = Error::new(
            "a.pcap",
            ErrorKind::Malformed {
                format: "pcap capture",
                detail: "record length 4000000000".into(),
            },
        )
        .at(24);
        assert_eq!(
            cut.to_string(),
            "a.pcap: at byte 24: not a readable pcap capture: record length 4000000000"
        );
    }
}
