//! # refusal-not-recorded
//!
//! ## What happened
//! The recording says that the browser refused a cross-origin load, but the answer or the preflight that would show why
//! is not in it.
//!
//! ## Why that is so
//! Some recorders leave out preflights and the headers of refused answers (Playwright, browser automation). In
//! DevTools' own exports it happens when the answer came from a cache, when the network log began too late, when a
//! service worker or an extension stepped in, or when local network access was refused.
//!
//! ## How corsight tells
//! The error is `net::ERR_FAILED`, and nothing that was recorded fails a rule.
//!
//! ## Example
//! ```text
//! PUT https://api.example.com/users/7    status -1, net::ERR_FAILED, no OPTIONS entry
//! ```
//!
//! ## Fix
//! Record again: open DevTools first, tick "Disable cache" and "Preserve log", repeat the request, export with
//! sensitive data if cookies matter. Or capture the traffic on the server's side.
//!
//! ## Browsers' messages
//! - Chromium: any CORS message; the console has the exact one
//! - Firefox: CORS request did not succeed
//! - Safari: … due to access control checks.
//!
//! ## Standard
//! none

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "refusal-not-recorded",
    family: Family::Beside,
    summary: "the browser refused, but the recording does not hold what it refused",
    severity: Severity::Depends,
    codes: codes(
        None,
        Some("CORSDidNotSucceed2"),
        Some("due to access control checks"),
    ),
    file: include_str!("refusal_not_recorded.rs"),
};
