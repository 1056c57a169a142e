//! # server-rejected-origin
//!
//! ## What happened
//! The server's own CORS layer refused the request with an error status because the origin is not on its list.
//!
//! ## Why it matters
//! Besides the missing header, which the browser reports, the server did not even run the handler. Some do that for
//! requests of the same site too, when a proxy hides the public name from them.
//!
//! ## How corsight tells
//! Status and words are those of a known layer: 403 `Invalid CORS request` (Spring), 400 `Disallowed CORS origin`
//! (Starlette, FastAPI), 400 `Origin is not allowed to make this request` (actix), 403 `CORSResponse: …` (S3),
//! 403 `CorsPreflightFailure` (Azure Storage).
//!
//! ## Example
//! ```text
//! POST /orders HTTP/1.1                  HTTP/1.1 403 Forbidden
//! Origin: https://shop.example.com       Invalid CORS request
//! ```
//!
//! ## Fix
//! If the origin should be allowed, add it to that layer's list. If the request is same-origin, tell the framework its
//! public name: `X-Forwarded-Proto`, `X-Forwarded-Host`, and the setting that makes it believe them.
//!
//! ## Browsers' messages
//! As for `allow-origin-missing` or `preflight-allow-origin-missing`; none for same-origin requests.
//!
//! ## Standard
//! none

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "server-rejected-origin",
    family: Family::Beside,
    summary: "the server refused the request because of its Origin",
    severity: Severity::Note,
    codes: codes(None, None, None),
    file: include_str!("server_rejected_origin.rs"),
};
