//! Builders for tests: transactions in a few words, and a small judge so that tests need no hand-made findings.

use super::Patterns;
use crate::caveat::CaveatSet;
use crate::cors::{
    ClientId, CorsFetch, CorsMode, Credentials, CredentialsMode, Fate, Hop, OriginSource,
    PageOrigin, StoredCopy,
};
use crate::fetch::{CheckFailure, cors_check};
use crate::finding::{
    Cause, Codes, Confidence, Enforcement, ExchangeRef, Finding, Outcome, Phase, Severity,
};
use crate::http::{Exchange, Fields, Locator, Observed, Request, Response, SourceId, Version};
use crate::limits::Limits;
use crate::time::Timestamp;
use std::sync::Arc;
use std::time::Duration;

pub(super) const APP: &str = "https://app.example.com";

/// A transaction under construction.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) fetch: CorsFetch,
    method: String,
    asks: Option<String>,
    at: Timestamp,
    entry: u64,
}

/// A request of the page [`APP`].
pub(super) fn fetch(method: &str, url: &str) -> Case {
    Case {
        fetch: CorsFetch {
            source: SourceId(0),
            client: ClientId(1),
            browser: None,
            origin: PageOrigin {
                text: APP.into(),
                learnt: OriginSource::OriginField,
            },
            mode: CorsMode::Proven,
            initiator: Some("fetch"),
            credentials: Credentials::UNKNOWN,
            hops: vec![hop(APP)],
            failures: Default::default(),
            enforcement: Enforcement::BrowserProven,
            fate: Fate::Unknown,
            stored: None,
            is_host_held_back: false,
            caveats: CaveatSet::EMPTY,
        },
        method: method.to_owned(),
        asks: None,
        at: Timestamp(0),
        entry: 0,
    }
    .url(url)
}

fn hop(origin: &str) -> Hop {
    Hop {
        preflights: Vec::new(),
        cached_preflight: None,
        actual: None,
        origin: origin.into(),
        checked: true,
    }
}

impl Case {
    fn url(mut self, url: &str) -> Self {
        let exchange = self.exchange(&self.method.clone(), url, &[]);
        self.last().actual = Some(Arc::new(exchange));
        self
    }

    fn last(&mut self) -> &mut Hop {
        self.fetch.hops.last_mut().unwrap()
    }

    pub(super) fn actual(&mut self) -> &mut Exchange {
        Arc::make_mut(self.last().actual.as_mut().unwrap())
    }

    fn exchange(&self, method: &str, url: &str, fields: &[(&str, &str)]) -> Exchange {
        Exchange {
            source: SourceId(0),
            locator: Locator::Har { entry: self.entry },
            started: self.at,
            duration: Some(Duration::from_millis(40)),
            client: None,
            server: None,
            request: Some(Request {
                method: method.into(),
                url: url.into(),
                version: Version::Http11,
                fields: fields.iter().copied().collect(),
                body_size: 0,
            }),
            response: None,
            observed: None,
            caveats: CaveatSet::EMPTY,
        }
    }

    /// Seconds since the start.
    pub(super) fn at(mut self, seconds: i64) -> Self {
        self.at = Timestamp(seconds * 1_000_000_000);
        self.entry = u64::try_from(seconds).unwrap_or(0) * 10;
        let (at, entry) = (self.at, self.entry);
        self.actual().started = at;
        self.actual().locator = Locator::Har { entry };
        self
    }

    pub(super) fn origin(mut self, origin: &str) -> Self {
        self.fetch.origin.text = origin.into();
        self.last().origin = origin.into();
        self
    }

    pub(super) fn client(mut self, number: u64) -> Self {
        self.fetch.client = ClientId(number);
        self
    }

    pub(super) fn fate(mut self, fate: Fate) -> Self {
        self.fetch.fate = fate;
        self
    }

    pub(super) fn credentials(mut self, mode: CredentialsMode) -> Self {
        self.fetch.credentials.mode = mode;
        self.fetch.credentials.confidence = Confidence::Definite;
        self
    }

    pub(super) fn stored(mut self, copy: StoredCopy) -> Self {
        self.fetch.stored = Some(copy);
        self
    }

    /// Header names that the preflight will ask for.
    pub(super) fn asks(mut self, names: &str) -> Self {
        self.asks = Some(names.to_owned());
        self
    }

    /// A preflight with its answer.
    pub(super) fn preflight(mut self, status: u16, fields: &[(&str, &str)]) -> Self {
        let url = self.fetch.url().to_owned();
        let origin = self.last().origin.to_string();
        let asks = self.asks.clone();
        let mut request = vec![
            ("Origin", origin.as_str()),
            ("Access-Control-Request-Method", self.method.as_str()),
        ];
        if let Some(names) = &asks {
            request.push(("Access-Control-Request-Headers", names));
        }
        let mut exchange = self.exchange("OPTIONS", &url, &request);
        exchange.locator = Locator::Har {
            entry: self.entry + 1,
        };
        exchange.response = (status > 0).then(|| answer(status, fields, self.at));
        self.last().preflights.push(Arc::new(exchange));
        self
    }

