//! Secrets in the content of messages: JSON, forms, multipart forms; anything else is taken as running text.

use super::json::{self, Policy};
use super::names::{Place, is_secret};
use super::text::Style;
use super::url::Pieces;
use super::{Kind, Redactor, shapes, text, url};
use std::borrow::Cow;

/// `body` without its secrets. The type is a hint only: content is looked at, since servers mislabel it.
pub(super) fn clean<'a>(redactor: &Redactor, mime: &str, body: &'a str) -> Cow<'a, str> {
    let mime = mime.to_ascii_lowercase();
    if mime.contains("multipart/form-data") || body.starts_with("--") && body.contains("form-data;")
    {
        return clean_multipart(redactor, body);
    }
    if mime.contains("x-www-form-urlencoded") {
        return url::clean_form(redactor, body);
    }
    // Google's and Angular's guard against inclusion as a script: `)]}'`.
    let json_start = body.find(['{', '[']).filter(|at| *at < 16).unwrap_or(0);
    if let Some((guard, json_text)) = body.split_at_checked(json_start)
        && json_text.starts_with(['{', '['])
    {
        let mut policy = Members::new(redactor);
        if let Some(cleaned) = json::rewrite(json_text, &mut policy) {
            return match cleaned {
                Cow::Borrowed(_) => Cow::Borrowed(body),
                Cow::Owned(cleaned) => Cow::Owned(format!("{guard}{cleaned}")),
            };
        }
    }
    if is_form(body) {
        return url::clean_form(redactor, body);
    }
    text::clean(redactor, Style::Foreign, body)
}

/// Whether unlabelled content is a form: `a=1&b=2` without white space.
fn is_form(body: &str) -> bool {
    body.contains('=') && !body.contains(|c: char| c.is_whitespace() || "<>{}\"".contains(c))
}

/// Members of a JSON document. Everything inside a secret member is secret.
struct Members<'r> {
    redactor: &'r Redactor,
    /// For each open object whether it is inside a secret member, and whether it says that its `value` is one.
    open: Vec<(bool, bool)>,
}

impl<'r> Members<'r> {
    fn new(redactor: &'r Redactor) -> Self {
        Self {
            redactor,
            open: Vec::new(),
        }
    }

    fn is_inside_secret(&self) -> bool {
        self.open.last().is_some_and(|(secret, _)| *secret)
    }

    /// `{"name":"password","value":"…"}`
    fn is_named(&self, key: &str) -> bool {
        matches!(key, "value" | "values" | "content" | "data")
            && self.open.last().is_some_and(|(_, names)| *names)
    }
}

impl Policy for Members<'_> {
    fn enter(&mut self, key: &str, rest: &str) {
        let secret = self.is_inside_secret() || is_secret(Place::Body, key) || self.is_named(key);
        self.open.push((secret, first_name(rest)));
    }

    fn leave(&mut self) {
        self.open.pop();
    }

    fn replace(&mut self, key: &str, value: &str) -> Option<String> {
        let cleaned = if self.is_inside_secret()
            || self.is_named(key)
            || is_secret(Place::Body, key)
            || shapes::is_opaque(value)
        {
            self.redactor.hide(Kind::Body, value)
        } else if value.starts_with(['{', '[']) {
            // JSON inside a JSON string.
            clean(self.redactor, "", value)
        } else {
            text::clean(self.redactor, Style::Foreign, value)
        };
        match cleaned {
            Cow::Owned(new) => Some(new),
            Cow::Borrowed(_) => None,
        }
    }
}

/// Whether an object begins with a member that names its value, and names a secret.
fn first_name(object: &str) -> bool {
    let name = || {
        let rest = object.strip_prefix('{')?.trim_start().strip_prefix('"')?;
        let (key, rest) = rest.split_once('"')?;
        if !matches!(key, "field" | "header" | "id" | "key" | "name") {
            return None;
        }
        let rest = rest.trim_start().strip_prefix(':')?.trim_start();
        Some(rest.strip_prefix('"')?.split_once('"')?.0)
    };
    name().is_some_and(|name| is_secret(Place::Body, name))
}

/// Parts whose name is a secret lose their content (RFC 7578).
fn clean_multipart<'a>(redactor: &Redactor, body: &'a str) -> Cow<'a, str> {
    let Some(boundary) = body.lines().find(|line| line.starts_with("--")) else {
        return text::clean(redactor, Style::Foreign, body);
    };
    let mut out = Pieces::new(body);
    for (index, part) in body.split(boundary).enumerate() {
        if index > 0 {
            out.keep(boundary);
        }
        let blank = part
            .find("\r\n\r\n")
            .map(|at| at + 4)
            .or_else(|| part.find("\n\n").map(|at| at + 2));
        let Some((head, content)) = blank.and_then(|at| part.split_at_checked(at)) else {
            out.keep(part);
            continue;
        };
        out.keep(head);
        let name = part_name(head);
        let value = content.trim_end_matches(['\r', '\n']);
        let (value, end) = content
            .split_at_checked(value.len())
            .unwrap_or((content, ""));
        if is_secret(Place::Body, name) || shapes::is_opaque(value) {
            out.put(redactor.hide(Kind::Body, value));
        } else {
            out.put(clean(redactor, "", value));
        }
        out.keep(end);
    }
    out.finish()
}

/// `name` of a part's `Content-Disposition`, quoted or not; not `filename`.
fn part_name(head: &str) -> &str {
    let found = head.match_indices("name=").find(|(at, _)| {
        head.get(..*at)
            .is_some_and(|before| before.ends_with([' ', ';', '\t']))
    });
    let rest = found.and_then(|(at, name)| head.get(at + name.len()..));
    let rest = rest.unwrap_or_default();
    match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split([';', '\r', '\n', ' ']).next(),
    }
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(mime: &str, body: &str) -> String {
        Redactor::closed().body(mime, body).into_owned()
    }

    #[test]
    fn secret_members_of_json_go_at_any_depth() {
        assert_eq!(
            cleaned(
                "application/json",
                r#"{"user":"ann","password":"hunter2","auth":{"pin":1234,"ok":true},"n":[{"accessToken":"a"}]}"#
            ),
            r#"{"user":"ann","password":"‹redacted:1›","auth":{"pin":"‹redacted:2›","ok":true},"n":[{"accessToken":"‹redacted:3›"}]}"#
        );
        assert_eq!(
            cleaned("text/plain", ")]}'\n{\"token\":\"abc\"}"),
            ")]}'\n{\"token\":\"‹redacted:1›\"}"
        );
        assert_eq!(
            cleaned("", r#"{"inner":"{\"token\":\"abc\"}"}"#),
            r#"{"inner":"{\"token\":\"‹redacted:1›\"}"}"#
        );
    }

    #[test]
    fn forms_lose_their_secrets() {
        assert_eq!(
            cleaned(
                "application/x-www-form-urlencoded",
                "user=ann&password=a%20b&x=1"
            ),
            "user=ann&password=‹redacted:1›&x=1"
        );
        let body = "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nhunter2\r\n--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--b--";
        assert_eq!(
            cleaned("multipart/form-data; boundary=b", body),
            body.replace("hunter2", "‹redacted:1›")
        );
    }

    #[test]
    fn pages_lose_their_hidden_fields() {
        assert_eq!(
            cleaned(
                "text/html",
                "<input name=\"csrf_token\" value=\"abc\"><p>token list</p>"
            ),
            "<input name=\"csrf_token\" value=\"‹redacted:1›\"><p>token list</p>"
        );
    }
}
