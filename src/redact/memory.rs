//! Texts that were looked at before and hold no secret: reports say the same of many requests.
//!
//! What was met lately is remembered, in two generations: when the younger one is full, the older one is forgotten.

use hashbrown::HashSet;
use std::cell::RefCell;

/// Texts of one generation.
const TEXTS: usize = 2048;

/// Longest text that is remembered, in bytes.
const LONGEST: usize = 512;

/// The memory.
#[derive(Debug, Default)]
pub(super) struct Memory {
    generations: RefCell<Generations>,
}

#[derive(Debug, Default)]
struct Generations {
    young: HashSet<Box<str>>,
    old: HashSet<Box<str>>,
}

impl Memory {
    /// Whether `text` is remembered; then it will be for some time.
    pub(super) fn has(&self, text: &str) -> bool {
        let mut own = self.generations.borrow_mut();
        if own.young.contains(text) {
            return true;
        }
        let Some(known) = own.old.take(text) else {
            return false;
        };
        own.insert(known);
        true
    }

    /// Remembers `text`.
    pub(super) fn learn(&self, text: &str) {
        if text.len() <= LONGEST {
            self.generations.borrow_mut().insert(text.into());
        }
    }
}

impl Generations {
    fn insert(&mut self, text: Box<str>) {
        if self.young.len() >= TEXTS {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_met_again_stays_and_the_rest_is_forgotten() {
        let memory = Memory::default();
        for number in 0..4 * TEXTS {
            memory.learn(&number.to_string());
            assert!(memory.has("0"), "{number}");
        }
        assert!(!memory.has("1") && memory.has(&(4 * TEXTS - 1).to_string()));
        let own = memory.generations.borrow();
        assert!(own.young.len() <= TEXTS && own.old.len() <= TEXTS);
    }

    #[test]
    fn a_long_text_is_not_kept() {
        let memory = Memory::default();
        memory.learn(&"x".repeat(LONGEST + 1));
        assert!(!memory.has(&"x".repeat(LONGEST + 1)));
    }
}
