//! # risk-reflects-any-origin
//!
//! ## What happened
//! The server allows any origin that asks: it copies `Origin` into `Access-Control-Allow-Origin`. It does not allow
//! credentials.
//!
//! ## Why it matters
//! Every page can read what this server answers. For public data that is meant; for anything that is guarded by the
//! network (an intranet, `localhost`) or by a guessable URL it is not. `*` would say the same more honestly, and caches
//! better.
//!
//! ## How corsight tells
//! Two or more unrelated origins were accepted on the host and none was refused; or one whose name says that it is a
//! test (`evil.…`, `example.com`). A HAR shows one page only, so there it is at most possible.
//!
//! ## Example
//! ```text
//! Origin: https://evil.example            Access-Control-Allow-Origin: https://evil.example
//! ```
//!
//! ## Fix
//! If the data is public, answer `*`. If not, keep a list of exact origins and answer with the one that matched, with
//! `Vary: Origin`.
//!
//! ## Browsers' messages
//! none: browsers allow it.
//!
//! ## Standard
//! Fetch, CORS protocol: <https://fetch.spec.whatwg.org/#http-cors-protocol>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "risk-reflects-any-origin",
    family: Family::Risk,
    summary: "any origin is allowed by copying it",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("reflects_any_origin.rs"),
};
