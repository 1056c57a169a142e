//! Exchange → CorsFetch: what the browser was trying to do.
//!
//! [`Pairing`] takes exchanges and gives transactions: preflights joined with their actual requests, redirects joined to
//! chains, with the requesting origin, the credentials mode and the client's nature as far as the input shows them.
//! It says nothing about right or wrong: that is for `rules`.

mod agent;
mod assemble;
mod chain;
mod classify;
mod client;
mod effective;
mod keys;
mod matching;

pub mod credentials;
pub mod judge;
pub mod pairing;
pub mod transaction;

pub use credentials::{Credentials, CredentialsEvidence, CredentialsMode};
pub use pairing::{Decided, Pairing};
pub use transaction::{CorsFetch, CorsMode, Fate, Hop, OriginSource, PageOrigin, StoredCopy};

pub(crate) use keys::{Fnv, key};

use serde::Serialize;

/// What part an exchange plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A CORS preflight.
    Preflight,
    /// A cross-origin request in mode `cors`, or a hop of its redirect chain.
    Actual,
    /// A request to the page's own origin.
    SameOrigin,
    /// A cross-origin request whose answer is opaque by design.
    NoCors,
    /// A page or frame load, a form post.
    Navigation,
    /// A WebSocket handshake.
    #[serde(rename = "websocket")]
    WebSocket,
    /// Anything else, or it cannot be told.
    Other,
}

/// Who made a request: equal for requests that one browser may have made.
///
/// A HAR file is one client; in a capture it is the address, the user that a proxy names, and the `User-Agent`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(pub u64);

#[cfg(test)]
pub(crate) mod test_support;