    /// A preflight that allows everything that it is asked.
    pub(super) fn preflight_ok(self) -> Self {
        let origin = self.fetch.origin.text.to_string();
        let method = self.method.clone();
        let asks = self.asks.clone().unwrap_or_default();
        self.preflight(
            204,
            &[
                ("Access-Control-Allow-Origin", &origin),
                ("Access-Control-Allow-Methods", &method),
                ("Access-Control-Allow-Headers", &asks),
            ],
        )
    }

    pub(super) fn answer(mut self, status: u16, fields: &[(&str, &str)]) -> Self {
        let at = self.at;
        self.actual().response = Some(answer(status, fields, at));
        self
    }

    /// An answer that the page's origin may read.
    pub(super) fn ok(self) -> Self {
        let origin = self.fetch.origin.text.to_string();
        self.answer(200, &[("Access-Control-Allow-Origin", &origin)])
    }

    /// First bytes of the last answer that was set.
    pub(super) fn body(mut self, text: &str) -> Self {
        if let Some(response) = &mut self.actual().response {
            response.body_head = text.into();
        } else if let Some(preflight) = self.last().preflights.last_mut() {
            let preflight = Arc::make_mut(preflight);
            if let Some(response) = &mut preflight.response {
                response.body_head = text.into();
            }
        }
        self
    }

    /// Time until the answer's first byte.
    pub(super) fn wait(mut self, millis: u64) -> Self {
        let at = self.at.after(Duration::from_millis(millis));
        self.actual().duration = Some(Duration::from_millis(millis));
        if let Some(response) = &mut self.actual().response {
            response.started = at;
        }
        self
    }

    pub(super) fn request(mut self, fields: &[(&str, &str)]) -> Self {
        let request = self.actual().request.as_mut().unwrap();
        for (name, value) in fields {
            request.fields.push(name, value);
        }
        self
    }

    pub(super) fn body_size(mut self, size: u64) -> Self {
        self.actual().request.as_mut().unwrap().body_size = size;
        self
    }

    pub(super) fn server(mut self, address: &str) -> Self {
        self.actual().server = Some(address.parse().unwrap());
        self
    }

    pub(super) fn observed(mut self, change: impl FnOnce(&mut Observed)) -> Self {
        change(self.actual().observed.get_or_insert_default());
        self
    }

    /// The next hop of a redirect chain.
    pub(super) fn then(mut self, url: &str, origin: &str) -> Self {
        self.entry += 3;
        let method = self.method.clone();
        let exchange = self.exchange(&method, url, &[]);
        let mut next = hop(origin);
        next.actual = Some(Arc::new(exchange));
        self.fetch.hops.push(next);
        self
    }
}

fn answer(status: u16, fields: &[(&str, &str)], at: Timestamp) -> Response {
    Response {
        status,
        version: Version::Http11,
        fields: fields.iter().copied().collect::<Fields>(),
        body_size: 0,
        body_head: "".into(),
        started: at.after(Duration::from_millis(30)),
    }
}

/// Judges and observes the cases, and finishes.
pub(super) fn causes(cases: &[Case]) -> Vec<Cause> {
    let mut patterns = Patterns::new(&Limits::default());
    for case in cases {
        let findings: Vec<_> = judge(&case.fetch).into_iter().collect();
        patterns.observe(&case.fetch, &findings);
    }
    patterns.finish()
}

/// Asserts that the first cause is `name` and returns it.
#[track_caller]
pub(super) fn first(cases: &[Case], name: &str) -> Cause {
    let causes = causes(cases);
    let names: Vec<_> = causes.iter().map(|cause| cause.cause).collect();
    assert_eq!(names.first(), Some(&name), "{causes:#?}");
    causes.into_iter().next().unwrap()
}

/// Asserts that `name` is not among the causes.
#[track_caller]
pub(super) fn silent(cases: &[Case], name: &str) {
    let causes = causes(cases);
    assert!(
        causes.iter().all(|cause| cause.cause != name),
        "{causes:#?}"
    );
}

