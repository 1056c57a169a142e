//! One file per pattern; the doc comment of each is its manual page. The order here is that of explanation: a failure
//! belongs to the first pattern that fits.

pub(super) mod auth_before_cors;
pub(super) mod canonical_redirect;
pub(super) mod errors_lack_cors;
pub(super) mod login_redirect;
pub(super) mod options_unrouted;
pub(super) mod origin_not_listed;
pub(super) mod two_layers;
