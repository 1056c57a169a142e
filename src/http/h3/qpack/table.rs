//! The dynamic table (RFC 9204 §3.2), addressed by absolute index: the first entry ever inserted is 0.

use std::collections::VecDeque;

/// What an entry costs beside its text (RFC 9204 §3.2.1).
pub(super) const OVERHEAD: usize = 32;

/// The most recent entries that one encoder inserted.
#[derive(Debug)]
pub(crate) struct Table {
    /// Oldest first, without holes.
    entries: VecDeque<Entry>,
    /// How many were ever inserted: the absolute index of the next.
    inserted: u64,
    size: usize,
    capacity: usize,
    /// Bound on `capacity`, whatever the peers agree upon.
    limit: usize,
    is_limited: bool,
    /// Instructions were lost; `inserted` does not grow any more.
    is_lost: bool,
    /// Bytes of the encoder stream that could not be read: each may stand for one insertion at most.
    unread: u64,
}

#[derive(Debug)]
struct Entry {
    text: Box<[u8]>,
    name_end: usize,
}

impl Entry {
    fn size(&self) -> usize {
        self.text.len().saturating_add(OVERHEAD)
    }
}

impl Table {
    /// An empty table that never holds more than `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            inserted: 0,
            size: 0,
            capacity: 0,
            limit,
            is_limited: false,
            is_lost: false,
            unread: 0,
        }
    }

    /// Entries ever inserted, as far as seen.
    pub(super) fn inserted(&self) -> u64 {
        self.inserted
    }

    /// Whether insertions may have happened that were not seen.
    pub(crate) fn is_lost(&self) -> bool {
        self.is_lost
    }

    /// Sum of the entries' sizes.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Whether the peers agreed upon a larger table than `limits.rs` allows.
    pub(crate) fn is_limited(&self) -> bool {
        self.is_limited
    }

    /// The most insertions there can have been by now.
    pub(super) fn most_inserted(&self) -> u64 {
        self.inserted.saturating_add(self.unread)
    }

    /// `len` more bytes of instructions cannot be read.
    pub(super) fn lose(&mut self, len: u64) {
        self.is_lost = true;
        self.unread = self.unread.saturating_add(len);
    }

    /// Sets the capacity (§4.3.1).
    pub(super) fn resize(&mut self, capacity: u64) {
        let wanted = usize::try_from(capacity).unwrap_or(usize::MAX);
        self.is_limited |= wanted > self.limit;
        self.capacity = wanted.min(self.limit);
        self.evict(self.capacity);
    }

    /// Adds an entry.
    pub(super) fn insert(&mut self, name: &[u8], value: &[u8]) {
        let text_len = name.len().saturating_add(value.len());
        let size = text_len.saturating_add(OVERHEAD);
        self.inserted = self.inserted.saturating_add(1);
        self.evict(self.capacity.saturating_sub(size));
        if size > self.capacity {
            // Only under our own limit; the entry counts but is not kept.
            return;
        }
        let mut text = Vec::with_capacity(text_len);
        text.extend_from_slice(name);
        text.extend_from_slice(value);
        self.entries.push_back(Entry {
            text: text.into_boxed_slice(),
            name_end: name.len(),
        });
        self.size = self.size.saturating_add(size);
    }

    /// Name and value of the entry with this absolute index, while it is held.
    pub(super) fn get(&self, absolute: u64) -> Option<(&[u8], &[u8])> {
        let oldest = self.inserted.checked_sub(self.entries.len() as u64)?;
        let at = usize::try_from(absolute.checked_sub(oldest)?).ok()?;
        let entry = self.entries.get(at)?;
        entry.text.split_at_checked(entry.name_end)
    }

    /// Drops the oldest entries until at most `room` bytes are used.
    fn evict(&mut self, room: usize) {
        while self.size > room {
            let Some(oldest) = self.entries.pop_front() else {
                break;
            };
            self.size = self.size.saturating_sub(oldest.size());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_stay_when_the_oldest_make_room() {
        let mut table = Table::new(1 << 16);
        table.resize(70);
        for (name, value) in [("a", "1"), ("b", "2"), ("c", "3")] {
            table.insert(name.as_bytes(), value.as_bytes());
        }
        assert_eq!(table.get(0), None);
        assert_eq!(table.get(1), Some((&b"b"[..], &b"2"[..])));
        assert_eq!(table.get(2), Some((&b"c"[..], &b"3"[..])));
        assert_eq!(table.get(3), None);
    }

    #[test]
    fn an_entry_above_our_limit_counts_all_the_same() {
        let mut table = Table::new(40);
        table.resize(4096);
        table.insert(b"large", b"larger than the limit");
        table.insert(b"b", b"2");
        assert!(table.is_limited());
        assert_eq!(table.get(0), None);
        assert_eq!(table.get(1), Some((&b"b"[..], &b"2"[..])));
    }
}
