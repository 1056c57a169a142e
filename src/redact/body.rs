//! Secrets in the content of messages: JSON, forms, multipart forms; anything else is taken as running text.

use super::json::{self, Policy};
use super::names::{Place, is_secret};
use super::text::Style;
use super::url::Pieces;
use super::{Kind, Redactor, email, graphql, message, nested, shapes, text, url};
use std::borrow::Cow;

/// `body` without its secrets. The type is a hint only: content is looked at, since servers mislabel it.
pub(super) fn clean<'a>(redactor: &Redactor, mime: &str, body: &'a str) -> Cow<'a, str> {
    let mime = mime.to_ascii_lowercase();
    if mime.contains("multipart/") || body.starts_with("--") && body.contains("form-data;") {
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
        let mut policy = Members::new(redactor, json_text);
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
    if nested::hides_in_base64(redactor, body) {
        return redactor.hide(Kind::Body, body);
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
    /// The open objects, and the arrays that begin with the name of a secret.
    open: Vec<Level>,
    /// `code` and the like are secrets too.
    place: Place,
    /// GraphQL variables that were given to secret arguments.
    variables: Vec<String>,
}

#[derive(Clone, Copy)]
struct Level {
    /// Inside a secret member.
    is_secret: bool,
    /// The object says that its `value` is a secret.
    names_value: bool,
    /// `["auth", "…"]`
    is_command: bool,
}

impl<'r> Members<'r> {
    fn new(redactor: &'r Redactor, body: &str) -> Self {
        Self {
            redactor,
            open: Vec::new(),
            place: place(body),
            variables: Vec::new(),
        }
    }

    fn is_secret(&self, key: &str) -> bool {
        is_secret(self.place, key) || self.variables.iter().any(|own| own == key)
    }

    fn is_inside_secret(&self) -> bool {
        self.open.last().is_some_and(|level| level.is_secret)
    }

    /// `{"name":"password","value":"…"}`
    fn is_named(&self, key: &str) -> bool {
        is_value_name(key) && self.open.last().is_some_and(|level| level.names_value)
    }

    fn is_argument(&self, value: &str) -> bool {
        self.open.last().is_some_and(|level| level.is_command) && !announces(value)
    }
}

impl Policy for Members<'_> {
    fn enter(&mut self, key: &str, rest: &str) {
        let level = Level {
            is_secret: self.is_inside_secret() || self.is_secret(key) || self.is_named(key),
            names_value: names_secret(rest),
            is_command: false,
        };
        if self.open.len() < 2 {
            let query = json::members(rest, QUERY).find(|(name, _)| *name == "query");
            let found = query.map(|(_, query)| graphql::secret_variables(query));
            self.variables.extend(found.unwrap_or_default());
        }
        self.open.push(level);
    }

    fn enter_array(&mut self, _: &str, rest: &str) -> bool {
        let first = rest
            .strip_prefix("[\"")
            .and_then(|rest| rest.split_once('"'));
        let is_command = first.is_some_and(|(word, _)| announces(word));
        if is_command {
            self.open.push(Level {
                is_secret: self.is_inside_secret(),
                names_value: false,
                is_command,
            });
        }
        is_command
    }

    fn leave(&mut self) {
        self.open.pop();
    }

    fn rename(&mut self, key: &str) -> Option<String> {
        rename(self.redactor, key)
    }

    fn replace(&mut self, key: &str, value: &str) -> Option<String> {
        let cleaned = if self.is_inside_secret()
            || self.is_named(key)
            || self.is_secret(key)
            || self.is_argument(value)
            || shapes::is_opaque(value)
            || nested::hides_in_base64(self.redactor, value)
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

/// Bytes of an object in which its `query` is looked for.
const QUERY: usize = 1 << 16;

/// Bytes of an object in which the name of its value is looked for.
const HEAD: usize = 1024;

/// In a token request (RFC 6749 §4.1.3) `code` is a secret; elsewhere it is an everyday word.
fn place(body: &str) -> Place {
    match body.contains("grant_type") {
        true => Place::Query,
        false => Place::Body,
    }
}

/// The name of a member that is itself a secret: `{"ann@example.com": …}`.
pub(super) fn rename(redactor: &Redactor, key: &str) -> Option<String> {
    let cleaned = match shapes::is_token(key) || shapes::is_opaque(key) {
        true => redactor.hide(Kind::Body, key),
        false => email::clean(redactor, key),
    };
    match cleaned {
        Cow::Owned(new) => Some(new),
        Cow::Borrowed(_) => None,
    }
}

/// Whether an object says that its value is a secret: `{"name":"password"}`, `{"op":"auth"}`.
pub(super) fn names_secret(object: &str) -> bool {
    json::members(object, HEAD).any(|(key, value)| match key {
        "field" | "header" | "id" | "k" | "key" | "name" => is_secret(Place::Body, value),
        "action" | "cmd" | "command" | "event" | "kind" | "method" | "op" | "type" => {
            announces(value)
        }
        _ => false,
    })
}

/// The member that [`names_secret`] speaks of.
pub(super) fn is_value_name(key: &str) -> bool {
    matches!(
        key,
        "args" | "arguments" | "content" | "data" | "params" | "v" | "value" | "values"
    )
}

fn announces(word: &str) -> bool {
    word.len() < 40 && (message::is_command(word) || is_secret(Place::Body, word))
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
        out.put(text::clean(redactor, Style::Foreign, head));
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
