//! The smallest policy that lets pass what failed, and goes on letting pass what passes.
//!
//! [`Wishes`] takes transactions with their findings and remembers, in bounded memory, what each origin needs of each
//! host. Hosts where nothing fails that a policy could mend are left alone. Which origins are strangers is for
//! [`super::foreign`] to say, how it is written down for [`super::file`].

use super::foreign::{self, Stranger};
use super::pattern::LabelPattern;
use super::policy::{DEFAULT_MAX_AGE, Policy, Rules};
use super::{need, replay, rewrite};
use crate::cors::{CorsFetch, CredentialsMode, Fate, Hop};
use crate::fetch::list::TokenList;
use crate::fetch::origin::NULL;
use crate::fetch::{Browser, safelist};
use crate::finding::{Enforcement, Finding};
use crate::http::Response;
use crate::limits::{SIMULATED_HOSTS, SIMULATED_NAMES};
use crate::rules::{self, Survey, route};
use std::collections::{BTreeMap, BTreeSet};

/// Gathers what failed and what passes.
#[derive(Debug, Default)]
pub struct Wishes {
    hosts: BTreeMap<String, Host>,
    survey: Survey,
    beyond: BTreeMap<Beyond, u64>,
    left_out: u64,
}

/// A failure that no policy mends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Beyond {
    /// The rule that stands against it today.
    pub rule: &'static str,
    /// Why a policy does not help; empty where the rule says it.
    pub why: &'static str,
}

const TAINTED: &str =
    "after a redirect from one foreign origin to another the origin is null: call the final URL";
const NO_REASON: &str = "the recording does not show why it failed";

/// What is known about one host (an origin, as a URL has it).
#[derive(Debug, Default)]
struct Host {
    origins: BTreeMap<String, Asked>,
    /// It answers `*` to somebody who passes.
    is_public: bool,
    exposes_all: bool,
    exposes_too_little: bool,
}

/// What one origin needs of a host.
#[derive(Debug, Default, Clone)]
pub(super) struct Asked {
    pub(super) passed: u64,
    pub(super) failed: u64,
    methods: BTreeSet<String>,
    headers: BTreeSet<String>,
    expose: BTreeSet<String>,
    credentials: bool,
    /// A failure of which nobody knows whether credentials were included.
    is_open: bool,
}

/// A policy for one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// The host, with its port where it has one: `api.example.com`. With the scheme where the recording has other
    /// schemes or ports of it: `https://api.example.com`.
    pub host: String,
    /// Its origin: `https://api.example.com`.
    pub site: String,
    /// Origins; `*` where the host answers so today and no credentials are needed.
    pub origins: Vec<String>,
    /// Methods beyond the safelisted ones.
    pub methods: Vec<String>,
    /// Request headers.
    pub headers: Vec<String>,
    /// Response headers.
    pub expose_headers: Vec<String>,
    /// Whether credentials are needed.
    pub credentials: bool,
    /// Seconds.
    pub max_age: u32,
    /// Failures that it mends.
    pub mends: u64,
    /// Whether it lets scripts read headers that are made for them and hidden today.
    pub exposes_more: bool,
    /// Origins that are left out.
    pub strangers: Vec<Stranger>,
    /// What the reader must decide, a sentence each.
    pub remarks: Vec<String>,
}

/// What came out of a recording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suggestion {
    /// One policy for each host with a failure that can be mended.
    pub hosts: Vec<Suggested>,
    /// Failures that no policy mends.
    pub beyond: BTreeMap<Beyond, u64>,
    /// Hosts, origins and names that found no room.
    pub left_out: u64,
}

impl Suggested {
    /// Whether there is anything to deploy: not so where strangers alone fail.
    pub fn is_useful(&self) -> bool {
        self.mends > 0 || (self.exposes_more && !self.origins.is_empty())
    }
}

