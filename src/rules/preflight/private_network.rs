//! # preflight-private-network
//!
//! ## What happened
//! A Chromium of the years 2022 to 2025 asked, with `Access-Control-Request-Private-Network: true`, whether a page of
//! the public internet may talk to a server in a private network, and the answer did not allow it.
//!
//! ## Why it matters
//! In those versions it was a warning; the request went on. Today's Chromium asks the user for a permission instead
//! (local network access), and these headers mean nothing any more.
//!
//! ## How corsight tells
//! The preflight carries the request header, and `Access-Control-Allow-Private-Network` in the answer is not `true`.
//!
//! ## Example
//! ```text
//! OPTIONS /status HTTP/1.1                        HTTP/1.1 204 No Content
//! Host: 192.168.1.20                              Access-Control-Allow-Origin: https://app.example.com
//! Access-Control-Request-Private-Network: true
//! ```
//!
//! ## Fix
//! For old browsers only: answer `Access-Control-Allow-Private-Network: true`. For today's: see `local-network-access`.
//!
//! ## Browsers' messages
//! - Chromium (old): No 'Access-Control-Allow-Private-Network' header was present in the preflight response
//! - Firefox, Safari: none
//!
//! ## Standard
//! Private Network Access (draft, abandoned)

use crate::finding::{MessageKind, Severity};
use crate::rules::case::{Case, Draft, evidence};
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "preflight-private-network",
    family: Family::Preflight,
    summary: "the preflight's answer does not allow private network access (old Chromium)",
    severity: Severity::Note,
    codes: codes(None, None, None),
    file: include_str!("private_network.rs"),
};

/// Fires by itself: it is never the reason of a refusal.
pub(crate) fn draft(case: &Case<'_>) -> Option<Draft> {
    let asks = case
        .hop
        .preflight()?
        .request_field("access-control-request-private-network")
        == Some("true");
    let name = "access-control-allow-private-network";
    let allows = case.value(name).is_some_and(|value| value == "true");
    (asks && !allows && case.answer().is_some()).then(|| {
        Draft::new(
            &RULE,
            "an older Chromium asked for private network access; today's asks the user instead, so this is information only",
        )
        .evidence([
            evidence(MessageKind::PreflightRequest, "access-control-request-private-network", "true", ""),
            case.field(name, "not true", Some("")),
        ])
    })
}
