//! Family B: the preflight.

pub(crate) mod allow_credentials_not_true;
pub(crate) mod allow_headers_unparsable;
pub(crate) mod allow_methods_unparsable;
pub(crate) mod allow_origin_invalid;
pub(crate) mod allow_origin_mismatch;
pub(crate) mod allow_origin_missing;
pub(crate) mod allow_origin_multiple;
pub(crate) mod allow_origin_wildcard_with_credentials;
pub(crate) mod authorization_under_wildcard;
pub(crate) mod header_not_allowed;
pub(crate) mod method_not_allowed;
pub(crate) mod no_response;
pub(crate) mod private_network;
pub(crate) mod proxy_auth;
pub(crate) mod redirect;
pub(crate) mod status;

use super::case::{Case, Draft};
use super::response;
use crate::fetch::{CheckFailure, PreflightFailure};

/// What the rule for a failed preflight says.
pub(crate) fn of_failure(case: &Case<'_>, failure: &PreflightFailure) -> Draft {
    match failure {
        PreflightFailure::ProxyAuth => proxy_auth::draft(case),
        PreflightFailure::Redirect => redirect::draft(case),
        PreflightFailure::Check(check) => of_check(case, *check),
        PreflightFailure::Status => status::draft(case),
        PreflightFailure::MethodsUnparsable(element) => {
            allow_methods_unparsable::draft(case, element)
        }
        PreflightFailure::HeadersUnparsable(element) => {
            allow_headers_unparsable::draft(case, element)
        }
        PreflightFailure::Method => method_not_allowed::draft(case),
        PreflightFailure::Headers(missing) => header_not_allowed::draft(case, missing),
    }
}

fn of_check(case: &Case<'_>, check: CheckFailure) -> Draft {
    match check {
        CheckFailure::Missing => allow_origin_missing::draft(case),
        CheckFailure::WildcardWithCredentials => {
            response::allow_origin_wildcard_with_credentials::explain(
                case,
                &allow_origin_wildcard_with_credentials::RULE,
            )
        }
        CheckFailure::Multiple => {
            response::allow_origin_multiple::explain(case, &allow_origin_multiple::RULE)
        }
        CheckFailure::Invalid => {
            response::allow_origin_invalid::explain(case, &allow_origin_invalid::RULE)
        }
        CheckFailure::Mismatch => {
            response::allow_origin_mismatch::explain(case, &allow_origin_mismatch::RULE)
        }
        CheckFailure::CredentialsNotTrue => {
            response::allow_credentials_not_true::explain(case, &allow_credentials_not_true::RULE)
        }
    }
}
