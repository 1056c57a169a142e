//! The credentials mode of a request: never on the wire, so inferred from evidence, or unknown.

use crate::finding::Confidence;

/// Whether credentials were included, and why we think so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The conclusion.
    pub mode: CredentialsMode,
    /// How sure; meaningless for [`CredentialsMode::Unknown`].
    pub confidence: Confidence,
    /// What it rests on, strongest first.
    pub evidence: Vec<CredentialsEvidence>,
    /// The export was stripped of cookies and authorization, so that their absence means nothing.
    pub sanitized: bool,
}

/// The credentials mode (Fetch `#concept-request-credentials-mode`) as far as a cross-origin request is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialsMode {
    /// `include`.
    Include,
    /// `omit` or `same-origin`.
    Omit,
    /// It cannot be told.
    Unknown,
}

/// One reason for a conclusion about credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialsEvidence {
    /// The cross-origin request carried `Cookie`.
    CookieSent,
    /// The request carried `Sec-Fetch-Storage-Access`, which goes with credentials only.
    StorageAccessField,
    /// The request carried `Authorization` that its preflight did not announce: the browser attached it.
    AuthorizationAttached,
    /// `sendBeacon` always includes credentials.
    Beacon,
    /// The browser refused although everything passes without credentials.
    RefusedOtherwiseFine,
    /// The answer reached the page although it fails with credentials.
    DeliveredWithoutPermission,
    /// No actual request followed a preflight that passes without credentials and fails with them.
    NothingFollowed,
    /// The actual request followed a preflight that fails with credentials.
    FollowedWithoutPermission,
    /// A font, a module script or a manifest: loaded without credentials unless asked for.
    AnonymousByDefault,
}

impl Credentials {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        mode: CredentialsMode::Unknown,
        confidence: Confidence::Possible,
        evidence: Vec::new(),
        sanitized: false,
    };
}

impl CredentialsEvidence {
    /// For the reader: `Cookie was sent`.
    pub fn text(self) -> &'static str {
        match self {
            Self::CookieSent => "the request carried Cookie",
            Self::StorageAccessField => "the request carried Sec-Fetch-Storage-Access",
            Self::AuthorizationAttached => {
                "the browser attached Authorization that the preflight did not announce"
            }
            Self::Beacon => "sendBeacon always includes credentials",
            Self::RefusedOtherwiseFine => "the browser refused although everything else passes",
            Self::DeliveredWithoutPermission => {
                "the answer reached the page, which it cannot with credentials"
            }
            Self::NothingFollowed => "no request followed a preflight that is otherwise fine",
            Self::FollowedWithoutPermission => {
                "the request followed a preflight that forbids credentials"
            }
            Self::AnonymousByDefault => "this kind of load has no credentials by default",
        }
    }
}