impl Wishes {
    /// Takes one transaction.
    pub fn observe(&mut self, fetch: &CorsFetch, judging: &rules::Policy<'_>) {
        let is_browser = fetch.enforcement != Enforcement::NonBrowser;
        if !is_browser || fetch.fate == Fate::Aborted {
            return;
        }
        self.survey.observe(fetch, judging);
        let today = replay::today(fetch, judging);
        if let Some(finding) = &today
            && let Some(why) = beyond(fetch, finding, judging)
        {
            let rule = finding.rule;
            *self.beyond.entry(Beyond { rule, why }).or_default() += 1;
            return;
        }
        let browser = judging.judge_of(fetch);
        for hop in fetch.hops.iter().filter(|hop| hop.checked) {
            self.hop(fetch, hop, today.as_ref(), browser);
        }
    }

    /// The policies, by host.
    pub fn finish(mut self) -> Suggestion {
        for finding in std::mem::take(&mut self.survey).finish() {
            self.expose(&finding);
        }
        let trusted = foreign::Trusted::over(self.hosts.iter().flat_map(|(site, host)| {
            let origins = host.origins.iter();
            origins.map(move |(origin, asked)| (site.as_str(), origin.as_str(), asked))
        }));
        let hosts: Vec<Suggested> = self
            .hosts
            .iter()
            .filter_map(|(site, host)| {
                Some(Suggested {
                    host: self.name(site),
                    ..host.suggested(site, &trusted)?
                })
            })
            .collect();
        Suggestion {
            hosts,
            beyond: self.beyond,
            left_out: self.left_out,
        }
    }

    /// `site` as a policy names it: short where no other recorded site is meant by that too.
    fn name(&self, site: &str) -> String {
        let host = site.split_once("://").map_or(site, |(_, host)| host);
        let pattern = LabelPattern::new(host);
        let mut others = self.hosts.keys().filter(|other| *other != site);
        match others.any(|other| pattern.matches_host_of(other)) {
            true => site.to_owned(),
            false => host.to_owned(),
        }
    }

    fn hop(&mut self, fetch: &CorsFetch, hop: &Hop, today: Option<&Finding>, browser: Browser) {
        let site = route::site(hop.url()).into_owned();
        let is_known = self.hosts.contains_key(&site);
        if site.is_empty() || (!is_known && self.hosts.len() >= SIMULATED_HOSTS) {
            self.left_out += 1;
            return;
        }
        let has_failed = today.is_some_and(|finding| finding.url == hop.url());
        let answer = hop.actual.as_ref().and_then(|own| own.response.as_ref());
        let host = self.hosts.entry(site).or_default();
        let is_new = !host.origins.contains_key(&*hop.origin);
        if is_new && host.origins.len() >= SIMULATED_NAMES {
            self.left_out += 1;
            return;
        }
        let asked = host.origins.entry(hop.origin.to_string()).or_default();
        if has_failed {
            asked.failed += 1;
        } else if answer.is_some() {
            asked.passed += 1;
            host.is_public |=
                answer.and_then(|own| own.fields.first("access-control-allow-origin")) == Some("*");
        }
        let mode = fetch.credentials.mode;
        asked.credentials |= mode == CredentialsMode::Include
            || (mode == CredentialsMode::Unknown && allows_credentials(hop));
        asked.is_open |= has_failed && mode == CredentialsMode::Unknown;
        if let Some(need) = need::of(hop, browser) {
            let room = SIMULATED_NAMES.saturating_sub(asked.headers.len());
            asked.headers.extend(need.headers.into_iter().take(room));
            let has_room = asked.methods.len() < SIMULATED_NAMES;
            if !safelist::is_safe_method(&need.method) && !need.method.is_empty() && has_room {
                asked.methods.insert(need.method);
            }
        }
        if let Some(answer) = answer {
            host.exposes_all |= replay::exposes(answer, "*", false);
            asked.expose(exposed(answer));
        }
    }

    /// Takes a header that scripts want and cannot read.
    fn expose(&mut self, finding: &Finding) {
        if finding.rule != "expose-headers-missing" {
            return;
        }
        let Some(host) = self.hosts.get_mut(&*route::site(&finding.url)) else {
            return;
        };
        if let Some(asked) = host.origins.get_mut(&finding.origin) {
            let names = finding.fix.iter().flat_map(|fix| &fix.params.expose);
            asked.expose(names.map(|name| name.to_ascii_lowercase()));
            host.exposes_too_little = true;
        }
    }
}

