//! The report for a terminal: root causes, then findings (equal ones as one block), then what was read and not seen.
//!
//! It knows no terminal: width and colour are told ([`super::Look`]), and text from the input is made harmless before
//! it is written ([`page::printable`]).

mod block;
mod change;
mod comparison;
mod diff;
mod evidence;
mod page;
mod simulation;
mod tail;
mod wire;

use super::group::{self, Groups};
use super::{Look, Sink, Verbosity};
use crate::finding::{Cause, Finding, Severity, Summary};
pub(super) use block::{span, wireshark};
pub use comparison::comparison;
use page::Page;
pub(super) use page::{elide, printable};
pub(super) use simulation::SimulationText;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Blocks that are written out unless more is asked for: nobody reads further without a filter.
const BLOCKS: usize = 100;

/// The renderer. Findings are grouped, so nothing is written before the end.
pub struct Text<W> {
    page: Page<W>,
    groups: Groups,
}

impl<W: Write> Text<W> {
    /// Writes to `out`.
    pub fn new(out: W, look: Look) -> Self {
        Self {
            page: Page::new(out, look),
            groups: Groups::default(),
        }
    }

    /// The verdict alone is made from the counts.
    fn shows_findings(&self) -> bool {
        self.page.look.verbosity != Verbosity::Quiet
    }
}

impl<W: Write> Sink for Text<W> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        if self.shows_findings() {
            self.groups.add(finding);
        }
        Ok(())
    }

    fn joined(&mut self, finding: &Finding, sources: &BTreeMap<String, u64>) -> io::Result<()> {
        if self.shows_findings() {
            self.groups.join(finding, sources);
        }
        Ok(())
    }

    fn finish(&mut self, causes: &[Cause], summary: &Summary) -> io::Result<()> {
        if !self.shows_findings() {
            tail::verdict(&mut self.page, summary)?;
            return self.page.flush();
        }
        let (groups, beyond) = std::mem::take(&mut self.groups).finish(causes);
        let page = &mut self.page;
        let explained = group::explained(&groups, beyond, causes);
        tail::causes(page, causes, &explained, summary)?;
        let as_lines =
            |severity| severity == Severity::Note && page.look.verbosity < Verbosity::Verbose;
        let (known, fresh): (Vec<_>, Vec<_>) = groups
            .iter()
            .partition(|group| group.first.is_known && page.look.verbosity < Verbosity::Verbose);
        let (notes, blocks): (Vec<_>, Vec<_>) = fresh
            .into_iter()
            .partition(|group| as_lines(group.first.severity));
        let shown = match page.look.verbosity {
            Verbosity::Verbose => blocks.len(),
            _ => blocks.len().min(BLOCKS),
        };
        for group in blocks.iter().take(shown) {
            block::write(page, group, causes)?;
        }
        block::known(page, &known)?;
        block::more(page, blocks.get(shown..).unwrap_or_default())?;
        block::notes(page, &notes)?;
        if beyond > 0 {
            page.line(&format!(
                "{beyond} more findings found no room here; --format ndjson lists all"
            ))?;
            page.blank()?;
        }
        tail::write(page, summary)?;
        page.flush()
    }
}

#[cfg(test)]
mod tests;
