//! The list of all cause patterns, in the order in which they may explain a failure.

use super::claim::{Claim, Open};
use super::patterns;
use std::fmt;

/// What a pattern is called, what it says, and its manual.
#[derive(Clone, Copy)]
pub struct PatternInfo {
    /// Kebab-case name: `errors-lack-cors`.
    pub name: &'static str,
    /// One line, no final period.
    pub summary: &'static str,
    /// The source text of the pattern's file; see [`PatternInfo::manual`].
    pub(super) file: &'static str,
    pub(super) find: fn(Open<'_>) -> Vec<Claim>,
}

impl PatternInfo {
    /// The manual page: the leading `//!` lines of the pattern's file, without the marks.
    pub fn manual(&self) -> String {
        let mut page = String::with_capacity(self.file.len());
        for line in self.file.lines() {
            let Some(text) = line.strip_prefix("//!") else {
                break;
            };
            page.push_str(text.strip_prefix(' ').unwrap_or(text));
            page.push('\n');
        }
        page
    }
}

impl fmt::Debug for PatternInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The pattern called `name`.
pub fn find(name: &str) -> Option<&'static PatternInfo> {
    ALL.iter().copied().find(|pattern| pattern.name == name)
}

/// All patterns, in the order of explanation: a failure belongs to the first one that fits.
///
/// First what is not CORS at all, then answers of the wrong program and faults that hide behind CORS, then caches, layers
/// and order of layers, then the policy itself. The last three explain no failure and stand beside, and so does
/// a regression where anything else explains it.
pub static ALL: &[&PatternInfo] = &[
    &patterns::scan::PATTERN,
    &patterns::certificate_error::PATTERN,
    &patterns::transport_error::PATTERN,
    &patterns::client_blocked::PATTERN,
    &patterns::content_policy::PATTERN,
    &patterns::mixed_or_lna::PATTERN,
    &patterns::resource_policy::PATTERN,
    &patterns::opaque_response::PATTERN,
    &patterns::proxy_auth::PATTERN,
    &patterns::wrong_server_answered::PATTERN,
    &patterns::interstitial_page::PATTERN,
    &patterns::waf_block::PATTERN,
    &patterns::login_redirect::PATTERN,
    &patterns::preflight_rate_limited::PATTERN,
    &patterns::rate_limited::PATTERN,
    &patterns::payload_too_large::PATTERN,
    &patterns::gateway_error::PATTERN,
    &patterns::lambda_without_cors::PATTERN,
    &patterns::proxy_error_page::PATTERN,
    &patterns::errors_lack_cors::PATTERN,
    &patterns::cache_poisoned::PATTERN,
    &patterns::browser_cache_no_cors_copy::PATTERN,
    &patterns::two_layers::PATTERN,
    &patterns::windows_auth::PATTERN,
    &patterns::auth_before_cors::PATTERN,
    &patterns::service_worker::PATTERN,
    &patterns::canonical_redirect::PATTERN,
    &patterns::redirect_taint::PATTERN,
    &patterns::opaque_origin::PATTERN,
    &patterns::nginx_if_inheritance::PATTERN,
    &patterns::options_unrouted::PATTERN,
    &patterns::options_swallowed::PATTERN,
    &patterns::misspelt_origin::PATTERN,
    &patterns::static_single_origin::PATTERN,
    &patterns::origin_not_listed::PATTERN,
    &patterns::header_drift::PATTERN,
    &patterns::header_not_listed::PATTERN,
    &patterns::method_not_listed::PATTERN,
    &patterns::credentials_split::PATTERN,
    &patterns::credentials_not_allowed::PATTERN,
    &patterns::backend_inconsistent::PATTERN,
    &patterns::single_client::PATTERN,
    &patterns::preflight_only::PATTERN,
    &patterns::no_cors_layer::PATTERN,
    &patterns::route_outside_cors::PATTERN,
    &patterns::flapping::PATTERN,
    &patterns::preflight_error::PATTERN,
    &patterns::stale_preflight::PATTERN,
    &patterns::regression::PATTERN,
    &patterns::preflight_storm::PATTERN,
    &patterns::slow_preflight::PATTERN,
    &patterns::expose_gap::PATTERN,
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_pattern_has_a_name_of_its_own_and_a_manual() {
        let names: BTreeSet<_> = ALL.iter().map(|pattern| pattern.name).collect();
        assert_eq!(names.len(), ALL.len());
        for pattern in ALL {
            let manual = pattern.manual();
            let title = format!("# {}\n", pattern.name);
            assert!(manual.starts_with(&title), "{}", pattern.name);
            for part in ["\n## Evidence\n", "\n## What to do\n"] {
                assert!(manual.contains(part), "{}: {part}", pattern.name);
            }
            assert!(!pattern.summary.ends_with('.') && find(pattern.name).is_some());
        }
    }

    #[test]
    fn every_file_of_patterns_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/causes/patterns");
        let files = std::fs::read_dir(folder).unwrap().count();
        assert_eq!(files, ALL.len() + 1, "pattern files beside mod.rs");
    }
}
