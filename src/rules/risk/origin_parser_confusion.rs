//! # risk-origin-parser-confusion
//!
//! ## What happened
//! The server accepted an origin that no browser page can have, or whose host holds unusual characters: a backtick,
//! `%`, `{`, `_`, `@`.
//!
//! ## Why it matters
//! It parses origins by hand, and attackers look for the one character on which its parser and the browser's disagree.
//! Some browsers accept such characters in host names.
//!
//! ## How corsight tells
//! The accepted origin is no valid serialised origin, or its host has a byte outside of letters, digits, dot and
//! hyphen.
//!
//! ## Example
//! ```text
//! Origin: https://example.com`.evil.test  Access-Control-Allow-Origin: https://example.com`.evil.test
//! ```
//!
//! ## Fix
//! Compare the whole `Origin` with a list of exact origins. If patterns are needed, anchor them at both ends and escape
//! the dots: `^https://([a-z0-9-]+\.)?example\.com$`. Answer with `Vary: Origin`.
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
    name: "risk-origin-parser-confusion",
    family: Family::Risk,
    summary: "a malformed origin is accepted",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("origin_parser_confusion.rs"),
};
