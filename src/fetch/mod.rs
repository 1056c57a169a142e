//! The Fetch standard as pure functions; knows no capture.

/// A browser engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Browser {
    /// Chrome, Edge, Brave, Opera, …
    Chromium,
    /// Firefox.
    Firefox,
    /// Safari and everything on iOS.
    WebKit,
}
