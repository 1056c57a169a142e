//! HPACK (RFC 7541) for somebody who only watches: field blocks → fields.
//!
//! A reader of captures needs what no peer needs: to go on when part of the field table is unknown, because the capture
//! began late or a packet was lost. What cannot be known is given as `None`, never as a guess. Integers and Huffman
//! strings are shared with QPACK.

pub(crate) mod decoder;
pub(crate) mod huffman;
pub(crate) mod integer;
pub(crate) mod static_table;
pub(crate) mod string;
pub(crate) mod table;

pub(crate) use decoder::Decoder;

/// One field line as far as it could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FieldLine<'a> {
    /// The name; `None` when it stands in an unknown part of the field table.
    pub(crate) name: Option<&'a [u8]>,
    /// The value; `None` when it stands in an unknown part of the field table.
    pub(crate) value: Option<&'a [u8]>,
}

/// A field block that breaks the rules of RFC 7541 or RFC 9204; what follows it cannot be read with the same table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BlockError {
    /// Index 0, or one beyond the end of a table that is known completely.
    #[error("index beyond the field table")]
    Index,
    /// An integer longer than any sensible value.
    #[error("integer too large")]
    Integer,
    /// Wrong padding or the end-of-string symbol in a Huffman string.
    #[error("broken Huffman string")]
    Huffman,
    /// The block ends inside a representation.
    #[error("block ends inside a field")]
    Truncated,
}
