//! What may leave the machine.
//!
//! One place decides what a secret is. Cookies, credentials, keys and tokens are replaced by a tag; what CORS is about
//! (`Origin`, `Access-Control-*`, `Vary`, statuses, hosts, paths) stays readable. Reports take whole findings through
//! [`Redactor::finding`], so that no renderer can forget; `--show-secrets` opens everything by handing out
//! [`Redactor::open`].
//!
//! This room knows text only: it opens no file and parses no message.

pub(crate) mod base64;
mod binary;
mod body;
mod email;
mod fields;
mod finding;
mod graphql;
pub mod har;
mod har_members;
mod hosts;
mod json;
mod markup;
mod memory;
mod message;
mod names;
mod nested;
mod path;
mod shapes;
mod tags;
mod text;
mod url;

pub use tags::Kind;

use hosts::Hosts;
use memory::Memory;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use tags::Tags;

/// Replaces secrets by tags: `‹redacted:1›`.
///
/// Within one redactor the same secret gets the same tag, so that "is this the same session?" can be answered. The
/// number counts secrets in the order in which they were met: it depends on nothing but the input (same input, same
/// output) and says nothing about the secret, so there is nothing to try guesses against.
#[derive(Debug)]
pub struct Redactor {
    /// `None`: secrets are shown.
    tags: Option<RefCell<Tags>>,
    /// `None`: host names are shown.
    hosts: Option<RefCell<Hosts>>,
    /// Documents around the one that is being cleaned.
    depth: Cell<u8>,
    /// Sentences of our own without secrets.
    harmless: Memory,
    /// Values without secrets of fields that are the same in thousands of requests.
    harmless_values: Memory,
    /// What fields may hold, by their names.
    field_classes: fields::Classes,
    /// URLs without secrets.
    harmless_urls: Memory,
    /// Words of our own sentences that are no secrets and announce none.
    vocabulary: Memory,
}

impl Redactor {
    /// Hides secrets: the default everywhere.
    pub fn closed() -> Self {
        Self {
            tags: Some(RefCell::default()),
            ..Self::open()
        }
    }

    /// Shows everything (`--show-secrets`).
    pub fn open() -> Self {
        Self {
            tags: None,
            hosts: None,
            depth: Cell::new(0),
            harmless: Memory::default(),
            harmless_values: Memory::default(),
            field_classes: fields::Classes::default(),
            harmless_urls: Memory::default(),
            vocabulary: Memory::default(),
        }
    }

    /// Also gives hosts other names (`--redact-hosts`).
    pub fn hiding_hosts(mut self) -> Self {
        self.hosts = Some(RefCell::default());
        self
    }

    /// Whether everything is shown.
    pub fn is_open(&self) -> bool {
        self.tags.is_none() && self.hosts.is_none()
    }

    /// Whether hosts have other names.
    pub fn hides_hosts(&self) -> bool {
        self.hosts.is_some()
    }

    /// The name of an input: browsers call exports after the page's host.
    pub fn source<'a>(&self, name: &'a str) -> Cow<'a, str> {
        self.rename(Cow::Borrowed(name))
    }

    /// An endpoint's address.
    pub fn address(&self, address: SocketAddr) -> SocketAddr {
        match &self.hosts {
            Some(hosts) => {
                SocketAddr::new(hosts.borrow_mut().address(address.ip()), address.port())
            }
            None => address,
        }
    }

    /// A fingerprint; a number where hosts are hidden, since names could be tried against the hash.
    pub fn fingerprint<'a>(&self, print: &'a str) -> Cow<'a, str> {
        match &self.hosts {
            Some(hosts) => Cow::Owned(hosts.borrow_mut().fingerprint(print)),
            None => Cow::Borrowed(print),
        }
    }

    /// A field value (header), fit to be shown. `name` in any case.
    pub fn field<'a>(&self, name: &str, value: &'a str) -> Cow<'a, str> {
        if self.is_open() {
            return Cow::Borrowed(value);
        }
        let cleaned = match self.tags {
            Some(_) => fields::clean(self, name, value),
            None => Cow::Borrowed(value),
        };
        match &self.hosts {
            Some(hosts) if HOST_FIELDS.iter().any(|own| own.eq_ignore_ascii_case(name)) => {
                Cow::Owned(hosts.borrow_mut().authority(&cleaned).into_owned())
            }
            _ => self.rename(cleaned),
        }
    }

    /// A URL without userinfo and without tokens in its path, query and fragment. The rest stays byte for byte.
    pub fn url<'a>(&self, url: &'a str) -> Cow<'a, str> {
        match self.tags {
            Some(_) => self.rename(self.clean_url(url)),
            None => self.rename(Cow::Borrowed(url)),
        }
    }

    /// The same, hosts as they are.
    fn clean_url<'a>(&self, url: &'a str) -> Cow<'a, str> {
        self.remembering(&self.harmless_urls, url, |url| url::clean(self, url))
    }

    /// `text` cleaned; at once where `memory` knows it.
    fn remembering<'a>(
        &self,
        memory: &Memory,
        text: &'a str,
        clean: impl Fn(&'a str) -> Cow<'a, str>,
    ) -> Cow<'a, str> {
        // Within documents it depends on their depth, too.
        if self.depth.get() > 0 || text.is_empty() {
            return clean(text);
        }
        if memory.has(text) {
            return Cow::Borrowed(text);
        }
        let cleaned = clean(text);
        if matches!(cleaned, Cow::Borrowed(_)) {
            memory.learn(text);
        }
        cleaned
    }

    /// The value of a parameter of a URL or form, decoded or not.
    fn parameter<'a>(&self, name: &str, value: &'a str) -> Cow<'a, str> {
        match self.tags {
            Some(_) => self.rename(url::clean_parameter(self, name, value)),
            None => self.rename(Cow::Borrowed(value)),
        }
    }

    /// Running text: URLs in it are cleaned, tokens of known shape and the words after `Bearer` and the like are hidden.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.tags {
            Some(_) => self.rename(text::clean(self, text::Style::Foreign, text)),
            None => self.rename(Cow::Borrowed(text)),
        }
    }

    /// A sentence of our own about somebody's traffic: as [`Self::text`], but a name and a colon hide nothing.
    pub fn prose<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.tags.is_none() {
            return self.rename(Cow::Borrowed(text));
        }
        self.rename(self.remembering(&self.harmless, text, |text| {
            text::clean(self, text::Style::Prose, text)
        }))
    }

    /// A message's content: JSON and forms lose the values of secret members, anything else is taken as running text.
    pub fn body<'a>(&self, mime: &str, body: &'a str) -> Cow<'a, str> {
        match self.tags {
            Some(_) => self.rename(body::clean(self, mime, body)),
            None => self.rename(Cow::Borrowed(body)),
        }
    }

    /// A message of a WebSocket: as [`Self::body`], and a command's credentials are hidden.
    fn message<'a>(&self, message: &'a str) -> Cow<'a, str> {
        match self.tags {
            Some(_) => self.rename(message::clean(self, message)),
            None => self.rename(Cow::Borrowed(message)),
        }
    }

    /// How many secrets were replaced, by kind.
    pub fn removed(&self) -> BTreeMap<Kind, u64> {
        self.tags
            .as_ref()
            .map(|tags| tags.borrow().removed())
            .unwrap_or_default()
    }

    /// `text` with other names for its hosts.
    fn rename<'a>(&self, text: Cow<'a, str>) -> Cow<'a, str> {
        match &self.hosts {
            Some(hosts) => hosts.borrow_mut().text(text),
            None => text,
        }
    }

    /// The tag that stands for `secret`. Tags and empty text stay as they are.
    fn hide<'a>(&self, kind: Kind, secret: &'a str) -> Cow<'a, str> {
        match &self.tags {
            Some(tags) if !secret.is_empty() && !tags::is_tag(secret) => {
                Cow::Owned(tags.borrow_mut().tag(kind, secret))
            }
            _ => Cow::Borrowed(secret),
        }
    }
}

