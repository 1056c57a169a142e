//! Which members of a HAR hold what: fields, cookies, parameters, bodies, URLs, messages, and what exporters add.

use super::json::Policy;
use super::names::{Place, is_secret};
use super::{Kind, Redactor, base64, binary, body, shapes};
use serde::Deserialize;
use std::borrow::Cow;

/// Decides over the members of an entry, or of the rest of the document.
pub(super) struct HarPolicy<'r> {
    redactor: &'r Redactor,
    frames: Vec<Frame>,
}

/// What an object of a HAR is, as far as its members' values depend on it.
enum Frame {
    Plain,
    /// Inside a member with a secret name.
    Secret,
    /// Says that its `value` is a secret: `{"key":"password","value":"…"}`.
    Named,
    /// An element of `headers`, `cookies`, `queryString` or `params`; without name where names are its keys.
    Pair {
        list: List,
        name: Option<String>,
    },
    /// `content` or `postData`.
    Body {
        mime: String,
        is_base64: bool,
    },
}

#[derive(Clone, Copy)]
enum List {
    Cookies,
    Headers,
    Parameters,
}

impl List {
    fn of(key: &str) -> Option<Self> {
        Some(match key {
            "cookies" | "requestCookies" | "blockedCookies" | "_cookies" => Self::Cookies,
            "headers" | "_headers" => Self::Headers,
            "queryString" | "params" => Self::Parameters,
            _ => return None,
        })
    }
}

impl<'r> HarPolicy<'r> {
    pub(super) fn new(redactor: &'r Redactor) -> Self {
        Self {
            redactor,
            frames: Vec::new(),
        }
    }

    fn in_list<'v>(&self, list: List, name: &str, value: &'v str) -> Cow<'v, str> {
        match list {
            List::Cookies => self.redactor.hide(Kind::Cookie, value),
            List::Headers => self.redactor.field(name, value),
            List::Parameters => self.redactor.parameter(name, value),
        }
    }
}

impl Policy for HarPolicy<'_> {
    fn enter(&mut self, key: &str, rest: &str) {
        let frame = match (key, List::of(key)) {
            _ if matches!(self.frames.last(), Some(Frame::Secret)) => Frame::Secret,
            ("content" | "postData", _) => body(rest),
            (_, Some(list)) => Frame::Pair {
                list,
                name: first::<Named>(rest).and_then(|named| named.name),
            },
            _ if is_har_object(key) => Frame::Plain,
            _ if is_secret(Place::Body, key) => Frame::Secret,
            _ if matches!(self.frames.last(), Some(Frame::Named)) && body::is_value_name(key) => {
                Frame::Secret
            }
            _ if body::names_secret(rest) => Frame::Named,
            _ => Frame::Plain,
        };
        self.frames.push(frame);
    }

    /// Pairs as arrays: `["Cookie", "…"]`.
    fn enter_array(&mut self, key: &str, rest: &str) -> bool {
        let name = rest
            .strip_prefix("[\"")
            .and_then(|rest| rest.split_once('"'));
        match (List::of(key), name) {
            (Some(list), Some((name, _))) => {
                let name = Some(name.to_owned());
                self.frames.push(Frame::Pair { list, name });
                true
            }
            _ => false,
        }
    }

    fn leave(&mut self) {
        self.frames.pop();
    }

    fn rename(&mut self, key: &str) -> Option<String> {
        body::rename(self.redactor, key)
    }

    fn replace(&mut self, key: &str, value: &str) -> Option<String> {
        let redactor = self.redactor;
        let cleaned = match (self.frames.last(), key) {
            (Some(Frame::Secret), _) => redactor.hide(Kind::Body, value),
            (Some(Frame::Named), _) if body::is_value_name(key) => redactor.hide(Kind::Body, value),
            (Some(Frame::Pair { name: None, list }), _) => self.in_list(*list, key, value),
            (
                Some(Frame::Pair {
                    name: Some(name), ..
                }),
                _,
            ) if name == value => {
                return name_of_pair(redactor, value);
            }
            (
                Some(Frame::Pair {
                    name: Some(name),
                    list,
                }),
                _,
            ) => match key {
                "domain" | "expires" | "sameSite" | "contentType" => return None,
                "path" => redactor.url(value),
                "comment" => redactor.text(value),
                _ if key != "value" && is_flag(value) => return None,
                _ => self.in_list(*list, name, value),
            },
            (Some(Frame::Body { mime, is_base64 }), "text") => {
                return clean_body(redactor, mime, *is_base64, value);
            }
            (_, "url" | "redirectURL" | "referrer" | "documentURL") => redactor.url(value),
            // Frames of a WebSocket: `{"type":"send","data":"…"}`.
            (_, "data") => redactor.message(value),
            _ if matches!(List::of(key), Some(List::Cookies)) => redactor.field("cookie", value),
            _ if is_har_object(key) => return None,
            _ if is_secret(Place::Body, key) => redactor.hide(Kind::Body, value),
            _ if value.starts_with(['{', '[']) => redactor.body("", value),
            _ => redactor.text(value),
        };
        match cleaned {
            Cow::Owned(new) => Some(new),
            Cow::Borrowed(_) => None,
        }
    }
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    name: Option<String>,
}

/// The size of a cookie, an ordinal: what exporters add to a pair, not its value.
fn is_flag(value: &str) -> bool {
    value.len() < 4 && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// `?eyJ…`: a parameter that is all name.
fn name_of_pair(redactor: &Redactor, name: &str) -> Option<String> {
    match shapes::is_token(name) {
        true => Some(redactor.hide(Kind::Url, name).into_owned()),
        false => body::rename(redactor, name),
    }
}

/// Members of the format itself whose names look secret.
fn is_har_object(key: &str) -> bool {
    matches!(key, "_session" | "_sessionId" | "_blocked_queueing")
}

fn body(rest: &str) -> Frame {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Head {
        #[serde(default)]
        mime_type: Option<String>,
        #[serde(default)]
        encoding: Option<String>,
    }
    let head = first::<Head>(rest);
    Frame::Body {
        is_base64: head
            .as_ref()
            .and_then(|head| head.encoding.as_deref())
            .is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64")),
        mime: head.and_then(|head| head.mime_type).unwrap_or_default(),
    }
}

/// The value that `text` begins with.
fn first<'t, T: Deserialize<'t>>(text: &'t str) -> Option<T> {
    let mut reader = serde_json::Deserializer::from_str(text);
    T::deserialize(&mut reader).ok()
}

fn clean_body(redactor: &Redactor, mime: &str, is_base64: bool, value: &str) -> Option<String> {
    if !is_base64 {
        return match redactor.body(mime, value) {
            Cow::Owned(new) => Some(new),
            Cow::Borrowed(_) => None,
        };
    }
    let bytes = data_url::forgiving_base64::decode_to_vec(value.as_bytes()).ok()?;
    match String::from_utf8(bytes) {
        Ok(text) => match redactor.body(mime, &text) {
            Cow::Owned(new) => Some(base64::encode(new.as_bytes())),
            Cow::Borrowed(_) => None,
        },
        Err(error) if binary::holds_secret(mime, error.as_bytes()) => {
            let tag = redactor.hide(Kind::Body, value);
            Some(base64::encode(tag.as_bytes()))
        }
        Err(_) => None,
    }
}
