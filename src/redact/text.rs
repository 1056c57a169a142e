//! Secrets in running text: notes, causes, error texts, console lines, unknown field values.

use super::names::{Place, is_secret};
use super::url::Pieces;
use super::{Kind, Redactor, markup, shapes, tags, url};
use std::borrow::Cow;

/// How much a name before a value says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Text of strangers: `password: x` hides `x`.
    Foreign,
    /// Our own sentences about their traffic: `needs cookies: answer …` hides nothing, `sid=x` hides `x`.
    Prose,
}

/// `text` without secrets of known shape.
pub(super) fn clean<'a>(redactor: &Redactor, style: Style, text: &'a str) -> Cow<'a, str> {
    let mut out = Pieces::new(text);
    let mut rest = text;
    let mut after = Expect::Anything;
    while !rest.is_empty() {
        if rest.starts_with('<')
            && let Some(tag) = markup::tag(rest)
        {
            let (whole, tail) = rest.split_at_checked(tag.text.len()).unwrap_or((rest, ""));
            match tag.holds {
                true => out.put(markup::clean(redactor, whole)),
                false => {
                    out.keep("<");
                    out.put(clean(redactor, style, whole.get(1..).unwrap_or_default()));
                }
            }
            after = if tag.announces {
                Expect::Value
            } else {
                Expect::Anything
            };
            rest = tail;
            continue;
        }
        if let Some(len) = private_key(rest) {
            let (key, tail) = rest.split_at_checked(len).unwrap_or((rest, ""));
            out.put(redactor.hide(Kind::Token, key));
            rest = tail;
            continue;
        }
        if let Some(len) = tags::tag_len(rest) {
            let (tag, tail) = rest.split_at_checked(len).unwrap_or((rest, ""));
            out.keep(tag);
            rest = tail;
            continue;
        }
        let word_len = rest.find(is_separator).unwrap_or(rest.len());
        if word_len == 0 {
            let separator = rest.chars().next().map_or(1, char::len_utf8);
            let (mark, tail) = rest.split_at_checked(separator).unwrap_or((rest, ""));
            after = after.passes(mark);
            out.keep(mark);
            rest = tail;
            continue;
        }
        let (word, tail) = rest.split_at_checked(word_len).unwrap_or((rest, ""));
        after = clean_word(redactor, after, word, tail, &mut out);
        if style == Style::Prose && after != Expect::Credential {
            after = Expect::Anything;
        }
        rest = tail;
    }
    out.finish()
}

/// `data:` URLs: their content is the secret, if anything is.
pub(super) fn clean_opaque_scheme<'a>(redactor: &Redactor, url: &'a str) -> Cow<'a, str> {
    let Some((head, content)) = url.split_once(',') else {
        return Cow::Borrowed(url);
    };
    if content.len() < 16 {
        return Cow::Borrowed(url);
    }
    let mut out = Pieces::new(url);
    out.keep(head);
    out.keep(",");
    out.put(redactor.hide(Kind::Url, content));
    out.finish()
}

/// What the previous word says about the next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Anything,
    /// After an authentication scheme: `Bearer`.
    Credential,
    /// After a secret name; a `:` or `=` must follow.
    Assignment,
    /// After a secret name and a `:` or `=`.
    Value,
}

impl Expect {
    fn passes(self, mark: &str) -> Self {
        match (self, mark) {
            (Self::Assignment | Self::Value, ":" | "=" | ">") => Self::Value,
            // `"token": "…"`: not the scheme of that name.
            (Self::Credential, ":" | "=") => Self::Value,
            (_, " " | "\t" | "\"" | "'" | "`") => self,
            _ => Self::Anything,
        }
    }
}

fn clean_word<'a>(
    redactor: &Redactor,
    after: Expect,
    word: &'a str,
    tail: &str,
    out: &mut Pieces<'a>,
) -> Expect {
    // The sentence's own punctuation is not part of the URL or token.
    let bare = word.trim_end_matches(['.', ':', '!', '?']);
    let (bare, punctuation) = word.split_at_checked(bare.len()).unwrap_or((word, ""));
    if word.contains("://") {
        out.put(url::clean(redactor, bare));
        out.keep(punctuation);
        return Expect::Anything;
    }
    let is_value = match after {
        Expect::Value => !SCHEMES.iter().any(|own| own.eq_ignore_ascii_case(word)),
        Expect::Credential => word.len() >= 6 && !is_parameter(word, tail) && !is_prose(word),
        _ => false,
    };
    if matches!(word, ":" | "=") {
        out.keep(word);
        return after.passes(word);
    }
    if let Some(at) = shapes::inner_jwt(bare) {
        let (before, token) = bare.split_at_checked(at).unwrap_or((bare, ""));
        out.keep(before);
        out.put(redactor.hide(Kind::Token, token));
        out.keep(punctuation);
        return Expect::Anything;
    }
    if is_value || shapes::is_token(bare) {
        out.put(redactor.hide(Kind::Token, bare));
        out.keep(punctuation);
        return Expect::Anything;
    }
    if let Some((name, value)) = word.split_once('=')
        && !value.is_empty()
    {
        out.keep(name);
        out.keep("=");
        if is_secret(Place::Body, name) || value.split('.').any(shapes::is_token) {
            out.put(redactor.hide(Kind::Token, value));
        } else {
            out.keep(value);
        }
        return match name.eq_ignore_ascii_case("name") && is_secret(Place::Body, value) {
            // `<input name=csrf value="…">`
            true => Expect::Assignment,
            false => Expect::Anything,
        };
    }
    if word.starts_with('/') {
        out.put(url::clean(redactor, bare));
        out.keep(punctuation);
        return Expect::Anything;
    }
    out.keep(word);
    // `<input name="csrf" value="…">`
    if after == Expect::Assignment && (word == "value=" || word == "content=") {
        return Expect::Value;
    }
    if SCHEMES.iter().any(|own| own.eq_ignore_ascii_case(word)) {
        return Expect::Credential;
    }
    let name = word.trim_end_matches([':', '=']);
    let is_cors = name
        .get(..15)
        .is_some_and(|start| start.eq_ignore_ascii_case("access-control-"));
    match is_cors || !is_secret(Place::Body, name) {
        true => Expect::Anything,
        false if name.len() < word.len() => Expect::Value,
        false => Expect::Assignment,
    }
}

