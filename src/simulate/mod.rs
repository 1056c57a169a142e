//! Replay: recorded traffic against a proposed CORS policy, before anyone deploys it.
//!
//! [`replay()`] takes a transaction, gives it the answers that a correct server with the policy would send, lets the rules
//! of `check` judge both, and says what becomes of it. [`Wishes`] goes the other way: from what failed to the smallest
//! policy that mends it. Nothing here checks a field by itself, and nothing here reads or writes files.

mod answer;
mod file;
pub mod foreign;
mod need;
pub mod pattern;
pub mod policy;
pub mod replay;
mod rewrite;
pub mod suggest;
pub mod tally;

pub use foreign::Stranger;
pub use policy::{Policy, PolicyError, Rules};
pub use replay::{Outcome, Problem, Replay, Statuses, Unjudged, replay};
pub use suggest::{Beyond, Suggested, Suggestion, Wishes};
pub use tally::{Group, Tally};
