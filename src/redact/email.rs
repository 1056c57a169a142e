//! E-mail addresses (RFC 5322 §3.4.1) as people write them in URLs, fields and text.

use super::url::Pieces;
use super::{Kind, Redactor};
use std::borrow::Cow;
use std::ops::Range;

/// `text` without the addresses in it.
pub(super) fn clean<'a>(redactor: &Redactor, text: &'a str) -> Cow<'a, str> {
    let mut out = Pieces::new(text);
    let mut rest = text;
    while let Some(address) = find(rest) {
        out.keep(rest.get(..address.start).unwrap_or_default());
        let hidden = rest.get(address.clone()).unwrap_or_default();
        out.put(redactor.hide(Kind::Email, hidden));
        rest = rest.get(address.end..).unwrap_or_default();
    }
    out.keep(rest);
    out.finish()
}

/// Where the first address stands.
///
/// `icon@2x.png`, `react@18.2.0` and `user@host` are none: the domain must end in a suffix under which names are given.
pub(super) fn find(text: &str) -> Option<Range<usize>> {
    memchr::memchr_iter(b'@', text.as_bytes()).find_map(|at| {
        let (before, after) = (text.get(..at)?, text.get(at + 1..)?);
        let local = before.trim_end_matches(is_local).len();
        let domain = after.find(|c| !is_domain(c)).unwrap_or(after.len());
        let domain = after.get(..domain)?.trim_end_matches(['.', '-']);
        // `ann@mail.example.pdf` is a file of hers.
        let mut names = std::iter::successors(Some(domain), |name| Some(name.rsplit_once('.')?.0));
        let domain = names
            .find(|name| is_registered(name))
            .filter(|_| local < at)?;
        Some(local..at + 1 + domain.len())
    })
}

fn is_local(c: char) -> bool {
    c.is_alphanumeric() || ".!#$%&*+-_~^|".contains(c)
}

fn is_domain(c: char) -> bool {
    c.is_alphanumeric() || c == '.' || c == '-'
}

fn is_registered(domain: &str) -> bool {
    let Some((name, last)) = domain.rsplit_once('.') else {
        return false;
    };
    if name.is_empty() || domain.len() > 253 {
        return false;
    }
    let last = last.to_ascii_lowercase();
    INTERNAL.contains(&last.as_str())
        || psl::suffix(domain.to_ascii_lowercase().as_bytes())
            .is_some_and(|suffix| suffix.is_known())
}

/// Names for tests and for private networks (RFC 2606, RFC 6762 app. G), which no registry lists.
const INTERNAL: [&str; 10] = [
    "corp", "example", "home", "internal", "intranet", "invalid", "lan", "local", "private", "test",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_and_what_only_looks_like_one_is_not() {
        let clean = |text| clean(&Redactor::closed(), text).into_owned();
        assert_eq!(clean("to ann.b+x@mail.corp.com, or"), "to ‹redacted:1›, or");
        assert_eq!(
            clean("a@x.test b@x.test a@x.test"),
            "‹redacted:1› ‹redacted:2› ‹redacted:1›"
        );
        for text in [
            "icon@2x.png",
            "/npm/react@18.2.0/index.js",
            "user@host",
            "@scope/pkg",
            "x@.com",
            "@",
        ] {
            assert_eq!(clean(text), text);
        }
    }
}
