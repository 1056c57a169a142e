//! # response-blocked-from-cache
//!
//! ## What happened
//! The browser refused an answer that never came over the wire: it took a stored copy of the same URL, and that copy
//! does not allow the page's origin.
//!
//! ## Why the browser refuses
//! The copy was made for another kind of request: an `<img>` or link without CORS, or a page of another origin. Its
//! headers are judged now. Without `Vary: Origin` the cache cannot know that the answer would have differed.
//!
//! ## How corsight tells
//! Chromium recorded `net::ERR_FAILED` without any answer, and an earlier entry for the same URL was cacheable, without
//! a usable `Access-Control-Allow-Origin` and without `Vary: Origin`. Or a 304 that the browser refused. Firefox
//! fetches anew.
//!
//! ## Example
//! ```text
//! <img src="https://cdn.example.net/logo.svg">       200, Cache-Control: max-age=3600, no CORS header
//! fetch("https://cdn.example.net/logo.svg")          blocked, nothing on the wire
//! ```
//!
//! ## Fix
//! Send `Access-Control-Allow-Origin` always, also to requests without `Origin`; or `Vary: Origin` with *every* answer.
//! Add `crossorigin` to the tag that loads first. Purge the caches afterwards.
//!
//! ## Browsers' messages
//! - Chromium: No 'Access-Control-Allow-Origin' header is present on the requested resource.
//!   (`MissingAllowOriginHeader`)
//! - Firefox: CORS header 'Access-Control-Allow-Origin' missing (after revalidation only)
//! - Safari: Origin … is not allowed by Access-Control-Allow-Origin
//!
//! ## Standard
//! Fetch, CORS protocol and HTTP caches: <https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "response-blocked-from-cache",
    family: Family::Beside,
    summary: "the browser's cache held a copy that does not allow the origin",
    severity: Severity::Depends,
    codes: codes(
        Some("MissingAllowOriginHeader"),
        Some("CORSMissingAllowOrigin2"),
        Some("is not allowed by Access-Control-Allow-Origin"),
    ),
    file: include_str!("response_blocked_from_cache.rs"),
};
