//! Rules that show only over many transactions: risks of a host's policy, preflights that are not cached.
//!
//! Each fault is told once per host, with its count; the first occurrence stands for all.

use super::build::{self, Grade};
use super::case::{Case, Draft, evidence};
use super::risk::origins::{self, Accepted};
use super::risk::standing::Standings;
use super::surprise::{self, NOTE};
use super::{Policy, registry::RuleInfo, remedy, risk, route};
use crate::cors::{CorsFetch, CredentialsMode, Role, key};
use crate::fetch::Browser;
use crate::fetch::cache::{self, MaxAge};
use crate::fetch::check::allows_credentials;
use crate::finding::{Confidence, Finding, MessageKind, Phase, Severity};
use crate::http::{Exchange, Locator, site};
use hashbrown::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Gathers, in bounded memory, what the rules over many transactions need.
#[derive(Debug, Default)]
pub struct Survey {
    once: Told,
    hosts: HashMap<u64, Host>,
    standings: Standings,
    /// Successful preflights by client, origin and URL.
    preflights: HashMap<u64, u32>,
    /// What answers of one URL say about `Vary`.
    variants: HashMap<u64, Variants>,
    dropped: u64,
}

/// Faults by site, rule and detail.
#[derive(Debug, Default)]
struct Told {
    places: HashMap<u64, usize>,
    /// In the order in which they were met first.
    all: Vec<Once>,
}

/// Scheme, host and port of a URL, as a key.
#[derive(Debug, Clone, Copy)]
struct Site(u64);

/// A fault that is told once.
#[derive(Debug)]
struct Once {
    finding: Finding,
    count: u64,
    time: Duration,
}

/// What one site accepted and refused.
#[derive(Debug)]
struct Host {
    accepted: Vec<Accepted>,
    has_refused: bool,
    first: Finding,
}

/// Answers of one URL, with and without `Origin` in the request.
#[derive(Debug, Default)]
struct Variants {
    /// The first one that allows an origin by name and varies by it.
    named: Option<Locator>,
    /// The first one to a request without `Origin`, which does not vary by it.
    plain: Option<Locator>,
    is_told: bool,
}

/// Entries of each table; more are counted and left out.
const ENTRIES: usize = 16_384;
/// Origins remembered per site.
const ORIGINS: usize = 64;

impl Survey {
    /// Takes one transaction into account.
    pub fn observe(&mut self, fetch: &CorsFetch, policy: &Policy<'_>) {
        let browser = policy
            .browser
            .or(fetch.browser)
            .unwrap_or(Browser::Chromium);
        for (index, hop) in fetch.hops.iter().enumerate() {
            for phase in [Phase::Preflight, Phase::Actual] {
                let case = Case {
                    fetch,
                    browser,
                    hop,
                    index,
                    phase,
                    with_credentials: fetch.credentials.mode == CredentialsMode::Include,
                };
                if case.answer().is_some() {
                    self.answer(&case, policy);
                }
            }
        }
    }

    /// Takes an exchange outside of the CORS protocol into account.
    pub fn observe_other(&mut self, exchange: &Arc<Exchange>, role: Role, policy: &Policy<'_>) {
        let is_socket = role == Role::WebSocket && exchange.status() == Some(101);
        let is_plain = risk::vary_only_when_origin_present::is_plain(exchange);
        if !is_socket && !is_plain {
            return;
        }
        let fetch = CorsFetch::alone(exchange);
        let Some(case) = Case::of_last(&fetch, Browser::Chromium) else {
            return;
        };
        if is_plain {
            self.variant(&case, false, policy);
        } else if let Some(draft) = risk::websocket(&case) {
            let site = Site::of(&case);
            self.tell(
                &case,
                site,
                draft,
                Severity::Risk,
                Confidence::Possible,
                policy,
            );
        }
    }

    /// Holds answers of one URL with and without `Origin` against each other.
    fn variant(&mut self, case: &Case<'_>, is_named: bool, policy: &Policy<'_>) {
        let Some(exchange) = case.exchange() else {
            return;
        };
        let source = exchange.source.0.to_le_bytes();
        let key = key([&source, exchange.url().as_bytes()]);
        if !self.variants.contains_key(&key) && self.variants.len() >= ENTRIES {
            self.dropped += 1;
            return;
        }
        let variants = self.variants.entry(key).or_default();
        let slot = match is_named {
            true => &mut variants.named,
            false => &mut variants.plain,
        };
        slot.get_or_insert(exchange.locator);
        if let (Some(named), Some(plain), false) =
            (variants.named, variants.plain, variants.is_told)
        {
            variants.is_told = true;
            let draft = risk::vary_only_when_origin_present::draft(case, named, plain);
            let site = Site::of(case);
            self.tell(
                case,
                site,
                draft,
                Severity::Risk,
                Confidence::Likely,
                policy,
            );
        }
    }

