//! Messages of WebSockets and of line protocols: a command and its credentials, `AUTH secret`.

use super::url::Pieces;
use super::{Kind, Redactor, binary, body};
use std::borrow::Cow;

/// `message` without its secrets.
pub(super) fn clean<'a>(redactor: &Redactor, message: &'a str) -> Cow<'a, str> {
    if let Some(command) = command_len(message) {
        let (command, rest) = message.split_at_checked(command).unwrap_or((message, ""));
        let end = rest.find(['\r', '\n']).unwrap_or(rest.len());
        let (credentials, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let mut out = Pieces::new(message);
        out.keep(command);
        out.put(redactor.hide(Kind::Body, credentials));
        out.put(body::clean(redactor, "", rest));
        return out.finish();
    }
    // HAR has binary messages in base64.
    if message.len() >= 8
        && let Ok(bytes) = data_url::forgiving_base64::decode_to_vec(message.as_bytes())
        && binary::holds_secret("", &bytes)
    {
        return redactor.hide(Kind::Body, message);
    }
    body::clean(redactor, "", message)
}

/// Whether `word` is a command that is followed by credentials.
pub(super) fn is_command(word: &str) -> bool {
    COMMANDS.iter().any(|own| own.eq_ignore_ascii_case(word))
}

/// Up to where a message is a command, if it is one with something behind it.
fn command_len(message: &str) -> Option<usize> {
    let end = message.find([' ', '\t', ':', '|', ',', '='])?;
    let (word, rest) = message.split_at_checked(end)?;
    let credentials = rest.trim_start_matches([' ', '\t', ':', '|', ',', '=']);
    let is_text = !credentials.starts_with(['{', '[', '\r', '\n']) && !credentials.is_empty();
    (is_command(word) && is_text).then(|| message.len() - credentials.len())
}

/// Commands of IRC, SMTP, POP, Redis, chat and trading protocols that carry credentials.
const COMMANDS: [&str; 15] = [
    "apikey",
    "auth",
    "authenticate",
    "authorization",
    "authorize",
    "bearer",
    "identify",
    "jwt",
    "login",
    "logon",
    "oauth",
    "pass",
    "password",
    "sasl",
    "token",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_command_goes_to_the_end_of_its_line() {
        let clean = |text| clean(&Redactor::closed(), text).into_owned();
        assert_eq!(clean("AUTH me s3cret"), "AUTH ‹redacted:1›");
        assert_eq!(clean("auth:s3cret\nPING"), "auth:‹redacted:1›\nPING");
        assert_eq!(clean("PING 12345"), "PING 12345");
        assert_eq!(clean("authors a b"), "authors a b");
    }
}
