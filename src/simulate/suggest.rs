//! The smallest policy that lets pass what failed, and goes on letting pass what passes.
//!
//! [`Wishes`] takes transactions with their findings and remembers, in bounded memory, what each origin needs of each
//! host. Hosts where nothing fails that a policy could mend are left alone. Which origins are strangers is for
//! [`super::foreign`] to say, how it is written down for [`super::file`].

use super::foreign::{self, Stranger};
use super::policy::DEFAULT_MAX_AGE;
use super::{need, replay};
use crate::cors::{CorsFetch, CredentialsMode, Fate, Hop};
use crate::fetch::list::TokenList;
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
    /// Failures that no policy can mend, by rule.
    beyond: BTreeMap<&'static str, u64>,
    left_out: u64,
}

/// What is known about one host (an origin, as a URL has it).
#[derive(Debug, Default)]
struct Host {
    origins: BTreeMap<String, Asked>,
    /// It answers `*` to somebody who passes.
    is_public: bool,
    exposes_all: bool,
}

/// What one origin needs of a host.
#[derive(Debug, Default, Clone)]
pub(super) struct Asked {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) methods: BTreeSet<String>,
    pub(super) headers: BTreeSet<String>,
    pub(super) expose: BTreeSet<String>,
    pub(super) credentials: bool,
    /// A failure of which nobody knows whether credentials were included.
    pub(super) is_open: bool,
}

/// A policy for one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// The host, with its port where it has one: `api.example.com`.
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
    /// Failures that no policy can mend, by rule.
    pub beyond: BTreeMap<&'static str, u64>,
    /// Hosts, origins and names that found no room.
    pub left_out: u64,
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
            && !replay::is_of_protocol(finding)
        {
            *self.beyond.entry(finding.rule).or_default() += 1;
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
            .filter_map(|(site, host)| host.suggested(site, &trusted))
            .collect();
        Suggestion {
            hosts,
            beyond: self.beyond,
            left_out: self.left_out,
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
        let host = self.hosts.get_mut(&*route::site(&finding.url));
        let asked = host.and_then(|host| host.origins.get_mut(&finding.origin));
        if let Some(asked) = asked
            && finding.rule == "expose-headers-missing"
        {
            let names = finding.fix.iter().flat_map(|fix| &fix.params.expose);
            asked.expose(names.map(|name| name.to_ascii_lowercase()));
        }
    }
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
        let failed = |asked: &Asked| asked.failed;
        let mends: u64 = wanted.values().map(|asked| failed(asked)).sum();
        let has_strangers_only = mends == 0 && self.origins.values().any(|own| own.failed > 0);
        if mends == 0 && !has_strangers_only {
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
            host: site
                .split_once("://")
                .map_or(site, |(_, host)| host)
                .to_owned(),
            site: site.to_owned(),
            origins,
            methods: union(&|own| &own.methods),
            headers: union(&|own| &own.headers),
            expose_headers,
            credentials,
            max_age: DEFAULT_MAX_AGE,
            mends,
            strangers,
            remarks,
        })
    }
}
