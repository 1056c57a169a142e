//! A policy whose values may be written into any configuration language as they stand.
//!
//! Origins, methods and field names come out of captures, and captures may be hostile. What passes here consists of
//! letters, digits and `: / . _ - [ ]` only; everything else is left out, with a note that cannot carry it either.

use super::policy::Policy;
use std::collections::BTreeSet;

/// Stands for an origin when none is known.
const EXAMPLE_ORIGIN: &str = "https://app.example.com";
/// Stands for the API when its URL is not known.
const EXAMPLE_API: &str = "https://api.example.com";
/// How long a preflight's answer is kept when the policy does not say, in seconds.
const DEFAULT_MAX_AGE: u32 = 600;
/// Chromium keeps no preflight longer; a higher number only misleads.
const LONGEST_MAX_AGE: u32 = 7200;
/// The usual order of methods; others follow by name.
const USUAL: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// A checked [`Policy`]: no list but `expose` is empty, and all values are harmless text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vetted {
    /// Serialised origins, sorted; empty only when any origin is allowed.
    pub(super) origins: Vec<String>,
    /// Methods in the usual order.
    pub(super) methods: Vec<String>,
    /// Request field names in lower case, sorted.
    pub(super) headers: Vec<String>,
    /// Response field names in lower case, sorted.
    pub(super) expose: Vec<String>,
    /// Whether credentials are allowed; never together with any origin.
    pub(super) credentials: bool,
    /// Seconds, 1 to [`LONGEST_MAX_AGE`].
    pub(super) max_age: u32,
    /// Begins with a slash.
    pub(super) path: String,
    /// `http(s)://host[:port]`.
    pub(super) upstream: Option<String>,
    /// `http(s)://host[:port]`.
    pub(super) api: String,
    /// What was left out or changed, for the reader.
    pub(super) notes: Vec<String>,
}

impl Vetted {
    /// Checks `policy`.
    pub fn new(policy: &Policy) -> Self {
        let mut notes = Vec::new();
        let (origins, any) = origins(&policy.origins, policy.credentials, &mut notes);
        let methods = methods(&policy.methods, &mut notes);
        let mut headers = field_names(&policy.headers, &mut notes);
        headers.retain(|name| may_be_requested(name, &mut notes));
        if headers.is_empty() {
            headers.push("content-type".to_owned());
        }
        Self {
            origins,
            methods,
            headers,
            expose: field_names(&policy.expose, &mut notes),
            credentials: policy.credentials && !any,
            max_age: max_age(policy.max_age, &mut notes),
            path: path(&policy.path, &mut notes),
            upstream: policy
                .upstream
                .as_deref()
                .and_then(|url| server(url, &mut notes)),
            api: policy
                .api
                .as_deref()
                .and_then(|url| server(url, &mut notes))
                .unwrap_or_else(|| EXAMPLE_API.to_owned()),
            notes,
        }
    }

    /// Whether any origin is allowed.
    pub fn allows_any_origin(&self) -> bool {
        self.origins.is_empty()
    }

    /// Leaves out the methods that are not `known`, since `title` refuses to list them. An empty list knows all.
    pub(super) fn keep_methods(&mut self, known: &[&str], title: &str) {
        if known.is_empty() {
            return;
        }
        let (kept, left): (Vec<_>, Vec<_>) = std::mem::take(&mut self.methods)
            .into_iter()
            .partition(|method| known.contains(&method.as_str()));
        self.methods = kept;
        if !left.is_empty() {
            self.notes.push(format!(
                "{title} cannot allow {}: left out.",
                left.join(", ")
            ));
        }
    }
}

/// The origins to list, and whether any is allowed instead.
fn origins(asked: &[String], credentials: bool, notes: &mut Vec<String>) -> (Vec<String>, bool) {
    let wants_any = asked.iter().any(|origin| origin == "*");
    if wants_any && !credentials {
        return (Vec::new(), true);
    }
    let mut found = BTreeSet::new();
    for origin in asked.iter().filter(|origin| *origin != "*") {
        if origin == "null" {
            notes.push(
                "The origin null is left out: any site can send it from a sandboxed frame. Serve the page from a real origin."
                    .to_owned(),
            );
        } else if let Some(origin) = serialised_origin(origin) {
            found.insert(origin);
        } else {
            notes.push(format!(
                "{} is not an origin that a browser sends: left out.",
                shown(origin)
            ));
        }
    }
    if wants_any {
        notes.push(
            "Browsers refuse * together with credentials, and echoing every origin gives private data to any site: list the origins."
                .to_owned(),
        );
    }
    if found.is_empty() {
        notes.push(format!(
            "Replace {EXAMPLE_ORIGIN} by the origin of the page."
        ));
        found.insert(EXAMPLE_ORIGIN.to_owned());
    }
    (found.into_iter().collect(), false)
}

