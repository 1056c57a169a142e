//! Secrets in XML and HTML: elements and input fields whose names announce them.

use super::names::{Place, is_secret};
use super::url::Pieces;
use super::{Kind, Redactor};
use std::borrow::Cow;

/// Longest tag that is looked at.
const TAG: usize = 4096;

/// A tag at the start of a text.
pub(super) struct Tag<'t> {
    /// From `<` to `>`.
    pub(super) text: &'t str,
    /// The text behind it is a secret: `<Password>`.
    pub(super) announces: bool,
    /// Its `value` or `content` is one: `<input name="csrf" value="…">`, in any order.
    pub(super) holds: bool,
}

/// The tag that `text` begins with, if it is about a secret.
pub(super) fn tag(text: &str) -> Option<Tag<'_>> {
    let inside = text.strip_prefix('<')?;
    let first = inside.chars().next()?;
    if !first.is_ascii_alphabetic() {
        return None;
    }
    let end = inside
        .bytes()
        .take(TAG)
        .position(|b| b == b'>' || b == b'<')?;
    let inside = inside.get(..end)?;
    let text = text.get(..end + 2).filter(|tag| tag.ends_with('>'))?;
    let name = inside
        .split(|c: char| c.is_whitespace() || c == '/')
        .next()
        .unwrap_or_default();
    let local = name.rsplit(':').next().unwrap_or(name);
    let announces =
        (is_secret(Place::Body, local) || is_named_secret(local, inside)) && !inside.ends_with('/');
    let holds = ["input", "meta"]
        .iter()
        .any(|own| own.eq_ignore_ascii_case(name))
        && attributes(inside).any(|(name, value)| match () {
            () if name.eq_ignore_ascii_case("type") => value.eq_ignore_ascii_case("password"),
            () => {
                ["id", "name", "property"]
                    .iter()
                    .any(|own| own.eq_ignore_ascii_case(name))
                    && is_secret(Place::Body, value)
            }
        });
    (announces || holds).then_some(Tag {
        text,
        announces,
        holds,
    })
}

/// `<param name="token">`, `<string name="api_key">`: elements of configurations, not of pages.
fn is_named_secret(local: &str, inside: &str) -> bool {
    NAMED.iter().any(|own| own.eq_ignore_ascii_case(local))
        && attributes(inside).any(|(name, value)| {
            ["id", "key", "name"]
                .iter()
                .any(|own| own.eq_ignore_ascii_case(name))
                && is_secret(Place::Body, value)
        })
}

const NAMED: [&str; 11] = [
    "add",
    "data",
    "entry",
    "field",
    "header",
    "item",
    "param",
    "parameter",
    "property",
    "setting",
    "string",
];

/// The length of `</key><string>` at the start of `text`.
pub(super) fn next_value(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("</")?;
    let (name, rest) = rest.split_once('>')?;
    let rest = rest.trim_start().strip_prefix('<')?;
    let (next, rest) = rest.split_once('>')?;
    (name == "key" && !next.starts_with('/')).then(|| text.len() - rest.len())
}

/// What stands before the text of an element, and the text.
pub(super) fn content(text: &str) -> (&str, &str) {
    const CDATA: &str = "<![CDATA[";
    let trimmed = text.trim_start();
    let space = text.len() - trimmed.len();
    let (before, end) = match trimmed.strip_prefix(CDATA) {
        Some(inner) => (space + CDATA.len(), inner.find("]]>")),
        None => (space, trimmed.find('<')),
    };
    let (before, rest) = text.split_at_checked(before).unwrap_or(("", text));
    let value = rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
    (before, value.trim_end())
}

/// The tag without what it holds.
pub(super) fn clean<'t>(redactor: &Redactor, tag: &'t str) -> Cow<'t, str> {
    let mut out = Pieces::new(tag);
    let mut done = 0;
    for (name, value) in attributes(tag) {
        if !["content", "value"]
            .iter()
            .any(|own| own.eq_ignore_ascii_case(name))
        {
            continue;
        }
        // Both are parts of `tag`.
        let start = value.as_ptr().addr().saturating_sub(tag.as_ptr().addr());
        out.keep(tag.get(done..start).unwrap_or_default());
        out.put(redactor.hide(Kind::Token, value));
        done = start + value.len();
    }
    out.keep(tag.get(done..).unwrap_or_default());
    out.finish()
}

/// Names and values of a tag's attributes, quoted or not.
fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = tag;
    std::iter::from_fn(move || {
        let (before, after) = rest.split_once('=')?;
        let name = before
            .trim_end()
            .rsplit(|c: char| c.is_whitespace())
            .next()?;
        let after = after.trim_start();
        let (value, tail) = match after.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inner = after.get(1..)?;
                inner.split_once(quote).unwrap_or((inner, ""))
            }
            _ => {
                let end = after.find(|c: char| c.is_whitespace() || c == '>');
                after.split_at_checked(end.unwrap_or(after.len()))?
            }
        };
        rest = tail;
        Some((name, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn held(text: &str) -> String {
        let tag = tag(text).filter(|tag| tag.holds).unwrap();
        clean(&Redactor::closed(), tag.text).into_owned()
    }

    #[test]
    fn a_field_is_known_by_its_name_wherever_it_stands() {
        assert_eq!(
            held("<meta content=\"abc\" name='csrf-token'>x"),
            "<meta content=\"‹redacted:1›\" name='csrf-token'>"
        );
        assert_eq!(
            held("<input type=password value=abc>"),
            "<input type=password value=‹redacted:1›>"
        );
    }

    #[test]
    fn an_element_announces_what_follows() {
        assert!(tag("<wsse:Password Type=\"x\">abc").unwrap().announces);
        assert!(tag("<p class=\"password\">").is_none());
        assert!(tag("<meta name=\"viewport\" content=\"x\">").is_none());
        assert!(tag("</password>").is_none());
    }

    proptest! {
        #[test]
        fn any_tag_is_survived(text in "<[a-z =\"'/:é]{0,40}>?") {
            if let Some(tag) = tag(&text) {
                prop_assert!(text.starts_with(tag.text));
            }
            let cleaned = clean(&Redactor::closed(), &text);
            prop_assert!(cleaned.len() >= text.len().min(1));
        }
    }
}