/// Why not even a policy that allows all that `fetch` asks for would let it pass; `None` where it would.
fn beyond(fetch: &CorsFetch, today: &Finding, judging: &rules::Policy<'_>) -> Option<&'static str> {
    if replay::has_no_reason(today) {
        return Some(NO_REASON);
    }
    if !replay::is_of_protocol(today) {
        return Some("");
    }
    let browser = judging.judge_of(fetch);
    let needs = || fetch.hops.iter().filter_map(|hop| need::of(hop, browser));
    let generous = Rules {
        origins: vec![fetch.origin.text.to_string()],
        methods: needs().map(|need| need.method).collect(),
        headers: needs().flat_map(|need| need.headers).collect(),
        credentials: true,
        ..Rules::default()
    };
    let rewritten = rewrite::under(fetch, &Policy::of(generous), browser)?.fetch;
    rules::protocol(&rewritten, judging)?;
    let is_tainted =
        *fetch.origin.text != *NULL && rewritten.hops.iter().any(|hop| *hop.origin == *NULL);
    Some(if is_tainted { TAINTED } else { "" })
}

/// Whether the recorded answers mean to allow credentials.
fn allows_credentials(hop: &Hop) -> bool {
    hop.members()
        .filter_map(|own| own.response.as_ref())
        .any(|answer| crate::fetch::check::allows_credentials(&answer.fields))
}

/// Headers of an answer that are exposed by name.
fn exposed(answer: &Response) -> impl Iterator<Item = String> {
    TokenList::of(&answer.fields, "access-control-expose-headers")
        .tokens
        .into_iter()
        .map(|name| name.to_ascii_lowercase())
        .filter(|name| name != "*")
}

impl Asked {
    fn expose(&mut self, names: impl Iterator<Item = String>) {
        let room = SIMULATED_NAMES.saturating_sub(self.expose.len());
        self.expose.extend(names.take(room));
    }
}

impl Host {
    fn suggested(&self, site: &str, trusted: &foreign::Trusted) -> Option<Suggested> {
        let mut strangers = Vec::new();
        let mut wanted = BTreeMap::new();
        for (origin, asked) in &self.origins {
            match trusted.stranger(site, origin, asked) {
                Some(why) => strangers.push(Stranger {
                    origin: origin.clone(),
                    count: asked.failed.saturating_add(asked.passed),
                    why,
                }),
                None => {
                    wanted.insert(origin.as_str(), asked);
                }
            }
        }
        let mends = wanted.values().map(|asked| asked.failed).sum();
        if !self.exposes_too_little && self.origins.values().all(|own| own.failed == 0) {
            return None;
        }
        let union = |list: &dyn Fn(&Asked) -> &BTreeSet<String>| -> Vec<String> {
            let all: BTreeSet<&String> = wanted.values().flat_map(|own| list(own)).collect();
            all.into_iter().cloned().collect()
        };
        let credentials = wanted.values().any(|own| own.credentials);
        let mut remarks = Vec::new();
        let origins = match self.is_public {
            true if !credentials => vec!["*".to_owned()],
            is_public => {
                if is_public {
                    remarks.push(
                        "this host answers * today, which browsers refuse with credentials: add the origins that this recording does not show".to_owned(),
                    );
                }
                wanted.keys().map(|origin| (*origin).to_owned()).collect()
            }
        };
        if !credentials && wanted.values().any(|own| own.is_open) {
            remarks.push(
                "the recording does not tell whether pages include credentials: if they do, set credentials = true and list every origin".to_owned(),
            );
        }
        let mut expose_headers = union(&|own| &own.expose);
        if self.exposes_all && !credentials {
            expose_headers = vec!["*".to_owned()];
        }
        Some(Suggested {
            host: String::new(),
            site: site.to_owned(),
            origins,
            methods: union(&|own| &own.methods),
            headers: union(&|own| &own.headers),
            expose_headers,
            credentials,
            max_age: DEFAULT_MAX_AGE,
            mends,
            exposes_more: self.exposes_too_little,
            strangers,
            remarks,
        })
    }
}
