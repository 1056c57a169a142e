//! The browsers' own names for a failure.
//!
//! Chromium: `CorsError` of the DevTools protocol, or the `net::` error. Firefox: key of the console message. WebKit
//! has no codes; the words that its console message contains.

use crate::cors::judge::{Failure, Reason};
use crate::fetch::{Browser, CheckFailure, PreflightFailure};
use crate::finding::Codes;
use crate::http::Fields;

pub(crate) const W_ORIGIN: &str = "is not allowed by Access-Control-Allow-Origin";
pub(crate) const W_STATUS: &str = "Preflight response is not successful";
pub(crate) const W_WILDCARD: &str =
    "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true";
pub(crate) const W_MULTIPLE: &str =
    "Access-Control-Allow-Origin cannot contain more than one origin";
pub(crate) const W_CREDENTIALS: &str =
    "Credentials flag is true, but Access-Control-Allow-Credentials is not \"true\"";
pub(crate) const W_METHODS: &str = "Header Access-Control-Allow-Methods has an invalid value";
pub(crate) const W_HEADERS: &str = "Header Access-Control-Allow-Headers has an invalid value";
pub(crate) const W_METHOD: &str = "is not allowed by Access-Control-Allow-Methods";
pub(crate) const W_HEADER: &str = "is not allowed by Access-Control-Allow-Headers";
pub(crate) const W_REDIRECT: &str = "denied by Cross-Origin Resource Sharing policy";
pub(crate) const W_USERINFO: &str = "redirection URL has credentials";
pub(crate) const W_SCHEME: &str =
    "not allowed to follow a cross-origin redirection to non CORS scheme";
pub(crate) const W_LIMIT: &str = "more than 20 redirections";
pub(crate) const W_NETWORK: &str = "The network connection was lost";

/// A set of codes, for the registry.
pub(crate) const fn codes(
    chromium: Option<&'static str>,
    firefox: Option<&'static str>,
    webkit: Option<&'static str>,
) -> Codes {
    Codes {
        chromium,
        firefox,
        webkit,
    }
}

/// What `browser` calls a failure; `fields` are those of the answer that failed.
pub(crate) fn code(failure: &Failure, fields: &Fields, browser: Browser) -> Option<&'static str> {
    match browser {
        Browser::Chromium => chromium(failure, fields),
        Browser::Firefox => Some(firefox(failure, fields)),
        Browser::WebKit => Some(webkit(failure, fields)),
    }
}

fn chromium(failure: &Failure, fields: &Fields) -> Option<&'static str> {
    Some(match &failure.reason {
        Reason::PreflightUnanswered => return None,
        Reason::Preflight(PreflightFailure::Check(check)) => match check {
            CheckFailure::Missing => "PreflightMissingAllowOriginHeader",
            CheckFailure::WildcardWithCredentials => "PreflightWildcardOriginNotAllowed",
            CheckFailure::Multiple => "PreflightMultipleAllowOriginValues",
            CheckFailure::Invalid => "PreflightInvalidAllowOriginValue",
            CheckFailure::Mismatch => "PreflightAllowOriginMismatch",
            CheckFailure::CredentialsNotTrue => "PreflightInvalidAllowCredentials",
        },
        Reason::Preflight(other) => match other {
            PreflightFailure::ProxyAuth => "net::ERR_UNEXPECTED_PROXY_AUTH",
            PreflightFailure::Redirect => "PreflightDisallowedRedirect",
            PreflightFailure::MethodsUnparsable(_) => "InvalidAllowMethodsPreflightResponse",
            PreflightFailure::HeadersUnparsable(_) => "InvalidAllowHeadersPreflightResponse",
            PreflightFailure::Method => "MethodDisallowedByPreflightResponse",
            PreflightFailure::Headers(_) => "HeaderDisallowedByPreflightResponse",
            PreflightFailure::Status | PreflightFailure::Check(_) => "PreflightInvalidStatus",
        },
        Reason::Answer(check) | Reason::Redirect(check) => match check {
            CheckFailure::Missing => "MissingAllowOriginHeader",
            CheckFailure::WildcardWithCredentials => "WildcardOriginNotAllowed",
            CheckFailure::Multiple => "MultipleAllowOriginValues",
            CheckFailure::Invalid => "InvalidAllowOriginValue",
            CheckFailure::Mismatch => "AllowOriginMismatch",
            CheckFailure::CredentialsNotTrue => "InvalidAllowCredentials",
        },
        Reason::RedirectUserinfo => "RedirectContainsCredentials",
        Reason::RedirectScheme if is_unsafe_target(fields) => "net::ERR_UNSAFE_REDIRECT",
        Reason::RedirectScheme => "CorsDisabledScheme",
        Reason::RedirectLimit => "net::ERR_TOO_MANY_REDIRECTS",
    })
}