/// The first check that fails, in the browser's order.
pub(super) fn judge(fetch: &CorsFetch) -> Option<Finding> {
    let include = fetch.credentials.mode == CredentialsMode::Include;
    for hop in &fetch.hops {
        if let Some((rule, parameter)) = preflight_rule(hop, include) {
            return Some(finding(fetch, hop, rule, Phase::Preflight, parameter));
        }
        let actual = hop.actual.as_deref()?;
        let Some(response) = &actual.response else {
            let rule = match &fetch.fate {
                Fate::NetworkError(text) if text.is_empty() => "mixed-content",
                Fate::NetworkError(text) if text.contains("CLIENT") => "client-blocked",
                Fate::NetworkError(_) => "network-failed",
                Fate::Refused => "response-blocked-from-cache",
                _ => return None,
            };
            return Some(finding(fetch, hop, rule, Phase::Other, None));
        };
        if let Fate::NetworkError(text) = &fetch.fate {
            let rule = match () {
                () if text.contains("BLOCKED_BY_RESPONSE") => "corp-blocked",
                () if text.contains("BLOCKED_BY_ORB") => "orb-blocked",
                () => return None,
            };
            return Some(finding(fetch, hop, rule, Phase::Other, None));
        }
        let check = cors_check(&response.fields, &hop.origin, include);
        let is_redirect = (300..400).contains(&response.status) && response.fields.has("location");
        let (rule, phase) = match (check, is_redirect) {
            (Ok(()), _) => continue,
            (Err(_), true) => ("redirect-response-not-cors", Phase::Redirect),
            (Err(failure), false) => (response_rule(failure), Phase::Actual),
        };
        let value = response.fields.combined("access-control-allow-origin");
        let value = value.map(|value| value.into_owned());
        return Some(finding(fetch, hop, rule, phase, value));
    }
    None
}

fn response_rule(failure: CheckFailure) -> &'static str {
    match failure {
        CheckFailure::Missing => "allow-origin-missing",
        CheckFailure::WildcardWithCredentials => "allow-origin-wildcard-with-credentials",
        CheckFailure::Multiple => "allow-origin-multiple",
        CheckFailure::Invalid => "allow-origin-invalid",
        CheckFailure::Mismatch => "allow-origin-mismatch",
        CheckFailure::CredentialsNotTrue => "allow-credentials-not-true",
    }
}

fn preflight_rule(hop: &Hop, include: bool) -> Option<(&'static str, Option<String>)> {
    let preflight = hop.preflight()?;
    let Some(response) = &preflight.response else {
        return Some(("preflight-no-response", None));
    };
    if (300..400).contains(&response.status) && response.fields.has("location") {
        return Some(("preflight-redirect", None));
    }
    if response.status == 407 {
        return Some(("preflight-proxy-auth", None));
    }
    if let Err(failure) = cors_check(&response.fields, &hop.origin, include) {
        let rule = match failure {
            CheckFailure::Missing => "preflight-allow-origin-missing",
            CheckFailure::WildcardWithCredentials => {
                "preflight-allow-origin-wildcard-with-credentials"
            }
            CheckFailure::Multiple => "preflight-allow-origin-multiple",
            CheckFailure::Invalid => "preflight-allow-origin-invalid",
            CheckFailure::Mismatch => "preflight-allow-origin-mismatch",
            CheckFailure::CredentialsNotTrue => "preflight-allow-credentials-not-true",
        };
        return Some((rule, None));
    }
    if !(200..300).contains(&response.status) {
        return Some(("preflight-status", None));
    }
    let listed = |field: &str, item: &str| {
        let list = response.fields.combined(field).unwrap_or_default();
        list.split(',')
            .any(|own| own.trim() == item || own.trim() == "*")
    };
    let method = preflight.request_field("access-control-request-method")?;
    if !matches!(method, "GET" | "HEAD" | "POST") && !listed("access-control-allow-methods", method)
    {
        return Some(("preflight-method-not-allowed", Some(method.to_owned())));
    }
    let asked = preflight
        .request_field("access-control-request-headers")
        .unwrap_or_default();
    let missing = asked
        .split(',')
        .map(str::trim)
        .find(|name| !name.is_empty() && !listed("access-control-allow-headers", name))?;
    Some(("preflight-header-not-allowed", Some(missing.to_owned())))
}

/// A finding about `hop`.
pub(super) fn finding(
    fetch: &CorsFetch,
    hop: &Hop,
    rule: &'static str,
    phase: Phase,
    parameter: Option<String>,
) -> Finding {
    let reference = |exchange: &Exchange| ExchangeRef {
        locator: exchange.locator,
        status: exchange.status(),
        duration: exchange.duration,
    };
    let text = format!(
        "{rule} {} {} {} {parameter:?}",
        fetch.method(),
        fetch.url(),
        fetch.origin.text
    );
    let hash = text.bytes().fold(7u64, |hash, byte| {
        hash.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte)
    });
    Finding {
        rule,
        severity: Severity::Blocked,
        confidence: Confidence::Definite,
        enforcement: fetch.enforcement,
        outcome: Outcome::Consistent,
        phase,
        codes: Codes::default(),
        parameter,
        source: "a.har".into(),
        time: fetch.started(),
        origin: fetch.origin.text.to_string(),
        method: fetch.method().to_owned(),
        url: fetch.url().to_owned(),
        initiator: None,
        credentials: "unknown".into(),
        preflight: hop.preflight().map(|exchange| reference(exchange)),
        actual: hop.actual.as_deref().map(reference),
        evidence: Vec::new(),
        also_wrong: Vec::new(),
        cause: String::new(),
        tag: None,
        fix: Vec::new(),
        explained_by: None,
        caveats: CaveatSet::EMPTY,
        settles: String::new(),
        fingerprint: format!("{hash:016x}"),
        platform: None,
        is_known: false,
        exchanges: Vec::new(),
    }
}