/// Fields whose value is a host, with or without port.
const HOST_FIELDS: [&str; 4] = [
    ":authority",
    "host",
    "x-forwarded-host",
    "x-forwarded-server",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_same_secret_gets_the_same_tag_and_another_gets_another() {
        let redactor = Redactor::closed();
        assert_eq!(redactor.field("X-Api-Key", "one"), "‹redacted:1›");
        assert_eq!(redactor.field("X-Api-Key", "two"), "‹redacted:2›");
        assert_eq!(
            redactor.url("https://a.example/?api_key=one"),
            "https://a.example/?api_key=‹redacted:1›"
        );
        assert_eq!(redactor.removed().values().sum::<u64>(), 3);
    }

    #[test]
    fn what_was_cleaned_once_stays_as_it_is() {
        let redactor = Redactor::closed();
        let once = redactor
            .field("authorization", "Bearer abcdef")
            .into_owned();
        assert_eq!(redactor.field("authorization", &once), once);
        assert_eq!(redactor.text(&once), once);
    }

    #[test]
    fn an_open_redactor_shows_everything() {
        let redactor = Redactor::open();
        assert_eq!(redactor.field("cookie", "sid=1"), "sid=1");
        assert_eq!(
            redactor.url("https://u:p@h/?token=1"),
            "https://u:p@h/?token=1"
        );
    }

    /// Words of texts: common ones, what announces secrets, secrets, URLs, marks.
    const WORDS: [&str; 24] = [
        "answer",
        "OPTIONS",
        "access-control-allow-origin:",
        "token",
        "token:",
        "password",
        "is",
        "Bearer",
        "hunter2",
        "sid=abc123",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
        "https://a.example/x?token=1",
        "https://a.example/users/7",
        "/reset/4f9a8c7b6d5e",
        "/users/7?page=2",
        "ann@corp.com",
        "\"",
        ",",
        "(",
        ">",
        "-u",
        "name:password",
        "‹redacted:1›",
        "é",
    ];

    /// `text` with all tags alike: their numbers say what was met before.
    fn without_numbers(text: &str) -> String {
        text.split('›')
            .map(|part| part.trim_end_matches(|c: char| c.is_ascii_digit()))
            .collect::<Vec<_>>()
            .join("›")
    }

    fn all_ways(redactor: &Redactor, text: &str) -> [String; 5] {
        [
            redactor.prose(text),
            redactor.text(text),
            redactor.url(text),
            redactor.field("etag", text),
            redactor.field("x-any", text),
        ]
        .map(|clean| without_numbers(&clean))
    }

    proptest! {
        #[test]
        fn what_was_met_before_changes_nothing(
            texts in prop::collection::vec(prop::collection::vec((0..WORDS.len(), " ?"), 0..8), 1..12),
        ) {
            let old = Redactor::closed();
            for words in texts {
                let words = words.iter().map(|(word, gap)| format!("{}{gap}", WORDS[*word]));
                let text: String = words.collect();
                prop_assert_eq!(all_ways(&old, &text), all_ways(&Redactor::closed(), &text));
                // Now all of it is known.
                prop_assert_eq!(all_ways(&old, &text), all_ways(&Redactor::closed(), &text));
            }
        }
    }
}
