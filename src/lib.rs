//! Why did the browser block this request, and what do I change?
//!
//! corsight rebuilds HTTP exchanges from HAR exports and packet captures, pairs CORS preflights with their actual
//! requests, and reports every request that a browser refused, with cause, evidence, the browsers' own codes and the fix.
//!
//! Folders stand in the order in which data flows; nothing flows back:
//!
//! ```text
//! file ─ input ─┬─ har ─────────────────────────────────────────┐
//!               └─ capture ─ net ─ http ────────────────────────┤ Exchange
//!                                                               ▼
//!                              cors ─ CorsFetch ─ rules ─ Finding ─ report
//! ```

pub mod caveat;
pub mod error;
pub mod finding;
pub mod limits;
pub mod time;

pub mod input;

pub mod capture;
pub mod har;
pub mod http;
pub mod net;
pub mod quic;
pub mod tls;

pub mod causes;
pub mod cors;
pub mod fetch;
pub mod rules;

pub mod fixes;
pub mod simulate;

pub mod analysis;
pub mod redact;
pub mod report;

pub use error::{Error, ErrorKind};
pub use finding::Finding;
pub use limits::Limits;
