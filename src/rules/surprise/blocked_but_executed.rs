//! # blocked-but-executed
//!
//! ## What happened
//! The page saw a CORS error, but the server has done the work: the order is placed, the mail is sent.
//!
//! ## Why that is so
//! CORS guards the *answer*. A simple `POST`, or any request after a passed preflight, reaches the server and is
//! executed before the browser looks at the answer's headers. Users then press the button again.
//!
//! ## How corsight tells
//! An evidence line of the findings about actual answers, where the method changes something and the status is 2xx.
//!
//! ## Example
//! ```text
//! POST /orders HTTP/1.1                  HTTP/1.1 201 Created
//! Origin: https://app.example.com        (no Access-Control-Allow-Origin)
//! ```
//!
//! ## Fix
//! Repair the headers. Make unsafe requests idempotent, and do not rely on CORS against forged requests: check a CSRF
//! token or the `Origin` on the server.
//!
//! ## Browsers' messages
//! Those of the finding that it is attached to.
//!
//! ## Standard
//! Fetch, CORS protocol: <https://fetch.spec.whatwg.org/#http-cors-protocol>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "blocked-but-executed",
    family: Family::Surprise,
    summary: "the server carried out a request whose answer the page could not read",
    severity: Severity::Note,
    codes: codes(None, None, None),
    file: include_str!("blocked_but_executed.rs"),
};
