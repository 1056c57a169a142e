//! Names of fields that are looked for together, prepared when the program is compiled.

use super::mark::{Mark, Marks, is_same};

/// A few field names, in lower case.
#[derive(Debug)]
pub struct Names {
    names: &'static [&'static str],
    /// The mark of each name, in their order.
    each: [Mark; MOST],
    /// One more than the place of a name, at its mark's slot or behind that; 0 where there is none.
    slots: [u8; SLOTS],
    marks: Marks,
}

/// Names that a set may hold; more do not compile.
const MOST: usize = 32;
/// Enough that most names have a slot for themselves.
const SLOTS: usize = 64;

impl Names {
    /// No name.
    pub const NONE: Self = Self::new(&[]);

    /// The set of `names`.
    pub const fn new(names: &'static [&'static str]) -> Self {
        let mut marks = Marks::NONE;
        let mut each = [Mark::of(b""); MOST];
        let mut slots = [0; SLOTS];
        let mut index = 0;
        while index < names.len() {
            each[index] = Mark::of(names[index].as_bytes());
            let _ = marks.insert(each[index]);
            let mut slot = each[index].slot(SLOTS);
            while slots[slot] != 0 {
                slot = (slot + 1) % SLOTS;
            }
            index += 1;
            slots[slot] = index as u8;
        }
        Self {
            names,
            each,
            slots,
            marks,
        }
    }

    /// Whether `name` (any case) is in the set.
    #[inline]
    pub fn has(&self, name: &[u8]) -> bool {
        self.find_marked(Mark::of(name), name).is_some()
    }

    /// The spelling of `name` (any case) in the set, if it is there.
    #[inline]
    pub fn find(&self, name: &str) -> Option<&'static str> {
        self.find_marked(Mark::of(name.as_bytes()), name.as_bytes())
    }

    /// Whether a name with this mark is in the set.
    #[inline]
    pub(in crate::http) fn has_marked(&self, mark: Mark, name: &[u8]) -> bool {
        self.find_marked(mark, name).is_some()
    }

    /// The same for a name whose mark is known.
    #[inline]
    pub(super) fn find_marked(&self, mark: Mark, name: &[u8]) -> Option<&'static str> {
        match self.may_have(mark) {
            true => self.compare(mark, name),
            false => None,
        }
    }

    /// Whether a name with this mark may be in the set.
    #[inline]
    pub(in crate::http) fn may_have(&self, mark: Mark) -> bool {
        self.marks.may_hold(mark)
    }

    pub(super) fn marks(&self) -> &Marks {
        &self.marks
    }

    fn compare(&self, mark: Mark, name: &[u8]) -> Option<&'static str> {
        let mut slot = mark.slot(SLOTS);
        loop {
            let at = usize::from(*self.slots.get(slot)?).checked_sub(1)?;
            let own = *self.names.get(at)?;
            if self.each.get(at) == Some(&mark) && is_same(own.as_bytes(), name) {
                return Some(own);
            }
            slot = (slot + 1) % SLOTS;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_others_are_not() {
        const NAMES: Names = Names::new(&["vary", "x-cache"]);
        assert_eq!(NAMES.find("X-Cache"), Some("x-cache"));
        assert_eq!(NAMES.find("x-cachf"), None);
        assert_eq!(NAMES.find(""), None);
    }
}