/// `text` as browsers serialise it, when it is an origin of harmless characters: what people write with a trailing
/// slash, capitals or a default port is mended.
fn serialised_origin(text: &str) -> Option<String> {
    let mended = match url::Url::parse(text) {
        Ok(url) if url.origin().is_tuple() => {
            let has_more = url.path() != "/"
                || url.query().is_some()
                || url.fragment().is_some()
                || !url.username().is_empty()
                || url.password().is_some();
            if has_more {
                return None;
            }
            url.origin().ascii_serialization()
        }
        // Web views and extensions have schemes of their own: capacitor://localhost.
        _ => text.to_owned(),
    };
    is_plain_origin(&mended).then_some(mended)
}

fn is_plain_origin(text: &str) -> bool {
    let Some((scheme, authority)) = text.split_once("://") else {
        return false;
    };
    let (host, port) = match authority
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        Some((address, port)) => (
            address,
            port.strip_prefix(':').or(port.is_empty().then_some("")),
        ),
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, Some("")),
        },
    };
    let is_address = authority.starts_with('[');
    let is_host_byte = |byte: u8| {
        if is_address {
            byte.is_ascii_hexdigit() || byte == b':'
        } else {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte)
        }
    };
    let has_port = authority.ends_with(|c: char| c.is_ascii_digit()) || !authority.ends_with(':');
    scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b))
        && scheme.len() <= 64
        && scheme != "file"
        && !host.is_empty()
        && host.len() <= 253
        && host.bytes().all(is_host_byte)
        && has_port
        && port.is_some_and(|port| port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit()))
}

/// The methods to list: the safelisted ones always, since a list without them reads like a mistake.
fn methods(asked: &[String], notes: &mut Vec<String>) -> Vec<String> {
    let mut found: BTreeSet<&str> = BTreeSet::from(["GET", "HEAD", "POST"]);
    for method in asked {
        let upper = method.to_ascii_uppercase();
        if matches!(upper.as_str(), "CONNECT" | "TRACE" | "TRACK") {
            notes.push(format!("No browser sends {upper} for a page: left out."));
        } else if !is_plain_name(method) {
            notes.push(format!(
                "{} is not a usual method: left out.",
                shown(method)
            ));
        } else if upper != "OPTIONS" {
            found.insert(method);
        }
    }
    let mut found: Vec<&str> = found.into_iter().collect();
    found.sort_by_key(|method| {
        USUAL
            .iter()
            .position(|usual| usual == method)
            .unwrap_or(USUAL.len())
    });
    found.into_iter().map(str::to_owned).collect()
}

fn field_names(asked: &[String], notes: &mut Vec<String>) -> Vec<String> {
    let mut found = BTreeSet::new();
    for name in asked {
        if is_plain_name(name) {
            found.insert(name.to_ascii_lowercase());
        } else if name == "*" {
            notes.push("* among field names is left out: it means nothing in requests with credentials. Name them.".to_owned());
        } else {
            notes.push(format!(
                "{} is not a usual field name: left out.",
                shown(name)
            ));
        }
    }
    found.into_iter().collect()
}

/// Fields of answers that pages set by mistake are not to be allowed but to be removed from the page.
fn may_be_requested(name: &str, notes: &mut Vec<String>) -> bool {
    let is_of_answers = name.starts_with("access-control-");
    if is_of_answers {
        notes.push(format!(
            "{name} is left out: it belongs into answers. Remove it from the page's request."
        ));
    }
    !is_of_answers
}

/// A token (RFC 9110 §5.6.2) without the marks that mean something in configuration languages.
fn is_plain_name(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    text.len() <= 100
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(is_plain)
}

fn max_age(asked: u32, notes: &mut Vec<String>) -> u32 {
    if asked > LONGEST_MAX_AGE {
        notes.push(format!(
            "Chromium keeps no preflight longer than {LONGEST_MAX_AGE} s: {asked} is lowered."
        ));
    }
    match asked {
        0 => DEFAULT_MAX_AGE,
        asked => asked.min(LONGEST_MAX_AGE),
    }
}

fn path(asked: &str, notes: &mut Vec<String>) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    if asked.is_empty() {
        return "/".to_owned();
    }
    let is_plain_path = asked.starts_with('/')
        && asked.len() <= 1000
        && asked.bytes().all(is_plain)
        && !asked.contains("//")
        && !asked.split('/').any(|part| part == "." || part == "..");
    if is_plain_path {
        return asked.to_owned();
    }
    notes.push(format!(
        "The path {} is not plain: the text is for all paths.",
        shown(asked)
    ));
    "/".to_owned()
}

fn server(url: &str, notes: &mut Vec<String>) -> Option<String> {
    let origin = serialised_origin(url).filter(|origin| origin.starts_with("http"));
    if origin.is_none() {
        notes.push(format!(
            "{} is not the address of a server (http://host:port): left out.",
            shown(url)
        ));
    }
    origin
}