/// Whether a redirect leads to a scheme that Chromium's network stack knows and never redirects to; the others it leaves
/// to the CORS protocol.
fn is_unsafe_target(fields: &Fields) -> bool {
    const UNSAFE: [&str; 5] = ["about", "blob", "data", "file", "filesystem"];
    fields
        .first("location")
        .and_then(|target| target.split_once(':'))
        .is_some_and(|(scheme, _)| {
            UNSAFE
                .iter()
                .any(|own| own.eq_ignore_ascii_case(scheme.trim()))
        })
}

fn firefox(failure: &Failure, fields: &Fields) -> &'static str {
    match &failure.reason {
        Reason::PreflightUnanswered
        | Reason::RedirectUserinfo
        | Reason::RedirectScheme
        | Reason::RedirectLimit => "CORSDidNotSucceed2",
        Reason::Preflight(PreflightFailure::Check(check))
        | Reason::Answer(check)
        | Reason::Redirect(check) => match check {
            CheckFailure::Missing => "CORSMissingAllowOrigin2",
            CheckFailure::WildcardWithCredentials => "CORSNotSupportingCredentials",
            // Firefox calls only repeated lines multiple; a list in one line is a wrong origin.
            CheckFailure::Multiple if is_repeated(fields) => "CORSMultipleAllowOriginNotAllowed",
            CheckFailure::Multiple | CheckFailure::Invalid | CheckFailure::Mismatch => {
                "CORSAllowOriginNotMatchingOrigin"
            }
            CheckFailure::CredentialsNotTrue => "CORSMissingAllowCredentials",
        },
        Reason::Preflight(other) => match other {
            PreflightFailure::Redirect => "CORSExternalRedirectNotAllowed",
            PreflightFailure::MethodsUnparsable(_) => "CORSInvalidAllowMethod",
            PreflightFailure::HeadersUnparsable(_) => "CORSInvalidAllowHeader",
            PreflightFailure::Method => "CORSMethodNotFound",
            PreflightFailure::Headers(_) => "CORSMissingAllowHeaderFromPreflight2",
            PreflightFailure::ProxyAuth | PreflightFailure::Status | PreflightFailure::Check(_) => {
                "CORSPreflightDidNotSucceed3"
            }
        },
    }
}

/// Whether two lines are spelled alike: Firefox counts no others.
fn is_repeated(fields: &Fields) -> bool {
    let mut names = fields
        .iter()
        .map(|(name, _)| name)
        .filter(|name| name.eq_ignore_ascii_case("access-control-allow-origin"));
    let first = names.next();
    names.any(|name| Some(name) == first)
}

fn webkit(failure: &Failure, fields: &Fields) -> &'static str {
    match &failure.reason {
        Reason::PreflightUnanswered => W_NETWORK,
        Reason::Redirect(_) => W_REDIRECT,
        Reason::RedirectUserinfo => W_USERINFO,
        Reason::RedirectScheme => W_SCHEME,
        Reason::RedirectLimit => W_LIMIT,
        Reason::Preflight(PreflightFailure::Check(check)) | Reason::Answer(check) => match check {
            CheckFailure::WildcardWithCredentials => W_WILDCARD,
            CheckFailure::CredentialsNotTrue => W_CREDENTIALS,
            CheckFailure::Multiple if has_comma(fields) => W_MULTIPLE,
            _ => W_ORIGIN,
        },
        Reason::Preflight(other) => match other {
            PreflightFailure::MethodsUnparsable(_) => W_METHODS,
            PreflightFailure::HeadersUnparsable(_) => W_HEADERS,
            PreflightFailure::Method => W_METHOD,
            PreflightFailure::Headers(_) => W_HEADER,
            _ => W_STATUS,
        },
    }
}

/// WebKit joins repeated lines with commas before it looks.
fn has_comma(fields: &Fields) -> bool {
    fields
        .combined("access-control-allow-origin")
        .is_some_and(|value| value.contains(','))
}
