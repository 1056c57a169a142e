//! # network-failed
//!
//! ## What happened
//! The name could not be resolved, the connection was refused or broken, or the certificate was not accepted. To the
//! script it looks just like a CORS failure: `TypeError: Failed to fetch`.
//!
//! ## Why it is no CORS failure
//! There was no answer that a CORS rule could have judged. Repair the connection first; then see what the answer says.
//!
//! ## How corsight tells
//! The recorder's error text: `net::ERR_CONNECTION_REFUSED`, `net::ERR_NAME_NOT_RESOLVED`, `net::ERR_CERT_…`,
//! `net::ERR_CONNECTION_TIMED_OUT`, `net::ERR_HTTP2_PROTOCOL_ERROR` and the like. When a preflight cannot connect, both
//! it and the actual request carry the same error.
//!
//! ## Example
//! ```text
//! OPTIONS https://localhost:7001/users           net::ERR_CERT_AUTHORITY_INVALID
//! ```
//!
//! ## Fix
//! By error: start the server or correct the port (refused); trust the development certificate by opening the URL in a
//! tab once (cert); look at firewalls (timed out). Firefox says "CORS request did not succeed" in all these cases.
//!
//! ## Browsers' messages
//! - Chromium: the `net::ERR_…` text
//! - Firefox: Cross-Origin Request Blocked: … (Reason: CORS request did not succeed). Status code: (null).
//! - Safari: Could not connect to the server. / The certificate for this server is invalid.
//!
//! ## Standard
//! Fetch, network error: <https://fetch.spec.whatwg.org/#concept-network-error>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "network-failed",
    family: Family::Beside,
    summary: "the network failed, which scripts cannot tell from CORS",
    severity: Severity::Note,
    codes: codes(
        None,
        Some("CORSDidNotSucceed2"),
        Some("Could not connect to the server"),
    ),
    file: include_str!("network_failed.rs"),
};
