//! Record compression of TLS 1.2 and earlier (RFC 3749): found in old captures only, since CRIME.

use flate2::{Decompress, FlushDecompress};

/// What one record may expand to (RFC 5246 §6.2.2).
const MAX_CONTENT: usize = 1 << 14;

/// The state of one direction's compression, which runs on from record to record.
pub(crate) struct Inflater(Decompress);

impl Inflater {
    /// The method that a ServerHello names: `Some(None)` without compression, `None` when it is not supported.
    pub(crate) fn from_wire(method: u8) -> Option<Option<Self>> {
        match method {
            0 => Some(None),
            1 => Some(Some(Self(Decompress::new(true)))),
            _ => None,
        }
    }

    /// The content of the next record. `None`: it cannot be expanded, or to more than is allowed.
    pub(crate) fn expand(&mut self, compressed: &[u8]) -> Option<Vec<u8>> {
        let mut content = Vec::with_capacity(MAX_CONTENT);
        let before = self.0.total_in();
        self.0
            .decompress_vec(compressed, &mut content, FlushDecompress::Sync)
            .ok()?;
        let used = self.0.total_in().checked_sub(before)?;
        (used == compressed.len() as u64).then_some(content)
    }
}
