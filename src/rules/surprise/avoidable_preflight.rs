//! # avoidable-preflight
//!
//! ## What happened
//! Requests need a preflight only because of a header that they hardly need: `Content-Type: application/json` on a
//! `GET`, `X-Requested-With`, `Cache-Control`, `Pragma`, an upload listener.
//!
//! ## Why it matters
//! Every preflight costs a round trip, and needs a server that answers `OPTIONS`. Without the header the request would
//! be a simple one.
//!
//! ## How corsight tells
//! The announced method is `GET`, `HEAD` or `POST`, and the announced headers are of that kind only (or there are none:
//! an upload listener or a stream as body). Told once per origin, host and set of headers, with the count.
//!
//! ## Example
//! ```text
//! OPTIONS /users HTTP/1.1
//! Access-Control-Request-Method: GET
//! Access-Control-Request-Headers: content-type
//! ```
//!
//! ## Fix
//! Do not send the header where it has no use. If it must stay, let the preflight be cached:
//! `Access-Control-Max-Age: 600`.
//!
//! ## Browsers' messages
//! none
//!
//! ## Standard
//! Fetch, CORS-safelisted request-header: <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "avoidable-preflight",
    family: Family::Surprise,
    summary: "preflights caused only by choices of the client",
    severity: Severity::Note,
    codes: codes(None, None, None),
    file: include_str!("avoidable_preflight.rs"),
};
