//! # no-cors-opaque
//!
//! ## What happened
//! A script called `fetch(url, { mode: "no-cors" })`. The request was sent, and the answer is opaque: status 0, no
//! headers, no body for the script.
//!
//! ## Why that is so
//! The mode is for requests whose answer nobody reads, such as beacons. It is often added to silence a CORS error, and
//! then everything seems empty.
//!
//! ## How corsight tells
//! `Sec-Fetch-Mode: no-cors` together with `Sec-Fetch-Dest: empty`: a fetch by script, not an image or script element.
//!
//! ## Example
//! ```text
//! GET /users HTTP/1.1
//! Sec-Fetch-Mode: no-cors
//! Sec-Fetch-Dest: empty
//! ```
//!
//! ## Fix
//! If the answer is needed, remove `mode: "no-cors"` and let the server allow the origin. If it is not, all is well.
//!
//! ## Browsers' messages
//! none; `response.type` is `"opaque"`
//!
//! ## Standard
//! Fetch, opaque filtered response: <https://fetch.spec.whatwg.org/#concept-filtered-response-opaque>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "no-cors-opaque",
    family: Family::Surprise,
    summary: "a script fetched with mode no-cors, so it cannot read the answer",
    severity: Severity::Note,
    codes: codes(None, None, None),
    file: include_str!("no_cors_opaque.rs"),
};
