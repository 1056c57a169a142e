//! HTTP messages and exchanges: what every later stage speaks of.
//!
//! `http` takes bytes of connections ([`crate::net`]) and gives [`Exchange`]s; it knows no browser and no CORS.

pub mod connection;
pub mod conversation;
pub mod exchange;
pub mod field;
pub mod framing;
mod h1;
pub mod h2;
pub mod h3;
pub mod interest;
pub mod observed;
mod queue;
pub mod route;
pub mod site;
pub mod target;

pub use connection::Connection;
pub use conversation::Conversation;
pub use exchange::{Exchange, Locator, Request, Response, SourceId, Transport, Version};
pub use field::{Fields, Names};
pub use interest::Interest;
pub use observed::{Observed, Recorder, ResourceType};
