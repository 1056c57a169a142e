//! HAR 1.2 → Exchange.
//!
//! Three machines, each of which can be used alone:
//!
//! ```text
//! blocks of text ─ Splitter ─ where each entry begins and ends ─ Cutter ─ &[u8] per entry ─ convert ─ Exchange
//! ```
//!
//! The [`Splitter`] knows where strings and brackets are and nothing else, so it runs at the speed of memory. An entry
//! is then read by key: what CORS does not need (bodies, timings of no interest, cookies, initiator stacks) is skipped
//! undecoded. Exporters' habits are one table in [`exporter`].

pub mod exporter;

mod block;
mod convert;
mod cursor;
mod head;
mod index;
mod model;
mod nest;
mod observe;
mod section;
mod shorten;
mod split;
mod text;

pub use block::{Block, Cutter, Unread};
pub use convert::{Broken, Converter, Outcome};
pub use head::Head;
pub use index::{Index, Indexed};
pub use split::{Damage, End, NotHar, Part, Piece, Splitter};
