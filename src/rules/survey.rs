//! Rules that show only over many transactions: risks of a host's policy, preflights that are not cached.

use super::Policy;
use crate::cors::CorsFetch;
use crate::finding::Finding;

/// Gathers, in bounded memory, what the rules over many transactions need.
#[derive(Debug, Default)]
pub struct Survey {}

impl Survey {
    /// Takes one transaction into account.
    pub fn observe(&mut self, fetch: &CorsFetch, policy: &Policy<'_>) {
        let _ = (fetch, policy);
    }

    /// The findings, in a fixed order.
    pub fn finish(self) -> Vec<Finding> {
        Vec::new()
    }
}
