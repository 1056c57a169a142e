//! CorsFetch → Finding; one file per rule, its doc comment is the manual page.
//!
//! [`evaluate`] judges one transaction, [`evaluate_other`] an exchange outside of the CORS protocol,
//! [`Survey`] what shows only over many. A rule never sees a packet or a HAR.

mod build;
mod case;
mod codes;
mod credentials;
mod decide;
mod preflight;
mod protocol;
pub mod registry;
mod remedy;
mod response;
pub mod route;
pub mod survey;
mod tags;

pub use registry::{ALL, Family, RuleInfo, find};
pub use survey::Survey;

use crate::cors::{CorsFetch, Role};
use crate::fetch::Browser;
use crate::finding::Finding;
use crate::http::Exchange;

/// How to judge.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policy<'a> {
    /// Whose rules decide; `None`: the engine that made the request, else Chromium's.
    pub browser: Option<Browser>,
    /// Name of the input, for the findings.
    pub source: &'a str,
}

/// Judges one transaction: most important finding first.
///
/// At most one finding of the families A and B: the first check that fails in the browser's order. What else is wrong
/// stands in its `also_wrong`.
pub fn evaluate(fetch: &CorsFetch, policy: &Policy<'_>) -> Vec<Finding> {
    let browser = policy
        .browser
        .or(fetch.browser)
        .unwrap_or(Browser::Chromium);
    protocol::finding(fetch, browser, policy)
        .into_iter()
        .collect()
}

/// Judges an exchange that is not part of a CORS transaction: blocked by something else, or worth a note.
pub fn evaluate_other(exchange: &Exchange, role: Role, policy: &Policy<'_>) -> Vec<Finding> {
    let _ = (exchange, role, policy);
    Vec::new()
}
