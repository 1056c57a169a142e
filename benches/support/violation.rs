//! What the generator does wrong on purpose, and which rule must say so.

use super::random::Random;

/// A fault of a server's CORS answers. One call carries one at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Violation {
    PreflightStatus,
    PreflightRedirect,
    PreflightOriginMissing,
    PreflightOriginMismatch,
    PreflightMethod,
    PreflightHeader,
    PreflightAuthorizationUnderWildcard,
    OriginMissing,
    /// A 5xx that a gateway makes by itself.
    ErrorWithoutFields,
    OriginMismatch,
    OriginMultiple,
    WildcardWithCredentials,
    CredentialsMissing,
    CredentialsNotTrue,
    /// No violation: the capture began after the preflight.
    PreflightUnseen,
    /// No violation: the answer to the preflight is too old, and a new preflight is not in the capture.
    PreflightExpired,
}

impl Violation {
    pub const ALL: [Self; 16] = [
        Self::PreflightStatus,
        Self::PreflightRedirect,
        Self::PreflightOriginMissing,
        Self::PreflightOriginMismatch,
        Self::PreflightMethod,
        Self::PreflightHeader,
        Self::PreflightAuthorizationUnderWildcard,
        Self::OriginMissing,
        Self::ErrorWithoutFields,
        Self::OriginMismatch,
        Self::OriginMultiple,
        Self::WildcardWithCredentials,
        Self::CredentialsMissing,
        Self::CredentialsNotTrue,
        Self::PreflightUnseen,
        Self::PreflightExpired,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::PreflightStatus => "preflight-bad-status",
            Self::PreflightRedirect => "preflight-redirect",
            Self::PreflightOriginMissing => "preflight-acao-missing",
            Self::PreflightOriginMismatch => "preflight-acao-mismatch",
            Self::PreflightMethod => "preflight-method-not-allowed",
            Self::PreflightHeader => "preflight-header-not-allowed",
            Self::PreflightAuthorizationUnderWildcard => "preflight-wildcard-authorization",
            Self::OriginMissing => "acao-missing",
            Self::ErrorWithoutFields => "error-without-fields",
            Self::OriginMismatch => "acao-mismatch",
            Self::OriginMultiple => "acao-multiple",
            Self::WildcardWithCredentials => "acao-wildcard-credentials",
            Self::CredentialsMissing => "acac-missing",
            Self::CredentialsNotTrue => "acac-not-true",
            Self::PreflightUnseen => "preflight-missing",
            Self::PreflightExpired => "preflight-expired",
        }
    }

    /// The rule that must fire; `None` where nothing is wrong: what is not in a capture proves nothing.
    pub fn rule(self) -> Option<&'static str> {
        Some(match self {
            Self::PreflightStatus => "preflight-status",
            Self::PreflightRedirect => "preflight-redirect",
            Self::PreflightOriginMissing => "preflight-allow-origin-missing",
            Self::PreflightOriginMismatch => "preflight-allow-origin-mismatch",
            Self::PreflightMethod => "preflight-method-not-allowed",
            Self::PreflightHeader => "preflight-header-not-allowed",
            Self::PreflightAuthorizationUnderWildcard => "preflight-authorization-under-wildcard",
            Self::OriginMissing | Self::ErrorWithoutFields => "allow-origin-missing",
            Self::OriginMismatch => "allow-origin-mismatch",
            Self::OriginMultiple => "allow-origin-multiple",
            Self::WildcardWithCredentials => "allow-origin-wildcard-with-credentials",
            Self::CredentialsMissing | Self::CredentialsNotTrue => "allow-credentials-not-true",
            Self::PreflightUnseen | Self::PreflightExpired => return None,
        })
    }

    /// Whether the preflight's answer is at fault. Browsers then never send the actual request.
    pub fn stops_preflight(self) -> bool {
        matches!(
            self,
            Self::PreflightStatus
                | Self::PreflightRedirect
                | Self::PreflightOriginMissing
                | Self::PreflightOriginMismatch
                | Self::PreflightMethod
                | Self::PreflightHeader
        )
    }

    /// Whether it takes a call that is preflighted.
    pub fn needs_preflight(self) -> bool {
        self.stops_preflight()
            || matches!(
                self,
                // The standard says no, and every browser lets it pass.
                Self::PreflightAuthorizationUnderWildcard
                    | Self::PreflightUnseen
                    | Self::PreflightExpired
            )
    }

    /// Whether it takes a call with, or without, credentials.
    pub fn needs_credentials(self) -> Option<bool> {
        match self {
            Self::WildcardWithCredentials | Self::CredentialsMissing | Self::CredentialsNotTrue => {
                Some(true)
            }
            Self::PreflightAuthorizationUnderWildcard => Some(false),
            _ => None,
        }
    }

    /// An `Access-Control-Allow-Origin` that does not name `origin`.
    pub fn other_origin(origin: &str, random: &mut Random) -> String {
        match random.below(4) {
            0 => "http://other.example.com".to_owned(),
            1 => format!("{origin}/"),
            2 => "null".to_owned(),
            _ => origin.replace("://app", "://old-app"),
        }
    }
}
