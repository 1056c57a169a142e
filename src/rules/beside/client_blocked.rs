//! # client-blocked
//!
//! ## What happened
//! An extension of the browser, usually an ad or tracking blocker, stopped the request.
//!
//! ## Why the browser refuses
//! It was told to. The request never left, and no server can change that.
//!
//! ## How corsight tells
//! The recorder's error is `net::ERR_BLOCKED_BY_CLIENT` (or `…BY_ADMINISTRATOR`, by policy of a company).
//!
//! ## Example
//! ```text
//! fetch("https://api.example.com/analytics/events")      net::ERR_BLOCKED_BY_CLIENT
//! ```
//!
//! ## Fix
//! Try in a window without extensions. Paths with words such as `ads`, `analytics` or `track` are on many block lists:
//! name your own routes differently.
//!
//! ## Browsers' messages
//! - Chromium: `net::ERR_BLOCKED_BY_CLIENT`
//! - Firefox: the extension's own, or none
//! - Safari: Blocked by content extension
//!
//! ## Standard
//! none

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "client-blocked",
    family: Family::Beside,
    summary: "an extension or ad blocker stopped the request",
    severity: Severity::Note,
    codes: codes(
        Some("net::ERR_BLOCKED_BY_CLIENT"),
        None,
        Some("Blocked by content extension"),
    ),
    file: include_str!("client_blocked.rs"),
};
