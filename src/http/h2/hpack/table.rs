//! The dynamic table (RFC 7541 §2.3.2), possibly with an unknown older part.
//!
//! Dynamic indexes count back from the newest entry. So entries that were seen being inserted keep their right index even
//! when all older ones are unknown, and an unknown table heals by itself as it is filled anew.

use std::collections::VecDeque;

/// What an entry costs beside its text (RFC 7541 §4.1).
const OVERHEAD: usize = 32;
/// `SETTINGS_HEADER_TABLE_SIZE` before any is sent (RFC 9113 §6.5.2).
const DEFAULT_CAPACITY: usize = 4096;

/// The most recent fields of one direction.
#[derive(Debug)]
pub(crate) struct DynamicTable {
    /// Newest first.
    entries: VecDeque<Entry>,
    /// Sum of the entries' sizes; never above `capacity`.
    size: usize,
    capacity: usize,
    /// Bound on `capacity`, whatever the peers agree upon.
    limit: usize,
    /// There may be entries older than those held.
    has_unknown_tail: bool,
    is_limited: bool,
}

/// A field in the table. A name or value is `None` when it was copied from an unknown entry.
#[derive(Debug)]
struct Entry {
    text: Box<[u8]>,
    /// Where the name ends; `None`: the name is unknown and `text` is the value.
    name_end: Option<usize>,
}

impl Entry {
    fn size(&self) -> usize {
        self.text.len().saturating_add(OVERHEAD)
    }
}

/// The answer to a look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lookup<'a> {
    /// The entry; its name may be unknown.
    Found(Option<&'a [u8]>, &'a [u8]),
    /// An entry that was inserted before anything was seen.
    Unknown,
    /// No such entry can exist.
    Missing,
}

impl DynamicTable {
    /// An empty table that never holds more than `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            size: 0,
            capacity: DEFAULT_CAPACITY.min(limit),
            limit,
            has_unknown_tail: false,
            is_limited: false,
        }
    }

    /// Forgets everything: from here on older entries are unknown, and so is the capacity.
    pub(crate) fn forget(&mut self) {
        self.entries.clear();
        self.size = 0;
        self.has_unknown_tail = true;
        // Holding entries that the peers have evicted does no harm: nobody refers to them.
        self.capacity = self.limit;
    }

    /// Sum of the entries' sizes.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Whether the peers agreed upon a larger table than `limits.rs` allows.
    pub(crate) fn is_limited(&self) -> bool {
        self.is_limited
    }

    /// Sets the capacity, as a dynamic table size update tells (RFC 7541 §6.3).
    pub(crate) fn resize(&mut self, capacity: usize) {
        self.capacity = capacity.min(self.limit);
        self.evict(self.capacity);
        if capacity > self.limit {
            self.is_limited = true;
            self.has_unknown_tail = true;
        } else if capacity == 0 {
            self.has_unknown_tail = false;
        }
    }

    /// Adds a field as the newest entry.
    pub(crate) fn insert(&mut self, name: Option<&[u8]>, value: &[u8]) {
        let name_len = name.map_or(0, <[u8]>::len);
        let size = name_len
            .saturating_add(value.len())
            .saturating_add(OVERHEAD);
        // An entry larger than the table empties it (§4.4).
        self.evict(self.capacity.saturating_sub(size));
        if size > self.capacity {
            return;
        }
        let mut text = Vec::with_capacity(size - OVERHEAD);
        text.extend_from_slice(name.unwrap_or_default());
        text.extend_from_slice(value);
        self.entries.push_front(Entry {
            text: text.into_boxed_slice(),
            name_end: name.map(<[u8]>::len),
        });
        self.size = self.size.saturating_add(size);
    }

    /// The entry that is `back` places behind the newest.
    pub(crate) fn get(&self, back: u64) -> Lookup<'_> {
        let entry = usize::try_from(back)
            .ok()
            .and_then(|back| self.entries.get(back));
        match entry {
            Some(entry) => match entry.name_end {
                Some(end) => {
                    let (name, value) = entry.text.split_at_checked(end).unwrap_or_default();
                    Lookup::Found(Some(name), value)
                }
                None => Lookup::Found(None, &entry.text),
            },
            None if self.has_unknown_tail => Lookup::Unknown,
            None => Lookup::Missing,
        }
    }

    /// Drops the oldest entries until at most `room` bytes are used.
    fn evict(&mut self, room: usize) {
        while self.size > room {
            let Some(oldest) = self.entries.pop_back() else {
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
    fn the_oldest_make_room() {
        let mut table = DynamicTable::new(1 << 16);
        table.resize(80);
        table.insert(Some(b"a"), b"1");
        table.insert(Some(b"b"), b"2");
        table.insert(Some(b"c"), b"3");
        assert_eq!(table.get(0), Lookup::Found(Some(b"c"), b"3"));
        assert_eq!(table.get(1), Lookup::Found(Some(b"b"), b"2"));
        assert_eq!(table.get(2), Lookup::Missing);
    }

    #[test]
    fn an_entry_larger_than_the_table_empties_it() {
        let mut table = DynamicTable::new(1 << 16);
        table.resize(40);
        table.insert(Some(b"a"), b"1");
        table.insert(Some(b"large"), b"larger than all of it");
        assert_eq!(table.get(0), Lookup::Missing);
    }

    #[test]
    fn after_forgetting_new_entries_are_known_and_old_ones_are_not() {
        let mut table = DynamicTable::new(1 << 16);
        table.insert(Some(b"a"), b"1");
        table.forget();
        assert_eq!(table.get(0), Lookup::Unknown);
        table.insert(Some(b"b"), b"2");
        assert_eq!(table.get(0), Lookup::Found(Some(b"b"), b"2"));
        assert_eq!(table.get(1), Lookup::Unknown);
        table.resize(0);
        table.resize(4096);
        assert_eq!(table.get(1), Lookup::Missing);
    }

    #[test]
    fn a_table_above_the_limit_is_cut_and_says_so() {
        let mut table = DynamicTable::new(100);
        table.resize(1 << 20);
        table.insert(Some(b"a"), &[b'x'; 50]);
        table.insert(Some(b"b"), &[b'y'; 50]);
        assert!(table.is_limited());
        assert_eq!(table.get(1), Lookup::Unknown);
    }
}
