//! The list of all rules, for `explain`, the schema and the reports' rule tables.

use super::{beside, preflight, response, risk, surprise};
use crate::finding::{Codes, Severity};

/// What a rule is called, what it says, and its manual.
#[derive(Debug, Clone, Copy)]
pub struct RuleInfo {
    /// Kebab-case name, the pattern that is wrong: `allow-origin-missing`.
    pub name: &'static str,
    /// The group it belongs to.
    pub family: Family,
    /// One line, no final period.
    pub summary: &'static str,
    /// The severity it has when the condition is certain.
    pub severity: Severity,
    /// The browsers' names for it.
    pub codes: Codes,
    /// The source text of the rule's file; see [`RuleInfo::manual`].
    pub(crate) file: &'static str,
}

/// Groups of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// A: the CORS check of the actual answer and of redirects.
    Response,
    /// B: the preflight.
    Preflight,
    /// C: blocked before or beside the CORS protocol.
    Beside,
    /// D: allowed but surprising.
    Surprise,
    /// E: allowed but unsafe or fragile.
    Risk,
}

impl RuleInfo {
    /// The manual page: the leading `//!` lines of the rule's file, without the marks.
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

/// The rule called `name`.
pub fn find(name: &str) -> Option<&'static RuleInfo> {
    ALL.iter().copied().find(|rule| rule.name == name)
}

/// All rules, by family and in the order in which they are checked.
pub static ALL: &[&RuleInfo] = &[
    &response::allow_origin_missing::RULE,
    &response::allow_origin_wildcard_with_credentials::RULE,
    &response::allow_origin_multiple::RULE,
    &response::allow_origin_invalid::RULE,
    &response::allow_origin_mismatch::RULE,
    &response::allow_credentials_not_true::RULE,
    &response::redirect_response_not_cors::RULE,
    &response::redirect_origin_became_null::RULE,
    &response::redirect_to_credentials_url::RULE,
    &response::redirect_to_non_http::RULE,
    &response::redirect_too_many::RULE,
    &preflight::no_response::RULE,
    &preflight::proxy_auth::RULE,
    &preflight::redirect::RULE,
    &preflight::allow_origin_missing::RULE,
    &preflight::allow_origin_wildcard_with_credentials::RULE,
    &preflight::allow_origin_multiple::RULE,
    &preflight::allow_origin_invalid::RULE,
    &preflight::allow_origin_mismatch::RULE,
    &preflight::allow_credentials_not_true::RULE,
    &preflight::status::RULE,
    &preflight::allow_methods_unparsable::RULE,
    &preflight::allow_headers_unparsable::RULE,
    &preflight::method_not_allowed::RULE,
    &preflight::header_not_allowed::RULE,
    &preflight::authorization_under_wildcard::RULE,
    &preflight::private_network::RULE,
    &beside::client_blocked::RULE,
    &beside::cookie_withheld::RULE,
    &beside::corp_blocked::RULE,
    &beside::csp_blocked::RULE,
    &beside::local_network_access::RULE,
    &beside::mixed_content::RULE,
    &beside::mode_no_cors_redirect::RULE,
    &beside::mode_same_origin::RULE,
    &beside::network_failed::RULE,
    &beside::orb_blocked::RULE,
    &beside::refusal_not_recorded::RULE,
    &beside::response_blocked_from_cache::RULE,
    &beside::scheme_not_cors::RULE,
    &beside::server_rejected_origin::RULE,
    &beside::websocket_origin_rejected::RULE,
    &surprise::actual_only_headers::RULE,
    &surprise::avoidable_preflight::RULE,
    &surprise::blocked_but_executed::RULE,
    &surprise::client_sends_response_headers::RULE,
    &surprise::expose_headers_missing::RULE,
    &surprise::expose_wildcard_with_credentials::RULE,
    &surprise::header_without_effect::RULE,
    &surprise::max_age_capped::RULE,
    &surprise::max_age_invalid::RULE,
    &surprise::max_age_missing::RULE,
    &surprise::method_case::RULE,
    &surprise::no_cors_opaque::RULE,
    &surprise::options_not_preflight::RULE,
    &surprise::origin_null_seen::RULE,
    &surprise::preflight_only_headers::RULE,
    &surprise::wildcard_literal_with_credentials::RULE,
    &risk::allow_credentials_with_wildcard_config::RULE,
    &risk::any_subdomain_trusted::RULE,
    &risk::dev_origin_in_production::RULE,
    &risk::http_origin_trusted::RULE,
    &risk::max_age_long::RULE,
    &risk::null_origin_allowed::RULE,
    &risk::origin_not_checked_websocket::RULE,
    &risk::origin_parser_confusion::RULE,
    &risk::origin_prefix_match::RULE,
    &risk::origin_substring_match::RULE,
    &risk::origin_suffix_match::RULE,
    &risk::origin_unescaped_dot::RULE,
    &risk::reflects_any_origin::RULE,
    &risk::reflects_any_origin_with_credentials::RULE,
    &risk::state_change_on_blocked_origin::RULE,
    &risk::third_party_origin::RULE,
    &risk::vary_only_when_origin_present::RULE,
    &risk::vary_origin_missing::RULE,
    &risk::wide_allow_lists::RULE,
    &risk::wildcard_sensitive::RULE,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_one_name_and_a_page_in_the_fixed_order() {
        let mut names: Vec<&str> = ALL.iter().map(|rule| rule.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
        for rule in ALL {
            let page = rule.manual();
            assert!(
                page.starts_with(&format!("# {}\n", rule.name)),
                "{}",
                rule.name
            );
            let headings: Vec<&str> = page
                .lines()
                .filter_map(|line| line.strip_prefix("## "))
                .collect();
            assert_eq!(headings.first(), Some(&"What happened"), "{}", rule.name);
            assert!(
                headings
                    .get(1)
                    .is_some_and(|heading| heading.starts_with("Why")),
                "{}",
                rule.name
            );
            assert_eq!(
                headings.get(2..),
                Some(
                    &[
                        "How corsight tells",
                        "Example",
                        "Fix",
                        "Browsers' messages",
                        "Standard"
                    ][..]
                ),
                "{}",
                rule.name
            );
            assert!((22..=50).contains(&page.lines().count()), "{}", rule.name);
            assert!(
                page.lines().all(|line| line.chars().count() <= 120),
                "{}",
                rule.name
            );
            assert!(!rule.summary.ends_with('.'), "{}", rule.name);
        }
    }

    #[test]
    fn a_rule_is_found_by_its_name() {
        assert_eq!(
            find("allow-origin-missing").map(|rule| rule.family),
            Some(Family::Response)
        );
        assert!(find("nonsense").is_none());
    }
}
