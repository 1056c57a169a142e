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

use Violation as V;

impl Violation {
    pub const ALL: [Self; 16] = [
        V::PreflightStatus,
        V::PreflightRedirect,
        V::PreflightOriginMissing,
        V::PreflightOriginMismatch,
        V::PreflightMethod,
        V::PreflightHeader,
        V::PreflightAuthorizationUnderWildcard,
        V::OriginMissing,
        V::ErrorWithoutFields,
        V::OriginMismatch,
        V::OriginMultiple,
        V::WildcardWithCredentials,
        V::CredentialsMissing,
        V::CredentialsNotTrue,
        V::PreflightUnseen,
        V::PreflightExpired,
    ];

    pub fn name(self) -> &'static str {
        match self {
            V::PreflightStatus => "preflight-bad-status",
            V::PreflightRedirect => "preflight-redirect",
            V::PreflightOriginMissing => "preflight-acao-missing",
            V::PreflightOriginMismatch => "preflight-acao-mismatch",
            V::PreflightMethod => "preflight-method-not-allowed",
            V::PreflightHeader => "preflight-header-not-allowed",
            V::PreflightAuthorizationUnderWildcard => "preflight-wildcard-authorization",
            V::OriginMissing => "acao-missing",
            V::ErrorWithoutFields => "error-without-fields",
            V::OriginMismatch => "acao-mismatch",
            V::OriginMultiple => "acao-multiple",
            V::WildcardWithCredentials => "acao-wildcard-credentials",
            V::CredentialsMissing => "acac-missing",
            V::CredentialsNotTrue => "acac-not-true",
            V::PreflightUnseen => "preflight-missing",
            V::PreflightExpired => "preflight-expired",
        }
    }

    /// The rule that must fire; `None` where nothing is wrong: what is not in a capture proves nothing.
    pub fn rule(self) -> Option<&'static str> {
        Some(match self {
            V::PreflightStatus => "preflight-status",
            V::PreflightRedirect => "preflight-redirect",
            V::PreflightOriginMissing => "preflight-allow-origin-missing",
            V::PreflightOriginMismatch => "preflight-allow-origin-mismatch",
            V::PreflightMethod => "preflight-method-not-allowed",
            V::PreflightHeader => "preflight-header-not-allowed",
            V::PreflightAuthorizationUnderWildcard => "preflight-authorization-under-wildcard",
            V::OriginMissing | V::ErrorWithoutFields => "allow-origin-missing",
            V::OriginMismatch => "allow-origin-mismatch",
            V::OriginMultiple => "allow-origin-multiple",
            V::WildcardWithCredentials => "allow-origin-wildcard-with-credentials",
            V::CredentialsMissing | V::CredentialsNotTrue => "allow-credentials-not-true",
            V::PreflightUnseen | V::PreflightExpired => return None,
        })
    }

    /// Whether the preflight's answer is at fault. Browsers then never send the actual request.
    pub fn stops_preflight(self) -> bool {
        matches!(
            self,
            V::PreflightStatus
                | V::PreflightRedirect
                | V::PreflightOriginMissing
                | V::PreflightOriginMismatch
                | V::PreflightMethod
                | V::PreflightHeader
                | V::PreflightAuthorizationUnderWildcard
        )
    }

    /// Whether it takes a call that is preflighted.
    pub fn needs_preflight(self) -> bool {
        self.stops_preflight() || matches!(self, V::PreflightUnseen | V::PreflightExpired)
    }

    /// Whether it takes a call with, or without, credentials.
    pub fn needs_credentials(self) -> Option<bool> {
        match self {
            V::WildcardWithCredentials | V::CredentialsMissing | V::CredentialsNotTrue => {
                Some(true)
            }
            V::PreflightAuthorizationUnderWildcard => Some(false),
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
