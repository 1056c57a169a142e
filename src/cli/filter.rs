//! Which requests and findings the user wants to see.

use super::args::FilterArgs;
use super::suggest;
use corsight::cors::CorsFetch;
use corsight::finding::Finding;
use corsight::http::Exchange;
use corsight::simulate::Replay;
use corsight::time::Timestamp;
use globset::{GlobBuilder, GlobMatcher};

/// The filters of a run, ready to be asked. Kinds are joined by *and*, values of a kind by *or*.
#[derive(Debug, Default)]
pub(super) struct Filter {
    origins: Vec<Pattern>,
    hosts: Vec<Pattern>,
    urls: Vec<Pattern>,
    methods: Vec<String>,
    statuses: Vec<StatusRange>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Filter {
    /// Resolves what was typed.
    pub(super) fn new(args: FilterArgs) -> Result<Self, String> {
        let patterns = |texts: Vec<String>, whole| {
            texts
                .iter()
                .map(|text| Pattern::new(text, whole))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            origins: patterns(args.origin, true)?,
            hosts: patterns(args.host, true)?,
            urls: patterns(args.url, false)?,
            methods: args.method,
            statuses: args.status,
            since: args.since,
            until: args.until,
        })
    }

    /// Whether anything is filtered at all.
    pub(super) fn is_empty(&self) -> bool {
        self.origins.is_empty()
            && self.hosts.is_empty()
            && self.urls.is_empty()
            && self.methods.is_empty()
            && self.statuses.is_empty()
            && self.since.is_none()
            && self.until.is_none()
    }

    /// Whether a finding is wanted. A status may be the preflight's or the actual answer's.
    pub(super) fn wants_finding(&self, finding: &Finding) -> bool {
        let statuses = [finding.preflight, finding.actual]
            .into_iter()
            .flatten()
            .map(|exchange| exchange.status);
        self.wants_request(&finding.origin, &finding.url, &finding.method, finding.time)
            && self.wants_status(statuses)
    }

    /// Whether an exchange is wanted. Its origin is that of the request field.
    pub(super) fn wants_exchange(&self, exchange: &Exchange) -> bool {
        let origin = exchange.request_field("origin").unwrap_or_default();
        self.wants_request(origin, exchange.url(), exchange.method(), exchange.started)
            && self.wants_status([exchange.status()].into_iter())
    }

    /// Whether a transaction is wanted; its status may be that of any of its answers.
    pub(super) fn wants_fetch(&self, fetch: &CorsFetch) -> bool {
        let statuses = fetch.exchanges().map(|(exchange, ..)| exchange.status());
        self.wants_request(
            &fetch.origin.text,
            fetch.url(),
            fetch.method(),
            fetch.started(),
        ) && self.wants_status(statuses)
    }

    /// Whether a replayed transaction is wanted, by its recorded statuses.
    pub(super) fn wants_replay(&self, replay: &Replay) -> bool {
        let statuses = [replay.status.preflight, replay.status.actual];
        self.wants_request(&replay.origin, &replay.url, &replay.method, replay.time)
            && self.wants_status(statuses.into_iter())
    }

    fn wants_request(&self, origin: &str, url: &str, method: &str, time: Timestamp) -> bool {
        let any = |patterns: &[Pattern], text: &str| {
            patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(text))
        };
        any(&self.origins, origin)
            && any(&self.hosts, host(url))
            && any(&self.urls, url)
            && (self.methods.is_empty()
                || self
                    .methods
                    .iter()
                    .any(|own| own.eq_ignore_ascii_case(method)))
            && self.since.is_none_or(|since| time >= since)
            && self.until.is_none_or(|until| time < until)
    }

    fn wants_status(&self, mut statuses: impl Iterator<Item = Option<u16>>) -> bool {
        self.statuses.is_empty()
            || statuses.any(|status| self.statuses.iter().any(|range| range.contains(status)))
    }
}

/// Host and port as the URL has them; a pattern without port also matches a host with one.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host)
}

/// A text to look for: with `*` a pattern, else the whole text or a part of it.
#[derive(Debug)]
enum Pattern {
    Glob(GlobMatcher),
    Part(String),
    Whole(String),
}

