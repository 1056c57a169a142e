//! TLS with keys: chunks of a connection → chunks of what it carried.
//!
//! ```text
//! Chunk ─ record ─ handshake (who, which suite) ─ key_log, key_schedule ─ protect ─ Plain
//! ```
//!
//! Nothing is broken here: without the secrets that a browser or server logged, or the server's RSA key where that is enough
//! ([`KeyLog`]), a connection stays closed, and [`Session::state`] says why. SSL 3.0 to TLS 1.3, all suites in use and the old ones found in captures.

mod cbc;
mod compression;
mod direction;
mod exchange;
pub(crate) mod handshake;
pub(crate) mod key_log;
pub(crate) mod key_schedule;
mod private_key;
pub(crate) mod protect;
mod record;
#[cfg(test)]
mod recorded;
mod search;
mod seed;
mod session;
mod state;
pub(crate) mod suite;
#[cfg(test)]
mod tests;
mod traffic;

pub use key_log::KeyLog;
pub use session::Session;
pub use state::{Plain, Reason, State};
