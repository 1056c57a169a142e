//! The list of all rules, for `explain`, the schema and the reports' rule tables.

use super::{preflight, response};
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
];