    /// What did not fit into the tables.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The findings, in a fixed order: by rule, site and detail.
    pub fn finish(self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.once.all.into_iter().map(Once::told).collect();
        let mut hosts: Vec<Host> = self.hosts.into_values().collect();
        hosts.sort_by_cached_key(|host| route::site(&host.first.url).into_owned());
        findings.extend(hosts.into_iter().flat_map(Host::told));
        findings.sort_by(|one, other| {
            (one.severity, one.rule, &one.url, one.time)
                .cmp(&(other.severity, other.rule, &other.url, other.time))
                .then_with(|| one.fingerprint.cmp(&other.fingerprint))
                .then_with(|| one.parameter.cmp(&other.parameter))
        });
        // Worst first; within a severity the order above.
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        findings
    }

    fn answer(&mut self, case: &Case<'_>, policy: &Policy<'_>) {
        let name = route::site(case.hop.url());
        let site = Site::named(&name);
        let once = &mut self.once;
        let mut is_new = |rule, detail: &str| !once.again(rule, site, detail, Duration::ZERO);
        for (draft, confidence) in risk::of_answer(case, &name, &mut self.standings, &mut is_new) {
            self.tell(case, site, draft, Severity::Risk, confidence, policy);
        }
        self.origin(case, site, policy);
        self.without_effect(case, site, policy);
        match case.phase {
            Phase::Preflight => self.preflight(case, site, policy),
            _ => self.actual(case, site, policy),
        }
    }

    /// Counts a fault; the first occurrence becomes its finding.
    fn tell(
        &mut self,
        case: &Case<'_>,
        site: Site,
        draft: Draft,
        severity: Severity,
        confidence: Confidence,
        policy: &Policy<'_>,
    ) {
        let detail = draft.parameter.clone().unwrap_or_default();
        let rule = draft.rule;
        if self.once.again(rule, site, &detail, Duration::ZERO) {
            return;
        }
        if self.once.all.len() >= ENTRIES {
            self.dropped += 1;
            return;
        }
        let grade = Grade {
            severity,
            confidence,
            codes: draft.rule.codes,
            failure: None,
        };
        let finding = build::finding(case, draft, grade, policy);
        self.once.add(rule, site, &detail, finding);
    }

    /// Whether a fault is told already; then it is counted. Most are, so that its text need not be made.
    fn again(&mut self, site: Site, rule: &'static RuleInfo, detail: &str) -> bool {
        self.once.again(rule, site, detail, Duration::ZERO)
    }

    fn note(&mut self, case: &Case<'_>, site: Site, draft: Draft, policy: &Policy<'_>) {
        self.tell(case, site, draft, NOTE, Confidence::Definite, policy);
    }

    /// Remembers which origins a site accepts and that it refuses some.
    fn origin(&mut self, case: &Case<'_>, site: Site, policy: &Policy<'_>) {
        let value = case.value("access-control-allow-origin");
        let is_accepted = value.as_deref() == Some(case.origin()) && case.origin() != "null";
        if value.as_deref() == Some("*") || case.origin().is_empty() || !case.hop.checked {
            return;
        }
        if !self.hosts.contains_key(&site.0) {
            if self.hosts.len() >= ENTRIES {
                self.dropped += 1;
                return;
            }
            let grade = Grade {
                severity: Severity::Risk,
                confidence: Confidence::Likely,
                codes: Default::default(),
                failure: None,
            };
            let draft = Draft::new(&risk::reflects_any_origin::RULE, "")
                .evidence([
                    case.origin_line(),
                    case.field("access-control-allow-origin", "", None),
                ])
                .fix([remedy::plain(
                    "allow-list",
                    "compare the whole Origin with a list of exact origins",
                )]);
            let first = build::finding(case, draft, grade, policy);
            self.hosts.insert(
                site.0,
                Host {
                    accepted: Vec::new(),
                    has_refused: false,
                    first,
                },
            );
        }
        let Some(host) = self.hosts.get_mut(&site.0) else {
            return;
        };
        host.has_refused |= !is_accepted;
        if is_accepted {
            host.accept(case.origin(), allows_credentials(case.fields()));
        }
    }

    /// CORS fields where no browser looks at them.
    fn without_effect(&mut self, case: &Case<'_>, site: Site, policy: &Policy<'_>) {
        let is_preflight = case.phase == Phase::Preflight;
        let idle: &[&'static str] = match is_preflight {
            true => &["access-control-expose-headers"],
            false => &[
                "access-control-allow-methods",
                "access-control-allow-headers",
                "access-control-max-age",
            ],
        };
        for name in idle.iter().filter(|name| case.fields().has(name)) {
            let place = if is_preflight {
                "a preflight's answer"
            } else {
                "an actual answer"
            };
            if self.again(site, &surprise::header_without_effect::RULE, name) {
                continue;
            }
            let draft = Draft::new(
                &surprise::header_without_effect::RULE,
                format!("{name} has no effect on {place}"),
            )
            .parameter(*name)
            .evidence([case.field(name, "browsers do not look at it here", None)]);
            self.note(case, site, draft, policy);
        }
    }

