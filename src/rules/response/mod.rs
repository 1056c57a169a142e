//! Family A: the CORS check of answers and redirects.

pub(crate) mod allow_credentials_not_true;
pub(crate) mod allow_origin_invalid;
pub(crate) mod allow_origin_mismatch;
pub(crate) mod allow_origin_missing;
pub(crate) mod allow_origin_multiple;
pub(crate) mod allow_origin_wildcard_with_credentials;
pub(crate) mod redirect_origin_became_null;
pub(crate) mod redirect_response_not_cors;
pub(crate) mod redirect_to_credentials_url;
pub(crate) mod redirect_to_non_http;
pub(crate) mod redirect_too_many;

use super::case::{Case, Draft};
use crate::fetch::CheckFailure;

/// What the rule for a failed CORS check of an answer says.
pub(crate) fn of_check(case: &Case<'_>, check: CheckFailure) -> Draft {
    match check {
        CheckFailure::Missing => allow_origin_missing::draft(case),
        CheckFailure::WildcardWithCredentials => {
            allow_origin_wildcard_with_credentials::draft(case)
        }
        CheckFailure::Multiple => allow_origin_multiple::draft(case),
        CheckFailure::Invalid => allow_origin_invalid::draft(case),
        CheckFailure::Mismatch if case.is_tainted() => redirect_origin_became_null::draft(case),
        CheckFailure::Mismatch => allow_origin_mismatch::draft(case),
        CheckFailure::CredentialsNotTrue => allow_credentials_not_true::draft(case),
    }
}
