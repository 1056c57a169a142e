//! Secrets in running text: notes, causes, error texts, console lines, unknown field values.

use super::names::{Place, is_secret};
use super::url::Pieces;
use super::{Kind, Redactor, email, fields, markup, shapes, tags, url};
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
        if style == Style::Prose && after == Expect::Anything {
            let (known, tail) = split_known(redactor, rest);
            out.keep(known);
            rest = tail;
            if rest.is_empty() {
                break;
            }
        }
        if rest.starts_with('<') {
            if let Some(tag) = markup::tag(rest) {
                let (whole, tail) = rest.split_at_checked(tag.text.len()).unwrap_or((rest, ""));
                match tag.holds {
                    true => out.put(markup::clean(redactor, whole)),
                    false => {
                        out.keep("<");
                        out.put(clean(redactor, style, whole.get(1..).unwrap_or_default()));
                    }
                }
                rest = match tag.announces {
                    true => hide_content(redactor, tail, &mut out),
                    false => tail,
                };
                after = Expect::Anything;
                continue;
            }
            // Property lists: `<key>password</key><string>…</string>`.
            if after == Expect::Assignment
                && let Some(len) = markup::next_value(rest)
            {
                out.keep(rest.get(..len).unwrap_or_default());
                rest = hide_content(redactor, rest.get(len..).unwrap_or_default(), &mut out);
                after = Expect::Anything;
                continue;
            }
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
        let word_len = word_len(rest);
        if word_len == 0 {
            let separator = rest.chars().next().map_or(1, char::len_utf8);
            let (mark, tail) = rest.split_at_checked(separator).unwrap_or((rest, ""));
            after = after.passes(mark);
            out.keep(mark);
            rest = tail;
            if after == Expect::Value
                && style == Style::Foreign
                && let Some(len) = quoted_len(mark, rest)
            {
                let (value, tail) = rest.split_at_checked(len).unwrap_or((rest, ""));
                out.put(hide_value(redactor, value));
                rest = tail;
                after = Expect::Anything;
            }
            continue;
        }
        let (word, tail) = rest.split_at_checked(word_len).unwrap_or((rest, ""));
        if style == Style::Foreign
            && let Some((name, len)) = line_len(word, tail, text)
        {
            let (value, end) = tail.split_at_checked(len).unwrap_or((tail, ""));
            let bare = value.trim_start();
            out.keep(word);
            out.keep(value.get(..value.len() - bare.len()).unwrap_or_default());
            out.put(match name {
                Line::Field(name) => fields::clean(redactor, name, bare),
                Line::Passphrase => redactor.hide(Kind::Token, bare),
            });
            rest = end;
            after = Expect::Anything;
            continue;
        }
        rest = tail;
        after = match style {
            Style::Foreign => clean_word(redactor, style, after, word, tail, &mut out),
            Style::Prose => clean_own_word(redactor, after, word, tail, &mut out),
        };
    }
    out.finish()
}

/// A word of our own sentence: only a scheme says something about the next.
fn clean_own_word<'a>(
    redactor: &Redactor,
    after: Expect,
    word: &'a str,
    tail: &str,
    out: &mut Pieces<'a>,
) -> Expect {
    let changes = out.changes();
    let next = clean_word(redactor, Style::Prose, after, word, tail, out);
    if next == Expect::Credential {
        return next;
    }
    if after == Expect::Anything && out.changes() == changes && is_common(word) {
        redactor.vocabulary.learn(word);
    }
    Expect::Anything
}

/// The words that `text` begins with and that are known not to matter, and what follows them.
fn split_known<'a>(redactor: &Redactor, text: &'a str) -> (&'a str, &'a str) {
    let mut rest = text;
    loop {
        let word = rest.split_at_checked(word_len(rest));
        let known = word.filter(|(word, _)| !word.is_empty() && redactor.vocabulary.has(word));
        let Some((_, tail)) = known else {
            break;
        };
        rest = tail.strip_prefix(' ').unwrap_or(tail);
    }
    text.split_at_checked(text.len() - rest.len())
        .unwrap_or(("", text))
}

/// Whether `word` may be one that many sentences have: identifiers would only fill the memory.
fn is_common(word: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b':' | b'.');
    word.len() <= 40 && word.bytes().all(is_letter) && !word.starts_with('-')
}

/// `data:` URLs: their content is the secret, if anything is.
pub(super) fn clean_opaque_scheme<'a>(redactor: &Redactor, url: &'a str) -> Cow<'a, str> {
    let Some((head, content)) = url.split_once(',') else {
        return Cow::Borrowed(url);
    };
    let mut out = Pieces::new(url);
    out.keep(head);
    out.keep(",");
    out.put(match content.len() < 16 {
        true => clean(redactor, Style::Foreign, content),
        false => redactor.hide(Kind::Url, content),
    });
    out.finish()
}

/// A secret that ends with its line and not with its word.
enum Line<'a> {
    /// `Cookie: a=b; c=d`
    Field(&'a str),
    /// `password: correct horse battery`
    Passphrase,
}

