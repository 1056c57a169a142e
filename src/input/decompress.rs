//! Unpacks single compressed streams; archives with members are `archive.rs`' business.

use super::Reader;
use crate::error::ErrorKind;
use std::io::{self, BufReader};

/// A compression format of single streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Bzip2,
    Gzip,
    Lz4,
    Xz,
    Zstd,
}

/// Compressed bytes taken from the file at once.
const BUFFER: usize = 256 << 10;

impl Packing {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Bzip2 => "bzip2",
            Self::Gzip => "gzip",
            Self::Lz4 => "lz4",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
        }
    }

    /// The unpacked stream; several members or frames in a row read as one.
    pub(super) fn reader(self, packed: Reader) -> io::Result<Reader> {
        let packed = BufReader::with_capacity(BUFFER, packed);
        Ok(match self {
            Self::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(packed)),
            Self::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(packed)),
            Self::Lz4 => Box::new(lz4_flex::frame::FrameDecoder::new(packed)),
            Self::Xz => Box::new(liblzma::bufread::XzDecoder::new_multi_decoder(packed)),
            Self::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(packed)?),
        })
    }

    pub(super) fn failed(self, error: &io::Error) -> ErrorKind {
        ErrorKind::Compressed {
            format: self.name(),
            detail: error.to_string(),
        }
    }
}
