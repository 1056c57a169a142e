//! Keys of the tables in this room: quick, the same in every run, and of no meaning outside of it.

use foldhash::fast::FixedState;
use std::hash::{BuildHasher, Hasher};

/// A key that is put together from parts. Each part must be of a known length, or end where the next cannot begin.
pub(super) struct Key(foldhash::fast::FoldHasher<'static>);

impl Key {
    pub(super) fn new() -> Self {
        Self(FixedState::default().build_hasher())
    }

    pub(super) fn put(mut self, part: &[u8]) -> Self {
        self.0.write(part);
        self
    }

    pub(super) fn number(mut self, part: u64) -> Self {
        self.0.write_u64(part);
        self
    }

    pub(super) fn finish(self) -> u64 {
        self.0.finish()
    }
}

/// The key of one text.
pub(super) fn of(text: &[u8]) -> u64 {
    Key::new().put(text).finish()
}
