//! Names of fields that are looked for together, prepared when the program is compiled.

use super::mark::{Mark, Marks};

/// A few field names, in lower case.
#[derive(Debug)]
pub struct Names {
    names: &'static [&'static str],
    marks: Marks,
}

impl Names {
    /// No name.
    pub const NONE: Self = Self::new(&[]);

    /// The set of `names`.
    pub const fn new(names: &'static [&'static str]) -> Self {
        let mut marks = Marks::NONE;
        let mut index = 0;
        while index < names.len() {
            marks.insert(Mark::of(names[index].as_bytes()));
            index += 1;
        }
        Self { names, marks }
    }

    /// The spelling of `name` (any case) in the set, if it is there.
    #[inline]
    pub fn find(&self, name: &str) -> Option<&'static str> {
        match self.marks.may_hold(Mark::of(name.as_bytes())) {
            true => self.compare(name),
            false => None,
        }
    }

    /// Whether `name` (any case) is in the set.
    #[inline]
    pub fn has(&self, name: &[u8]) -> bool {
        self.holds(Mark::of(name), name)
    }

    /// Whether `name`, whose mark is `mark`, is in the set.
    #[inline]
    pub(super) fn holds(&self, mark: Mark, name: &[u8]) -> bool {
        self.marks.may_hold(mark)
            && self
                .names
                .iter()
                .any(|own| own.as_bytes().eq_ignore_ascii_case(name))
    }

    pub(super) fn marks(&self) -> &Marks {
        &self.marks
    }

    pub(super) fn compare(&self, name: &str) -> Option<&'static str> {
        let mut names = self.names.iter().copied();
        names.find(|own| own.eq_ignore_ascii_case(name))
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