/// `realm="…"`: a parameter of a challenge.
fn is_parameter(word: &str, tail: &str) -> bool {
    word.ends_with('=') && tail.starts_with('"')
}

/// The length of the PEM block that `text` begins with, if it is a private key; to the end where it is cut.
fn private_key(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("-----BEGIN ")?;
    let (kind, _) = rest.split_once("-----")?;
    if !kind.ends_with("PRIVATE KEY") {
        return None;
    }
    let end = text.find("-----END ").and_then(|end| {
        let closing = text.get(end + 9..)?;
        Some(end + 9 + closing.find("-----")? + 5)
    });
    Some(end.unwrap_or(text.len()))
}

/// A word of prose after `Bearer`: `Bearer authentication`, `basic settings`.
fn is_prose(word: &str) -> bool {
    word.len() < 24 && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '"' | '\''
                | '`'
                | '<'
                | '>'
                | '('
                | ')'
                | '{'
                | '}'
                | '['
                | ']'
                | ','
                | ';'
                | '‘'
                | '’'
                | '“'
                | '”'
                | '‹'
                | '›'
        )
}

/// Authentication schemes (IANA registry) whose credentials follow as one word.
const SCHEMES: [&str; 9] = [
    "apikey",
    "basic",
    "bearer",
    "dpop",
    "hoba",
    "negotiate",
    "ntlm",
    "token",
    "vapid",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cleaned(text: &str) -> String {
        Redactor::closed().text(text).into_owned()
    }

    #[test]
    fn urls_in_sentences_are_cleaned() {
        assert_eq!(
            cleaned(
                "Access to fetch at 'https://a.example/x?token=1' from origin 'https://b.example' has been blocked"
            ),
            "Access to fetch at 'https://a.example/x?token=‹redacted:1›' from origin 'https://b.example' has been blocked"
        );
        assert_eq!(
            cleaned("call https://u:p@a.example/x."),
            "call https://‹redacted:1›@a.example/x."
        );
    }

    #[test]
    fn credentials_in_sentences_are_hidden() {
        assert_eq!(
            cleaned("sent Authorization: Bearer abc123def"),
            "sent Authorization: Bearer ‹redacted:1›"
        );
        assert_eq!(
            cleaned(r#"{"password": "hunter2"}"#),
            r#"{"password": "‹redacted:1›"}"#
        );
        assert_eq!(
            cleaned("x=1; session=abc, y"),
            "x=1; session=‹redacted:1›, y"
        );
        assert_eq!(
            cleaned("got eyJhbGciOiJIUzI1NiJ9.e30.x!"),
            "got ‹redacted:1›!"
        );
        assert_eq!(
            cleaned("<password>hunter2</password>"),
            "<password>‹redacted:1›</password>"
        );
    }

    #[test]
    fn prose_about_headers_stays() {
        for text in [
            "access-control-allow-credentials: true is missing",
            "add authorization to access-control-allow-headers",
            "Bearer authentication is applied to OPTIONS",
            "the token is not listed",
            "answer OPTIONS /users/* with access-control-allow-methods: GET, POST, DELETE",
        ] {
            assert_eq!(cleaned(text), text);
        }
        for text in [
            "if the request needs cookies: answer it with access-control-allow-origin: null",
            "send it without credentials (no credentials: \"include\")",
        ] {
            assert_eq!(Redactor::closed().prose(text), text);
        }
        assert_eq!(
            Redactor::closed().prose("answer OPTIONS /reset/4f9a8c7b6d5e with status 204"),
            "answer OPTIONS /reset/‹redacted:1› with status 204"
        );
        assert_eq!(
            Redactor::closed().prose("sent cookie: sid=abc to https://a.example/?token=x"),
            "sent cookie: sid=‹redacted:1› to https://a.example/?token=‹redacted:2›"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_survived_and_cleaning_twice_changes_nothing_more(text in ".{0,100}") {
            let redactor = Redactor::closed();
            let once = redactor.text(&text).into_owned();
            prop_assert_eq!(redactor.text(&once), once.as_str());
        }
    }
}
