//! # risk-origin-not-checked-websocket
//!
//! ## What happened
//! A WebSocket handshake from a foreign page, with cookies, was accepted.
//!
//! ## Why it matters
//! CORS does not apply to WebSockets. A server that does not check `Origin` lets any page speak as the logged-in user.
//!
//! ## How corsight tells
//! Status 101 to a handshake with a foreign `Origin` and `Cookie`. It may be a page of yours on another host.
//!
//! ## Example
//! ```text
//! GET /socket HTTP/1.1                    HTTP/1.1 101 Switching Protocols
//! Origin: https://other.example
//! Cookie: session=…
//! ```
//!
//! ## Fix
//! Compare `Origin` with a list in the WebSocket server, or authenticate with a token in the first message.
//!
//! ## Browsers' messages
//! none: browsers allow it.
//!
//! ## Standard
//! Fetch, CORS protocol: <https://fetch.spec.whatwg.org/#http-cors-protocol>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "risk-origin-not-checked-websocket",
    family: Family::Risk,
    summary: "a WebSocket with cookies was accepted from a foreign origin",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("origin_not_checked_websocket.rs"),
};
