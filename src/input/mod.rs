//! The only room that opens files: finds inputs, tells their format by content, unpacks them.

use std::path::PathBuf;

/// One input of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// As reports name it: the path as given or found; `(stdin)`; `archive.zip/member.har`.
    pub name: String,
    /// Where its bytes are.
    pub place: SourcePlace,
}

/// Where an input's bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourcePlace {
    /// A file.
    File(PathBuf),
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
