//! # corp-blocked
//!
//! ## What happened
//! A page loaded an image, a script or the like from another origin without CORS, and the answer's
//! `Cross-Origin-Resource-Policy` (CORP) forbids that.
//!
//! ## Why the browser refuses
//! With CORP a server says who may embed a resource: `same-origin`, `same-site` or `cross-origin`. A page with
//! `Cross-Origin-Embedder-Policy: require-corp` even demands that everything it embeds says so.
//!
//! ## How corsight tells
//! The recorder's error is `net::ERR_BLOCKED_BY_RESPONSE` with its reason (`NotSameOrigin`, `NotSameSite`,
//! `CoepFrame…`), or nobody says what became of the load and the header on its answer forbids it to this page. The
//! header's value is shown. Requests in mode `cors` are not subject to CORP.
//!
//! ## Example
//! ```text
//! GET /logo.png HTTP/1.1                 HTTP/1.1 200 OK
//! Referer: https://app.example.com/      Cross-Origin-Resource-Policy: same-origin
//! ```
//!
//! ## Fix
//! If others may embed it: send `Cross-Origin-Resource-Policy: cross-origin`. Or load it with CORS: the attribute
//! `crossorigin` on the tag, and `Access-Control-Allow-Origin` in the answer.
//!
//! ## Browsers' messages
//! - Chromium: `net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin`
//! - Firefox: The resource at "…" was blocked due to its Cross-Origin-Resource-Policy header (or lack thereof).
//! - Safari: Cancelled load to … because it violates the resource's Cross-Origin-Resource-Policy response header.
//!
//! ## Standard
//! Fetch, Cross-Origin-Resource-Policy check: <https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "corp-blocked",
    family: Family::Beside,
    summary: "Cross-Origin-Resource-Policy forbids the load",
    severity: Severity::Blocked,
    codes: codes(
        Some("net::ERR_BLOCKED_BY_RESPONSE"),
        None,
        Some(
            "Cancelled load because it violates the resource's Cross-Origin-Resource-Policy response header",
        ),
    ),
    file: include_str!("corp_blocked.rs"),
};
