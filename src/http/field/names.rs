//! Names of fields that are looked for together, prepared when the program is compiled.

use super::mark::{Mark, Marks};

/// A few field names, in lower case.
#[derive(Debug)]
pub struct Names {
    names: &'static [&'static str],
    /// The mark of each name, in their order.
    each: [Mark; MOST],
    marks: Marks,
}

/// Names that a set may hold; more do not compile.
const MOST: usize = 32;

impl Names {
    /// No name.
    pub const NONE: Self = Self::new(&[]);

    /// The set of `names`.
    pub const fn new(names: &'static [&'static str]) -> Self {
        let mut marks = Marks::NONE;
        let mut each = [Mark::of(b""); MOST];
        let mut index = 0;
        while index < names.len() {
            each[index] = Mark::of(names[index].as_bytes());
            marks.insert(each[index]);
            index += 1;
        }
        Self { names, each, marks }
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

    /// The same for a name whose mark is known.
    #[inline]
    pub(super) fn find_marked(&self, mark: Mark, name: &[u8]) -> Option<&'static str> {
        match self.marks.may_hold(mark) {
            true => self.compare(mark, name),
            false => None,
        }
    }

    pub(super) fn marks(&self) -> &Marks {
        &self.marks
    }

    fn compare(&self, mark: Mark, name: &[u8]) -> Option<&'static str> {
        let own = self.names.iter().zip(&self.each);
        let mut alike = own.filter(|(_, own)| **own == mark).map(|(own, _)| *own);
        alike.find(|own| own.as_bytes().eq_ignore_ascii_case(name))
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
