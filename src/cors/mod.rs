//! Exchange → CorsFetch: what the browser was trying to do.

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
