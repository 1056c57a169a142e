//! # actual-only-headers
//!
//! ## What happened
//! Simple requests to the server work, since their answers have `Access-Control-Allow-Origin`; requests with a
//! preflight fail, since the answer to `OPTIONS` does not.
//!
//! ## Why the browser refuses
//! The preflight's answer must pass the CORS check itself. Something else answers `OPTIONS`: the router, the web
//! server, the framework's automatic handler.
//!
//! ## How corsight tells
//! A special form of `preflight-allow-origin-missing` (tags `no-options-route`, `options-answered-by-server`), seen
//! over several transactions of one host.
//!
//! ## Example
//! ```text
//! GET /users                             200, Access-Control-Allow-Origin: *
//! OPTIONS /users/7                       405, Allow: GET, POST
//! ```
//!
//! ## Fix
//! Route `OPTIONS` through the layer that adds the headers, ahead of routing.
//!
//! ## Browsers' messages
//! Those of `preflight-allow-origin-missing`.
//!
//! ## Standard
//! Fetch, CORS-preflight fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "actual-only-headers",
    family: Family::Surprise,
    summary: "actual answers have CORS headers, the preflight's answer has none",
    severity: Severity::Blocked,
    codes: codes(
        Some("PreflightMissingAllowOriginHeader"),
        Some("CORSMissingAllowOrigin2"),
        None,
    ),
    file: include_str!("actual_only_headers.rs"),
};
