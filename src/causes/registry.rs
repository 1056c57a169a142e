//! The list of all cause patterns, in the order in which they may explain a failure.

use super::claim::{Claim, Open};
use super::patterns;
use std::fmt;

/// What a pattern is called, what it says, and its manual.
#[derive(Clone, Copy)]
pub struct PatternInfo {
    /// Kebab-case name: `errors-lack-cors`.
    pub name: &'static str,
    /// One line, no final period.
    pub summary: &'static str,
    /// The source text of the pattern's file; see [`PatternInfo::manual`].
    pub(super) file: &'static str,
    pub(super) find: fn(Open<'_>) -> Vec<Claim>,
}

impl PatternInfo {
    /// The manual page: the leading `//!` lines of the pattern's file, without the marks.
    pub fn manual(&self) -> String {
        let mut page = String::with_capacity(self.file.len());
        for line in self.file.lines() {
            let Some(text) = line.strip_prefix("//!") else {
                break;
            };
            page.push_str(text.strip_prefix(' ').unwrap_or(text));
            page.push('\n');
        }
        page
    }
}

impl fmt::Debug for PatternInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The pattern called `name`.
pub fn find(name: &str) -> Option<&'static PatternInfo> {
    ALL.iter().copied().find(|pattern| pattern.name == name)
}

/// All patterns: a failure is explained by the first one that fits.
pub static ALL: &[&PatternInfo] = &[
    &patterns::login_redirect::PATTERN,
    &patterns::errors_lack_cors::PATTERN,
    &patterns::two_layers::PATTERN,
    &patterns::auth_before_cors::PATTERN,
    &patterns::canonical_redirect::PATTERN,
    &patterns::options_unrouted::PATTERN,
    &patterns::origin_not_listed::PATTERN,
];
