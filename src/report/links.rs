//! Where words of a report lead, on terminals that follow links (OSC 8): input files, rules, browsers' codes.
//!
//! It decides what leads where; whether to write links at all is decided by whoever makes a [`super::Look`].

use crate::rules::RuleInfo;
use std::collections::BTreeMap;

/// The files of a run, by the names that reports give them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    files: BTreeMap<String, String>,
}

impl Links {
    /// Names of inputs and the URIs of their files. A name that is hidden from readers must not be among them.
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            files: files.into_iter().collect(),
        }
    }

    /// The URI of the input called `name`.
    pub fn file(&self, name: &str) -> Option<&str> {
        self.files.get(name).map(String::as_str)
    }
}

/// The place in a standard that `rule` stands on: the first address on its manual page.
pub fn standard(rule: &RuleInfo) -> Option<String> {
    let manual = rule.manual();
    let (_, after) = manual.rsplit_once("\n## Standard")?;
    let (_, after) = after.split_once("<https://")?;
    let (address, _) = after.split_once('>')?;
    Some(format!("https://{address}"))
}

/// MDN's page on an error that Firefox names.
pub fn firefox_page(code: &str) -> Option<String> {
    // Firefox numbers the variants of an error; the page is the same.
    let name = code.trim_end_matches(|c: char| c.is_ascii_digit());
    MDN.contains(&name)
        .then(|| format!("https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS/Errors/{name}"))
}

/// The errors that have a page on MDN.
const MDN: [&str; 15] = [
    "CORSAllowOriginNotMatchingOrigin",
    "CORSDidNotSucceed",
    "CORSDisabled",
    "CORSExternalRedirectNotAllowed",
    "CORSInvalidAllowHeader",
    "CORSInvalidAllowMethod",
    "CORSMethodNotFound",
    "CORSMissingAllowCredentials",
    "CORSMissingAllowHeaderFromPreflight",
    "CORSMissingAllowOrigin",
    "CORSMultipleAllowOriginNotAllowed",
    "CORSNotSupportingCredentials",
    "CORSOriginHeaderNotAdded",
    "CORSPreflightDidNotSucceed",
    "CORSRequestNotHttp",
];

/// `text` with each of `words` that stands in it made a link.
pub(crate) fn linked(text: &str, words: &[(String, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, word, uri)) = words
        .iter()
        .filter(|(word, _)| !word.is_empty())
        .filter_map(|(word, uri)| Some((rest.find(word.as_str())?, word, uri)))
        // The longer one where two begin at one place.
        .min_by_key(|(at, word, _)| (*at, std::cmp::Reverse(word.len())))
    {
        let (before, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        out.push_str(&link(word, uri));
        rest = after.get(word.len()..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// One link. An address that could end the sequence is left out.
pub fn link(text: &str, uri: &str) -> String {
    match uri.bytes().all(|byte| (0x21..0x7f).contains(&byte)) {
        true => format!("\x1b]8;;{uri}\x1b\\{text}\x1b]8;;\x1b\\"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    #[test]
    fn a_rule_leads_to_its_standard() {
        let rule = rules::find("preflight-method-not-allowed").unwrap();
        assert_eq!(
            standard(rule).as_deref(),
            Some("https://fetch.spec.whatwg.org/#cors-preflight-fetch")
        );
    }

    #[test]
    fn a_numbered_code_of_firefox_has_the_page_of_its_error() {
        assert!(
            firefox_page("CORSMissingAllowOrigin2")
                .unwrap()
                .ends_with("/CORSMissingAllowOrigin")
        );
        assert_eq!(firefox_page("CORSOther"), None);
    }

    #[test]
    fn the_longer_of_two_names_becomes_the_link() {
        let word = |word: &str| (word.to_owned(), format!("x:{word}"));
        assert_eq!(
            linked("3× in a.har, a.har.gz", &[word("a.har"), word("a.har.gz")]),
            "3× in \x1b]8;;x:a.har\x1b\\a.har\x1b]8;;\x1b\\, \x1b]8;;x:a.har.gz\x1b\\a.har.gz\x1b]8;;\x1b\\"
        );
    }

    #[test]
    fn an_address_cannot_end_the_sequence() {
        assert_eq!(link("a", "file:///\x1b\\b"), "a");
    }
}
