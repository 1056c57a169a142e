//! # websocket-origin-rejected
//!
//! ## What happened
//! The server answered a WebSocket handshake from another origin with 400, 401 or 403.
//!
//! ## Why it is no CORS failure
//! WebSockets are not subject to CORS. They carry `Origin` so that the *server* can refuse foreign pages, and this one
//! probably did.
//!
//! ## How corsight tells
//! A request with `Upgrade: websocket` and a foreign `Origin` was answered with 400, 401 or 403 instead of 101.
//!
//! ## Example
//! ```text
//! GET /socket HTTP/1.1                   HTTP/1.1 403 Forbidden
//! Upgrade: websocket
//! Origin: https://app.example.com
//! ```
//!
//! ## Fix
//! Add the origin to the WebSocket server's own list (`checkOrigin`, `allowedOrigins`, `cors` of socket.io); HTTP CORS
//! headers have no effect there.
//!
//! ## Browsers' messages
//! - Chromium: WebSocket connection to '…' failed: Error during WebSocket handshake: Unexpected response code: 403
//! - Firefox: Firefox can't establish a connection to the server at …
//! - Safari: WebSocket connection to '…' failed: Unexpected response code: 403
//!
//! ## Standard
//! RFC 6455 §10.2

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "websocket-origin-rejected",
    family: Family::Beside,
    summary: "a WebSocket handshake was refused, perhaps because of its Origin",
    severity: Severity::Note,
    codes: codes(None, None, None),
    file: include_str!("websocket_origin_rejected.rs"),
};
