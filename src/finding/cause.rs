//! A root cause: one fault of a server, cache or client that explains many findings.

use super::{Confidence, Evidence, Fix};
use crate::http::Locator;
use crate::time::Timestamp;
use serde::Serialize;

/// A pattern over many exchanges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// The pattern's name: `errors-lack-cors`.
    pub cause: &'static str,
    /// How sure.
    pub confidence: Confidence,
    /// Host and route that it is about: `https://api.example.com /users/{id}`.
    pub scope: String,
    /// One or two sentences with this input's values: what really went wrong.
    pub text: String,
    /// Findings that it explains.
    pub failed: u64,
    /// Transactions of the same scope, failed or not.
    pub total: u64,
    /// First failure.
    pub first: Timestamp,
    /// Last failure.
    pub last: Timestamp,
    /// A few of the exchanges that show it, with their input's name.
    pub examples: Vec<(String, Locator)>,
    /// The facts that it rests on: server addresses, `Server`, `Via`, cache fields.
    pub evidence: Vec<Evidence>,
    /// What to change, best first.
    pub fix: Vec<Fix>,
    /// Fingerprints of the findings that it explains, sorted.
    pub explains: Vec<String>,
}