/// `text` for a note: short, and with everything but harmless characters masked.
fn shown(text: &str) -> String {
    let is_harmless = |c: char| c.is_ascii_alphanumeric() || ":/._-".contains(c);
    let masked: String = text
        .chars()
        .take(60)
        .map(|c| if is_harmless(c) { c } else { '?' })
        .collect();
    let end = if text.chars().nth(60).is_some() {
        "…"
    } else {
        ""
    };
    format!("“{masked}{end}”")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn with_origins(origins: &[&str]) -> Vetted {
        let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
        Vetted::new(&Policy {
            origins,
            ..Policy::default()
        })
    }

    #[test]
    fn origins_of_pages_apps_and_extensions_pass_as_they_are() {
        for origin in [
            "https://app.example.com",
            "http://localhost:5173",
            "http://127.0.0.1:8100",
            "http://[::1]:3000",
            "http://[2001:db8::1]",
            "capacitor://localhost",
            "chrome-extension://abcdefghijklmnop",
            "https://xn--mnchen-3ya.example",
            "https://under_score.example",
        ] {
            let vetted = with_origins(&[origin]);
            assert_eq!(
                (vetted.origins, vetted.notes),
                (vec![origin.to_owned()], vec![])
            );
        }
    }

    #[test]
    fn what_people_write_is_mended_to_what_browsers_send() {
        assert_eq!(
            with_origins(&["HTTPS://App.Example.com:443/"]).origins,
            ["https://app.example.com"]
        );
        assert_eq!(
            with_origins(&["https://münchen.example"]).origins,
            ["https://xn--mnchen-3ya.example"]
        );
    }

    #[test]
    fn what_no_browser_sends_is_left_out_and_masked_in_the_note() {
        for hostile in [
            "https://a'b.example",
            "https://a\"};evil",
            "https://a`id`.example",
            "https://a$host.example",
            "https://a.example/path",
            "https://a.example\nadd_header x y",
            "https://user:pw@a.example",
            "file://",
            "app://",
            "x://a:",
            "x://[::1",
            "example.com",
            "https://*.example.com",
        ] {
            let vetted = with_origins(&[hostile]);
            assert_eq!(vetted.origins, [EXAMPLE_ORIGIN], "{hostile}");
            assert!(vetted.notes[0].contains("left out"), "{hostile}");
            assert!(
                !vetted.notes[0].contains(['\'', '"', '`', '$', '\n']),
                "{hostile}"
            );
        }
    }

    #[test]
    fn null_is_never_allowed() {
        assert_eq!(
            with_origins(&["null", "https://a.example"]).origins,
            ["https://a.example"]
        );
    }

    #[test]
    fn any_origin_only_when_asked_and_never_with_credentials() {
        assert!(with_origins(&["*"]).allows_any_origin());
        let policy = Policy {
            origins: vec!["*".into()],
            credentials: true,
            ..Policy::default()
        };
        let vetted = Vetted::new(&policy);
        assert!(!vetted.allows_any_origin() && vetted.credentials);
        assert!(!with_origins(&[]).allows_any_origin());
    }

    #[test]
    fn fields_of_answers_are_not_allowed_in_requests() {
        let headers = vec![
            "Access-Control-Allow-Origin".into(),
            "X-Token".into(),
            "x-token".into(),
        ];
        let vetted = Vetted::new(&Policy {
            headers,
            ..Policy::default()
        });
        assert_eq!(vetted.headers, ["x-token"]);
        assert_eq!(vetted.notes.len(), 2);
    }

    #[test]
    fn methods_stand_in_the_usual_order() {
        let methods = vec![
            "PURGE".into(),
            "DELETE".into(),
            "PUT".into(),
            "TRACE".into(),
            "OPTIONS".into(),
        ];
        let vetted = Vetted::new(&Policy {
            methods,
            ..Policy::default()
        });
        assert_eq!(
            vetted.methods,
            ["GET", "HEAD", "POST", "PUT", "DELETE", "PURGE"]
        );
    }

    proptest! {
        #[test]
        fn nothing_but_harmless_characters_gets_through(text in ".{0,80}", scheme in "(https?://|capacitor://|/|)") {
            let value = format!("{scheme}{text}");
            let policy = Policy {
                origins: vec![value.clone()], methods: vec![value.clone()], headers: vec![value.clone()],
                expose: vec![value.clone()], path: value.clone(), upstream: Some(value.clone()), api: Some(value),
                ..Policy::default()
            };
            let vetted = Vetted::new(&policy);
            let all = vetted.origins.iter().chain(&vetted.methods).chain(&vetted.headers).chain(&vetted.expose)
                .chain([&vetted.path, &vetted.api]).chain(&vetted.upstream);
            for value in all {
                prop_assert!(value.bytes().all(|b| b.is_ascii_alphanumeric() || b":/._-~[]".contains(&b)), "{value}");
            }
        }
    }
}
