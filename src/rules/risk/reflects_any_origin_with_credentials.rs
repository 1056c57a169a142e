//! # risk-reflects-any-origin-with-credentials
//!
//! ## What happened
//! The server copies `Origin` into `Access-Control-Allow-Origin` and also sends `Access-Control-Allow-Credentials:
//! true`.
//!
//! ## Why it matters
//! Any page that a user visits can make requests with that user's cookies and read the answers: profile, messages, CSRF
//! tokens. This is the worst CORS mistake there is. Browsers refuse `*` with credentials for exactly this reason;
//! reflection gets around it.
//!
//! ## How corsight tells
//! Two or more unrelated origins were accepted with credentials and none was refused, or one whose name says that it is
//! a test. Some frameworks do this by default when told "allow all origins" and "allow credentials".
//!
//! ## Example
//! ```text
//! Origin: https://evil.example            Access-Control-Allow-Origin: https://evil.example
//!                                         Access-Control-Allow-Credentials: true
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
    name: "risk-reflects-any-origin-with-credentials",
    family: Family::Risk,
    summary: "any origin is allowed with credentials",
    severity: Severity::Risk,
    codes: codes(None, None, None),
    file: include_str!("reflects_any_origin_with_credentials.rs"),
};
