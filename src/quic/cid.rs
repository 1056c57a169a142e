//! Connection IDs (RFC 9000 §5.1).

/// A connection ID of up to 20 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(super) struct Cid {
    len: u8,
    bytes: [u8; Self::LONGEST],
}

impl Cid {
    /// Longest ID of versions 1 and 2 (RFC 9000 §17.2).
    pub(super) const LONGEST: usize = 20;

    /// `None` when `bytes` is too long for an ID.
    pub(super) fn new(bytes: &[u8]) -> Option<Self> {
        let mut own = [0; Self::LONGEST];
        own.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(Self {
            len: u8::try_from(bytes.len()).ok()?,
            bytes: own,
        })
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len()).unwrap_or_default()
    }

    pub(super) fn len(&self) -> usize {
        usize::from(self.len)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl std::fmt::Debug for Cid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_slice()
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