    fn preflight(&mut self, case: &Case<'_>, site: Site, policy: &Policy<'_>) {
        if case.index == 0 && case.origin() == "null" {
            self.null_origin(case, site, policy);
        }
        if !case.passes(case.with_credentials) {
            return;
        }
        let value = case.value("access-control-max-age");
        match value.as_deref().map(MaxAge::parse) {
            None => self.repeated(case, site, policy),
            Some(MaxAge::Seconds(seconds)) if seconds > cache::cap(case.browser).as_secs() => {
                self.max_age(
                    case,
                    site,
                    &surprise::max_age_capped::RULE,
                    "is more than the browser keeps",
                    policy,
                );
            }
            Some(MaxAge::Seconds(_)) => {}
            Some(MaxAge::Invalid | MaxAge::Negative | MaxAge::TooLarge) => {
                self.max_age(
                    case,
                    site,
                    &surprise::max_age_invalid::RULE,
                    "is no number of seconds",
                    policy,
                );
            }
        }
        self.avoidable(case, site, policy);
    }

    fn max_age(
        &mut self,
        case: &Case<'_>,
        site: Site,
        rule: &'static RuleInfo,
        why: &str,
        policy: &Policy<'_>,
    ) {
        let value = case.value("access-control-max-age").unwrap_or_default();
        if self.again(site, rule, &value) {
            return;
        }
        let limit = cache::cap(case.browser).as_secs();
        let draft = Draft::new(
            rule,
            format!(
                "access-control-max-age: {value} {why} ({} keeps at most {limit})",
                case.browser
            ),
        )
        .parameter(value.clone())
        .evidence([case.field("access-control-max-age", why, Some(""))])
        .fix([remedy::plain(
            "max-age",
            "send  access-control-max-age: 600",
        )]);
        self.note(case, site, draft, policy);
    }

    /// The same question again, since the answer may not be kept.
    fn repeated(&mut self, case: &Case<'_>, site: Site, policy: &Policy<'_>) {
        let client = case.fetch.client.0.to_le_bytes();
        let key = key([&client, case.origin().as_bytes(), case.hop.url().as_bytes()]);
        if !self.preflights.contains_key(&key) && self.preflights.len() >= ENTRIES {
            self.dropped += 1;
            return;
        }
        let count = self.preflights.entry(key).or_default();
        *count += 1;
        if *count < 2 {
            return;
        }
        let time = case
            .exchange()
            .and_then(|exchange| exchange.duration)
            .unwrap_or_default();
        let rule = &surprise::max_age_missing::RULE;
        if self.once.again(rule, site, "", time) {
            return;
        }
        let draft = Draft::new(
            rule,
            "the same preflight is asked again and again, since its answer has no access-control-max-age",
        )
        .evidence([case.field("access-control-max-age", "absent", None), case.origin_line()])
        .fix([remedy::plain("max-age", "send  access-control-max-age: 600  with the preflight's answer")]);
        self.tell(case, site, draft, NOTE, Confidence::Likely, policy);
        self.once.add_time(rule, site, "", time);
    }

    fn avoidable(&mut self, case: &Case<'_>, site: Site, policy: &Policy<'_>) {
        let names = remedy::announced(case);
        if !surprise::is_avoidable(case.method(), &names) {
            return;
        }
        let what = match names.is_empty() {
            true => "an upload listener or a stream as body".to_owned(),
            false => names.join(", "),
        };
        if self.again(site, &surprise::avoidable_preflight::RULE, &what) {
            return;
        }
        let draft = Draft::new(
            &surprise::avoidable_preflight::RULE,
            format!(
                "{} requests need a preflight only because of {what}",
                case.method()
            ),
        )
        .parameter(what)
        .evidence(super::preflight::allow_origin_missing::asked(case))
        .fix([remedy::plain(
            "simple-request",
            "leave it out, or let the preflight be cached",
        )]);
        self.note(case, site, draft, policy);
    }

