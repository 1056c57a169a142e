//! Tags that stand for secrets, and how many of each kind were replaced.

use crate::limits::SECRET_TAGS;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};

/// What kind of secret was replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A value in a message's content.
    Body,
    /// A cookie's value.
    Cookie,
    /// The value of a field that authenticates: `Authorization`, API keys.
    Credential,
    /// An e-mail address, anywhere.
    Email,
    /// A token of known shape (JWT, vendor key) in running text.
    Token,
    /// A value in a URL's path, query or fragment.
    Url,
    /// User name and password in a URL.
    Userinfo,
}

/// In the plural, for counts.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Body => "values in bodies",
            Self::Cookie => "cookies",
            Self::Credential => "credentials in headers",
            Self::Email => "e-mail addresses",
            Self::Token => "tokens in text",
            Self::Url => "tokens in URLs",
            Self::Userinfo => "user names and passwords in URLs",
        })
    }
}

const OPEN: &str = "‹redacted";

/// Whether `text` is a tag already.
pub(super) fn is_tag(text: &str) -> bool {
    text.strip_prefix(OPEN)
        .and_then(|rest| rest.strip_suffix('›'))
        .is_some_and(|middle| !middle.contains('›'))
}

/// Where the tag at the start of `text` ends, if there is one.
pub(super) fn tag_len(text: &str) -> Option<usize> {
    text.starts_with(OPEN)
        .then(|| text.find('›').map(|end| end + '›'.len_utf8()))
        .flatten()
}

/// Numbers secrets in the order in which they are met.
///
/// Only a keyed 64-bit hash of each secret is kept, with a key that dies with the process. Above
/// [`SECRET_TAGS`] different secrets further ones share the tag `‹redacted›`.
#[derive(Debug, Default)]
pub(super) struct Tags {
    hasher: RandomState,
    numbers: HashMap<u64, u32>,
    removed: BTreeMap<Kind, u64>,
}

impl Tags {
    pub(super) fn tag(&mut self, kind: Kind, secret: &str) -> String {
        *self.removed.entry(kind).or_default() += 1;
        let hash = self.hasher.hash_one(secret);
        let known = self.numbers.len();
        let number = match self.numbers.get(&hash) {
            Some(number) => Some(*number),
            None if known < SECRET_TAGS => {
                let number = u32::try_from(known + 1).unwrap_or(u32::MAX);
                self.numbers.insert(hash, number);
                Some(number)
            }
            None => None,
        };
        match number {
            Some(number) => format!("{OPEN}:{number}›"),
            None => format!("{OPEN}›"),
        }
    }

    pub(super) fn removed(&self) -> BTreeMap<Kind, u64> {
        self.removed.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn above_the_limit_secrets_share_a_tag_and_are_still_counted() {
        let mut tags = Tags::default();
        for index in 0..SECRET_TAGS {
            tags.tag(Kind::Cookie, &index.to_string());
        }
        assert_eq!(tags.tag(Kind::Cookie, "one more"), "‹redacted›");
        assert_eq!(tags.tag(Kind::Cookie, "0"), "‹redacted:1›");
        assert_eq!(tags.removed()[&Kind::Cookie], SECRET_TAGS as u64 + 2);
    }

    #[test]
    fn tags_are_known_as_such() {
        assert!(is_tag("‹redacted:12›") && is_tag("‹redacted›"));
        assert!(!is_tag("‹redacted:12›secret") && !is_tag("x"));
    }
}
