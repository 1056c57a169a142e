//! # orb-blocked
//!
//! ## What happened
//! A page loaded something as image, script or media from another origin, and got HTML or JSON instead. The browser
//! withheld the answer.
//!
//! ## Why the browser refuses
//! Opaque Response Blocking keeps data that no image or script element can use out of the page's process, where it
//! could be stolen by side channels.
//!
//! ## How corsight tells
//! The recorder's error is `net::ERR_BLOCKED_BY_ORB`. The answer's `Content-Type` is shown: often it is the HTML of an
//! error or login page.
//!
//! ## Example
//! ```text
//! <img src="https://cdn.example.net/7">          HTTP/1.1 404 Not Found
//!                                                Content-Type: text/html
//! ```
//!
//! ## Fix
//! Correct the URL or the `Content-Type`. To read data, use `fetch` and let the server allow the page's origin.
//!
//! ## Browsers' messages
//! - Chromium: `net::ERR_BLOCKED_BY_ORB`
//! - Firefox: A resource is blocked by OpaqueResponseBlocking, please check browser console for details.
//! - Safari: none
//!
//! ## Standard
//! Opaque Response Blocking (Fetch): <https://fetch.spec.whatwg.org/#orb>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "orb-blocked",
    family: Family::Beside,
    summary: "an opaque answer of an unexpected type was blocked",
    severity: Severity::Depends,
    codes: codes(Some("net::ERR_BLOCKED_BY_ORB"), None, None),
    file: include_str!("orb_blocked.rs"),
};
