//! Report → bytes. One file per format; every format takes the same [`Sink`] calls.

use crate::finding::{Cause, Finding, Summary};
use std::io;

/// Takes findings as they are decided and the rest at the end.
pub trait Sink {
    /// One finding; they come in the order of their transactions' time.
    ///
    /// # Errors
    /// When the output cannot be written.
    fn finding(&mut self, finding: &Finding) -> io::Result<()>;

    /// The end of the run: root causes, most explaining first, and the counts.
    ///
    /// # Errors
    /// When the output cannot be written.
    fn finish(&mut self, causes: &[Cause], summary: &Summary) -> io::Result<()>;
}