impl Pattern {
    fn new(text: &str, whole: bool) -> Result<Self, String> {
        if text.contains('*') {
            return GlobBuilder::new(text)
                .case_insensitive(true)
                .literal_separator(false)
                .build()
                .map(|glob| Self::Glob(glob.compile_matcher()))
                .map_err(|error| error.to_string());
        }
        let lower = text.to_ascii_lowercase();
        Ok(if whole {
            Self::Whole(lower)
        } else {
            Self::Part(lower)
        })
    }

    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Glob(glob) => glob.is_match(text),
            Self::Part(part) => text.to_ascii_lowercase().contains(part),
            Self::Whole(whole) => {
                text.eq_ignore_ascii_case(whole)
                    // `--host a.example` also means `a.example:8443`.
                    || (!whole.contains(':')
                        && text
                            .rsplit_once(':')
                            .is_some_and(|(host, port)| {
                                host.eq_ignore_ascii_case(whole) && port.bytes().all(|b| b.is_ascii_digit())
                            }))
            }
        }
    }
}

/// Rules by name or pattern.
#[derive(Debug, Default)]
pub(super) struct RuleFilter(Vec<Pattern>);

impl RuleFilter {
    /// Resolves what was typed; a name that no rule has is an error.
    pub(super) fn new(names: &[String]) -> Result<Self, String> {
        let mut patterns = Vec::new();
        for name in names {
            let pattern = Pattern::new(name, true)?;
            let known = corsight::rules::ALL;
            if !known.is_empty() && !known.iter().any(|rule| pattern.matches(rule.name)) {
                let meant = suggest::did_you_mean(name, known.iter().map(|rule| rule.name));
                return Err(format!(
                    "--rule {name}: no rule is called so{meant}; `corsight explain` lists all"
                ));
            }
            patterns.push(pattern);
        }
        Ok(Self(patterns))
    }

    /// Whether every rule is wanted.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether findings of `rule` are wanted.
    pub(super) fn wants(&self, rule: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|pattern| pattern.matches(rule))
    }
}

/// `404`, `5xx`, `400-499`, `none`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StatusRange {
    /// No answer.
    None,
    /// Both ends included.
    Within(u16, u16),
}

impl StatusRange {
    /// Reads one value of `--status`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.parse::<u16>().ok();
        let range = match text {
            "none" => Some(Self::None),
            _ => match text.split_once('-') {
                Some((from, to)) => number(from)
                    .zip(number(to))
                    .map(|(from, to)| Self::Within(from, to)),
                None => match text.strip_suffix("xx").or_else(|| text.strip_suffix("XX")) {
                    Some(class) => number(class)
                        .filter(|class| (1..=9).contains(class))
                        .map(|class| Self::Within(class * 100, class * 100 + 99)),
                    None => number(text).map(|status| Self::Within(status, status)),
                },
            },
        };
        range.ok_or_else(|| "expected a status as in 404, 5xx, 400-499, or none".to_owned())
    }

    fn contains(self, status: Option<u16>) -> bool {
        match (self, status) {
            (Self::None, None) => true,
            (Self::Within(from, to), Some(status)) => (from..=to).contains(&status),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_read_in_every_spelling() {
        assert_eq!(StatusRange::parse("404"), Ok(StatusRange::Within(404, 404)));
        assert_eq!(StatusRange::parse("5xx"), Ok(StatusRange::Within(500, 599)));
        assert_eq!(
            StatusRange::parse("400-403"),
            Ok(StatusRange::Within(400, 403))
        );
        assert_eq!(StatusRange::parse("none"), Ok(StatusRange::None));
        assert!(StatusRange::parse("ok").is_err() && StatusRange::parse("99xx").is_err());
    }

    #[test]
    fn hosts_match_whole_with_or_without_port() {
        let whole = Pattern::new("api.example.com", true).unwrap();
        assert!(whole.matches(host("https://api.example.com:8443/x?y")));
        assert!(whole.matches(host("https://API.example.com")));
        assert!(!whole.matches(host("https://api.example.com.evil.test/")));
        let any = Pattern::new("*.example.com", true).unwrap();
        assert!(any.matches("api.example.com") && !any.matches("example.com"));
    }
}