/// What `word` begins, and how many bytes of `tail` belong to it.
fn line_len<'a>(word: &'a str, tail: &str, whole: &str) -> Option<(Line<'a>, usize)> {
    let name = word.strip_suffix(':').or_else(|| word.strip_suffix('='))?;
    if !tail.starts_with([' ', '\t']) {
        return None;
    }
    let is_field = [
        "cookie",
        "set-cookie",
        "authorization",
        "proxy-authorization",
    ]
    .iter()
    .any(|own| own.eq_ignore_ascii_case(name));
    let is_passphrase = || {
        let lower = name.to_ascii_lowercase();
        (lower.contains("pass") || lower.contains("pwd")) && is_secret(Place::Body, name)
    };
    let line = match () {
        () if is_field => Line::Field(name),
        () if is_passphrase() => Line::Passphrase,
        () => return None,
    };
    // `-H 'Cookie: a=b'`: the quote before the name closes behind the value.
    let start = word.as_ptr().addr().saturating_sub(whole.as_ptr().addr());
    let before = whole
        .get(..start)
        .and_then(|before| before.chars().next_back());
    let quote = before.filter(|c| matches!(c, '"' | '\'' | '`'));
    let trimmed = tail.trim_start_matches([' ', '\t']);
    if trimmed.starts_with(['"', '\'', '`', '{', '[', '<', '‹']) {
        return None;
    }
    let end = tail
        .find(|c| matches!(c, '\r' | '\n' | '<' | '‹') || Some(c) == quote)
        .unwrap_or(tail.len());
    (end > tail.len() - trimmed.len()).then_some((line, end))
}

/// How long the text is that `mark` opens, if that is a quote and the text ends on its line.
fn quoted_len(mark: &str, rest: &str) -> Option<usize> {
    let quote = mark
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().take(QUOTED) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '\r' | '\n' => return None,
            _ if c == quote => return (at > 0).then_some(at),
            _ => {}
        }
    }
    None
}

/// Longest text in quotes that is taken as one.
const QUOTED: usize = 16_384;

/// A value in quotes: where it is a scheme with its credentials, the scheme stays.
fn hide_value<'a>(redactor: &Redactor, value: &'a str) -> Cow<'a, str> {
    let scheme = value.split(' ').next().unwrap_or_default();
    match scheme.len() < value.len() && SCHEMES.iter().any(|own| own.eq_ignore_ascii_case(scheme)) {
        true => fields::clean_authorization(redactor, value),
        false => redactor.hide(Kind::Token, value),
    }
}

/// Hides the text up to the next tag and gives what follows it.
fn hide_content<'a>(redactor: &Redactor, rest: &'a str, out: &mut Pieces<'a>) -> &'a str {
    let (before, value) = markup::content(rest);
    let tail = rest.get(before.len() + value.len()..).unwrap_or_default();
    out.keep(before);
    out.put(redactor.hide(Kind::Token, value));
    tail
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
    style: Style,
    after: Expect,
    word: &'a str,
    tail: &str,
    out: &mut Pieces<'a>,
) -> Expect {
    // The sentence's own punctuation is not part of the URL or token.
    let bare = word.trim_end_matches(['.', ':', '!', '?']);
    let (bare, punctuation) = word.split_at_checked(bare.len()).unwrap_or((word, ""));
    if url::find_scheme_end(word).is_some() {
        out.put(redactor.clean_url(bare));
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
    let is_value = is_value || after == Expect::Assignment && is_code(bare);
    if is_value || shapes::is_token(bare) {
        out.put(redactor.hide(Kind::Token, bare));
        out.keep(punctuation);
        return Expect::Anything;
    }
    if email::find(word).is_some() {
        out.put(email::clean(redactor, word));
        return Expect::Anything;
    }
    if after == Expect::Assignment && matches!(bare, "is" | "was") {
        out.keep(word);
        return Expect::Value;
    }
    // `curl -u name:password`
    if matches!(word, "-u" | "--user" | "--proxy-user")
        && tail.get(1..).is_some_and(|next| {
            next.split(' ')
                .next()
                .is_some_and(|next| next.contains(':'))
        })
    {
        out.keep(word);
        return Expect::Value;
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
    // `passcode:hunter2`
    if style == Style::Foreign
        && let Some((name, value)) = bare.split_once(':')
        && !value.is_empty()
        && is_secret(Place::Body, name)
    {
        out.keep(name);
        out.keep(":");
        out.put(redactor.hide(Kind::Token, value));
        out.keep(punctuation);
        return Expect::Anything;
    }
    if word.starts_with('/') {
        out.put(redactor.clean_url(bare));
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

/// `password hunter2`: what people and `.netrc` write without a mark between.
fn is_code(word: &str) -> bool {
    word.len() >= 6
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"=:/<>()".contains(&byte))
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

/// Bytes of `text` before the first separator.
fn word_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_end = |byte: &u8| WORD_ENDS.get(usize::from(*byte)) == Some(&true);
    match bytes.iter().position(is_end) {
        None => text.len(),
        Some(at) if bytes.get(at).is_some_and(u8::is_ascii) => at,
        Some(_) => text.find(is_separator).unwrap_or(text.len()),
    }
}

/// Separators in ASCII, and bytes of characters that need a look.
const WORD_ENDS: [bool; 256] = {
    let mut table = [true; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = matches!(
            byte as u8,
            b'\t'
                ..=b'\r'
                    | b' '
                    | b'"'
                    | b'\''
                    | b'`'
                    | b'<'
                    | b'>'
                    | b'('
                    | b')'
                    | b'{'
                    | b'}'
                    | b'['
                    | b']'
                    | b','
                    | b';'
        );
        byte += 1;
    }
    table
};

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
    fn a_word_ends_at_every_separator() {
        for c in (0..0x3000).filter_map(char::from_u32) {
            let at = word_len(&format!("a{c}b"));
            assert_eq!(at == 1, is_separator(c), "{c:?}");
        }
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
