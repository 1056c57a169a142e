//! HTTP messages and exchanges: what every later stage speaks of.
//!
//! `http` takes bytes of connections ([`crate::net`]) and gives [`Exchange`]s; it knows no browser and no CORS.

pub mod exchange;
pub mod field;
pub mod observed;

pub use exchange::{Exchange, Locator, Request, Response, SourceId, Version};
pub use field::Fields;
pub use observed::{Observed, Recorder, ResourceType};
