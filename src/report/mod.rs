//! Report → bytes. One file per format; every format takes the same [`Sink`] calls and a writer; none prints by itself.
//!
//! Secrets never reach a renderer: [`Redacting`] stands before them and hands on cleaned copies.

pub mod columns;
pub mod compare;
pub mod csv;
pub mod extract;
pub mod format;
pub mod github;
pub mod gitlab;
pub mod group;
pub mod html;
pub mod json;
pub mod junit;
pub mod known;
pub mod links;
pub mod markdown;
pub mod merge;
pub mod ndjson;
#[cfg(feature = "parquet")]
pub mod parquet;
mod recall;
pub mod redacting;
pub mod sarif;
pub mod simulation;
pub mod text;
mod words;

pub use format::{Format, Look, Verbosity, sink};
pub use links::Links;
pub use redacting::Redacting;

use crate::finding::{Cause, Finding, Summary};
use std::collections::BTreeMap;
use std::io;

/// The number of the output contract; raised when a field is renamed or removed.
pub const SCHEMA: u32 = 1;

/// JSON Schema (draft 2020-12) of every JSON that the program writes.
pub const JSON_SCHEMA: &str = include_str!("schema.json");

/// Takes findings as they are decided and the rest at the end.
pub trait Sink {
    /// One finding; they come in the order of their transactions' time.
    ///
    /// # Errors
    /// When the output cannot be written.
    fn finding(&mut self, finding: &Finding) -> io::Result<()>;

    /// A finding that stands for several, as a joined report has it; `sources` counts them by input.
    ///
    /// Formats that have a row for each finding write one for each input.
    ///
    /// # Errors
    /// When the output cannot be written.
    fn joined(&mut self, finding: &Finding, sources: &BTreeMap<String, u64>) -> io::Result<()> {
        sources.keys().try_for_each(|source| {
            self.finding(&Finding {
                source: source.clone(),
                ..finding.clone()
            })
        })
    }

    /// The end of the run: root causes, most explaining first, and the counts.
    ///
    /// # Errors
    /// When the output cannot be written.
    fn finish(&mut self, causes: &[Cause], summary: &Summary) -> io::Result<()>;
}

#[cfg(test)]
pub(crate) mod support;

#[cfg(test)]
mod schema_tests;

#[cfg(test)]
mod scale_tests;