    fn actual(&mut self, case: &Case<'_>, site: Site, policy: &Policy<'_>) {
        if case.index == 0 && case.origin() == "null" {
            self.null_origin(case, site, policy);
        }
        if risk::vary_only_when_origin_present::is_named(case) {
            self.variant(case, true, policy);
        }
        let is_script = matches!(case.fetch.initiator, None | Some("fetch" | "xhr"));
        let passes = case.passes(false);
        if !is_script || !passes || !case.hop.checked {
            return;
        }
        let names = surprise::wanted_by_scripts(case.fields());
        if names.is_empty() {
            return;
        }
        let list = names.join(", ");
        if self.again(site, &surprise::expose_headers_missing::RULE, &list) {
            return;
        }
        let mut draft = Draft::new(
            &surprise::expose_headers_missing::RULE,
            format!("scripts cannot read {list}: access-control-expose-headers does not name it"),
        )
        .parameter(list)
        .evidence([case.field(
            "access-control-expose-headers",
            "does not list it",
            Some(""),
        )]);
        draft.settles = "whether the page's script reads it".to_owned();
        let mut fix = remedy::plain(
            "expose-headers",
            format!("send  access-control-expose-headers: {}", names.join(", ")),
        );
        fix.params.expose = names;
        draft.fix.push(fix);
        self.tell(
            case,
            site,
            draft,
            Severity::Depends,
            Confidence::Possible,
            policy,
        );
    }

    fn null_origin(&mut self, case: &Case<'_>, site: Site, policy: &Policy<'_>) {
        if self.again(site, &surprise::origin_null_seen::RULE, "") {
            return;
        }
        let draft = Draft::new(
            &surprise::origin_null_seen::RULE,
            "requests come from an opaque origin: a file, a sandboxed frame or a data: URL",
        )
        .evidence([case.origin_line()])
        .fix([remedy::plain(
            "serve-page",
            "serve the page over HTTP, or add allow-same-origin to the frame's sandbox",
        )]);
        self.note(case, site, draft, policy);
    }
}

impl Site {
    fn of(case: &Case<'_>) -> Self {
        Self::named(&route::site(case.hop.url()))
    }

    fn named(name: &str) -> Self {
        Self(key([name.as_bytes()]))
    }
}

impl Told {
    fn find(&mut self, rule: &RuleInfo, site: Site, detail: &str) -> Option<&mut Once> {
        let place = self.places.get(&Self::key(rule, site, detail))?;
        self.all.get_mut(*place)
    }

    fn key(rule: &RuleInfo, Site(site): Site, detail: &str) -> u64 {
        key([&site.to_le_bytes(), rule.name.as_bytes(), detail.as_bytes()])
    }

    /// Counts a fault that is there.
    fn again(&mut self, rule: &RuleInfo, site: Site, detail: &str, time: Duration) -> bool {
        let Some(once) = self.find(rule, site, detail) else {
            return false;
        };
        once.count += 1;
        once.time = once.time.saturating_add(time);
        true
    }

    fn add(&mut self, rule: &RuleInfo, site: Site, detail: &str, finding: Finding) {
        self.places
            .insert(Self::key(rule, site, detail), self.all.len());
        self.all.push(Once {
            finding,
            count: 1,
            time: Duration::ZERO,
        });
    }

    fn add_time(&mut self, rule: &RuleInfo, site: Site, detail: &str, time: Duration) {
        if let Some(once) = self.find(rule, site, detail) {
            once.time = once.time.saturating_add(time);
        }
    }
}

impl Once {
    fn told(mut self) -> Finding {
        if self.count > 1 {
            self.finding
                .cause
                .push_str(&format!(" ({} times", self.count));
            if !self.time.is_zero() {
                self.finding
                    .cause
                    .push_str(&format!(", {} ms in all", self.time.as_millis()));
            }
            self.finding.cause.push(')');
        }
        self.finding
    }
}

impl Host {
    fn accept(&mut self, origin: &str, with_credentials: bool) {
        let has_room = self.accepted.len() < ORIGINS;
        match self.accepted.iter_mut().find(|own| own.origin == origin) {
            Some(own) => own.with_credentials |= with_credentials,
            None if has_room => self.accepted.push(Accepted {
                origin: origin.to_owned(),
                with_credentials,
            }),
            None => {}
        }
    }

    fn told(self) -> Vec<Finding> {
        let host = site::host_of(&route::site(&self.first.url)).to_owned();
        origins::conclusions(&host, &self.accepted, self.has_refused)
            .into_iter()
            .map(|found| {
                let list = found.origins.join(", ");
                let mut finding = self.first.clone();
                finding.rule = found.rule.name;
                finding.confidence = found.confidence;
                finding.cause = format!("{}: {host} allows {list}", found.rule.summary);
                finding.fingerprint = route::fingerprint(&[found.rule.name, &host, &list]);
                finding.evidence.push(evidence(
                    MessageKind::Recorded,
                    "origin",
                    list.clone(),
                    "accepted by this host",
                ));
                finding.parameter = Some(list);
                finding
            })
            .collect()
    }
}
