//! What is said to the reader about the credentials mode.

use super::case::{Case, evidence as fact};
use crate::cors::{Credentials, CredentialsMode};
use crate::finding::{Confidence, Evidence, MessageKind};

/// `include (the request carried Cookie)`, `unknown (sanitized export)`, `unknown`.
pub(crate) fn text(credentials: &Credentials) -> String {
    let mode = match (credentials.mode, credentials.confidence) {
        (CredentialsMode::Unknown, _) if credentials.sanitized => {
            return "unknown (sanitized export)".to_owned();
        }
        (CredentialsMode::Unknown, _) => return "unknown".to_owned(),
        (CredentialsMode::Include, Confidence::Possible) => "unknown, perhaps include",
        (CredentialsMode::Include, _) => "include",
        (CredentialsMode::Omit, _) => "omit",
    };
    match credentials.evidence.first() {
        Some(first) => format!("{mode} ({})", first.text()),
        None => mode.to_owned(),
    }
}

/// The evidence for the mode, one line each; a line that says what is missing when there is none.
pub(crate) fn evidence(case: &Case<'_>) -> Vec<Evidence> {
    let credentials = &case.fetch.credentials;
    if credentials.evidence.is_empty() {
        return vec![fact(
            MessageKind::ActualRequest,
            "credentials",
            text(credentials),
            "nothing in the recording shows whether credentials were included",
        )];
    }
    credentials
        .evidence
        .iter()
        .map(|reason| {
            fact(
                MessageKind::Recorded,
                "credentials",
                text(credentials),
                reason.text(),
            )
        })
        .collect()
}
