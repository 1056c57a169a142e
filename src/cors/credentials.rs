//! The credentials mode of a request: never on the wire, so inferred from evidence, or unknown.

use super::judge::{Reason, ask};
use super::{CorsFetch, Fate, Hop};
use crate::caveat::CaveatKind;
use crate::fetch::preflight::authorization_under_wildcard;
use crate::fetch::{Browser, CheckFailure, list};
use crate::finding::Confidence;

/// Whether credentials were included, and why we think so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The conclusion.
    pub mode: CredentialsMode,
    /// How sure; meaningless for [`CredentialsMode::Unknown`].
    pub confidence: Confidence,
    /// What it rests on, strongest first.
    pub evidence: Vec<CredentialsEvidence>,
    /// The export was stripped of cookies and authorization, so that their absence means nothing.
    pub sanitized: bool,
}

/// The credentials mode (Fetch `#concept-request-credentials-mode`) as far as a cross-origin request is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialsMode {
    /// `include`.
    Include,
    /// `omit` or `same-origin`.
    Omit,
    /// It cannot be told.
    Unknown,
}

/// One reason for a conclusion about credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialsEvidence {
    /// The cross-origin request carried `Cookie`.
    CookieSent,
    /// The request carried `Sec-Fetch-Storage-Access`, which goes with credentials only.
    StorageAccessField,
    /// The request carried `Authorization` that its preflight did not announce: the browser attached it.
    AuthorizationAttached,
    /// `sendBeacon` always includes credentials.
    Beacon,
    /// The browser refused although everything passes without credentials.
    RefusedOtherwiseFine,
    /// The answer reached the page although it fails with credentials.
    DeliveredWithoutPermission,
    /// No actual request followed a preflight that passes without credentials and fails with them.
    NothingFollowed,
    /// The actual request followed a preflight that fails with credentials.
    FollowedWithoutPermission,
    /// A font, a module script or a manifest: loaded without credentials unless asked for.
    AnonymousByDefault,
}

impl Credentials {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        mode: CredentialsMode::Unknown,
        confidence: Confidence::Possible,
        evidence: Vec::new(),
        sanitized: false,
    };
}

impl CredentialsEvidence {
    /// For the reader: `Cookie was sent`.
    pub fn text(self) -> &'static str {
        match self {
            Self::CookieSent => "the request carried Cookie",
            Self::StorageAccessField => "the request carried Sec-Fetch-Storage-Access",
            Self::AuthorizationAttached => {
                "the browser attached Authorization that the preflight did not announce"
            }
            Self::Beacon => "sendBeacon always includes credentials",
            Self::RefusedOtherwiseFine => "the browser refused although everything else passes",
            Self::DeliveredWithoutPermission => {
                "the answer reached the page, which it cannot with credentials"
            }
            Self::NothingFollowed => "no request followed a preflight that is otherwise fine",
            Self::FollowedWithoutPermission => {
                "the request followed a preflight that forbids credentials"
            }
            Self::AnonymousByDefault => "this kind of load has no credentials by default",
        }
    }
}

/// Infers the mode of a transaction.
pub(super) fn infer(fetch: &CorsFetch) -> Credentials {
    let sanitized = fetch
        .caveats
        .contains(CaveatKind::ExporterRemovesCredentials);
    let mut evidence = Vec::new();
    let mut conclusion: Option<(CredentialsMode, Confidence)> = None;
    for (fact, mode, confidence) in facts(fetch) {
        evidence.push(fact);
        conclusion.get_or_insert((mode, confidence));
    }
    let (mode, confidence) = conclusion.unwrap_or((CredentialsMode::Unknown, Confidence::Possible));
    Credentials {
        mode,
        confidence,
        evidence,
        sanitized,
    }
}

/// The facts that hold, strongest first.
fn facts(fetch: &CorsFetch) -> Vec<(CredentialsEvidence, CredentialsMode, Confidence)> {
    use Confidence::{Definite, Likely, Possible};
    use CredentialsEvidence as Fact;
    use CredentialsMode::{Include, Omit};

    let mut facts = Vec::new();
    if carries(fetch, "cookie") {
        facts.push((Fact::CookieSent, Include, Definite));
    }
    if let Some(fact) = by_outcome(fetch) {
        facts.push(fact);
    }
    if fetch.initiator == Some("beacon") && fetch.hops.iter().any(|hop| hop.preflight().is_some()) {
        facts.push((Fact::Beacon, Include, Definite));
    }
    if carries(fetch, "sec-fetch-storage-access") {
        facts.push((Fact::StorageAccessField, Include, Likely));
    }
    if fetch.hops.iter().any(attaches_authorization) {
        facts.push((Fact::AuthorizationAttached, Include, Likely));
    }
    if matches!(fetch.initiator, Some("font" | "manifest")) {
        facts.push((Fact::AnonymousByDefault, Omit, Likely));
    }
    facts.sort_by_key(|(_, _, confidence)| std::cmp::Reverse(*confidence));
    debug_assert!(
        facts
            .iter()
            .all(|(_, _, confidence)| *confidence >= Possible)
    );
    facts
}

fn carries(fetch: &CorsFetch, name: &str) -> bool {
    fetch
        .hops
        .iter()
        .filter(|hop| hop.checked)
        .filter_map(|hop| hop.actual.as_ref())
        .any(|actual| actual.request_field(name).is_some())
}

/// HTTP authentication by the browser itself: `Authorization` that a seen preflight did not announce.
fn attaches_authorization(hop: &Hop) -> bool {
    let (Some(preflight), Some(actual)) = (hop.preflight(), &hop.actual) else {
        return false;
    };
    let announces = || {
        preflight.request.as_ref().is_some_and(|request| {
            list::request_headers(&request.fields)
                .iter()
                .any(|name| **name == *"authorization")
        })
    };
    actual.request_field("authorization").is_some() && !announces()
}

/// Whether the preflight allows `Authorization` by `*` alone: by the standard that is no permission, and reason enough
/// for nothing to follow. The three engines take it for one.
fn may_stop_at_wildcard(fetch: &CorsFetch, hop: &Hop) -> bool {
    if fetch.browser.is_some() {
        return false;
    }
    let Some(preflight) = hop.preflight() else {
        return false;
    };
    let (Some(request), Some(answer)) = (&preflight.request, &preflight.response) else {
        return false;
    };
    let headers = list::request_headers(&request.fields);
    authorization_under_wildcard(answer, &ask(hop, &headers, false))
}

/// What the outcome proves where the verdict depends on the mode alone.
fn by_outcome(fetch: &CorsFetch) -> Option<(CredentialsEvidence, CredentialsMode, Confidence)> {
    use CredentialsEvidence as Fact;
    let browser = fetch.browser.unwrap_or(Browser::Chromium);
    let with = fetch.failure(true, browser);
    let without = fetch.failure(false, browser);
    let with = match (with, without) {
        (Some(with), None) => with,
        // Chromium reports a redirect away from HTTP otherwise than by refusing the redirect.
        (Some(with), Some(without))
            if without.reason == Reason::RedirectScheme
                && with != without
                && fetch.fate == Fate::Refused =>
        {
            with
        }
        _ => return None,
    };
    let omit = |fact| Some((fact, CredentialsMode::Omit, Confidence::Definite));
    let include = |fact, confidence| Some((fact, CredentialsMode::Include, confidence));
    // A preflight that forbids credentials was followed by a request: there were none.
    let is_followed = fetch.hops.iter().enumerate().any(|(index, hop)| {
        let was_sent = hop
            .actual
            .as_ref()
            .is_some_and(|actual| actual.response.is_some());
        index == with.hop && matches!(with.reason, Reason::Preflight(_)) && was_sent
    });
    match &fetch.fate {
        Fate::Delivered => omit(Fact::DeliveredWithoutPermission),
        _ if is_followed || with.hop + 1 < fetch.hops.len() => {
            omit(Fact::FollowedWithoutPermission)
        }
        // `redirect: "error"` looks the same, and an exact origin is what APIs without credentials answer.
        Fate::Refused if with.reason == Reason::Redirect(CheckFailure::CredentialsNotTrue) => {
            include(Fact::RefusedOtherwiseFine, Confidence::Possible)
        }
        Fate::Refused if matches!(with.reason, Reason::Redirect(_)) => {
            include(Fact::RefusedOtherwiseFine, Confidence::Likely)
        }
        // The preflight may have passed, and the browser's cache have given the answer.
        Fate::Refused if matches!(with.reason, Reason::Preflight(_)) && has_bad_copy(fetch) => {
            include(Fact::RefusedOtherwiseFine, Confidence::Possible)
        }
        Fate::Refused => include(Fact::RefusedOtherwiseFine, Confidence::Definite),
        Fate::Unanswered if matches!(with.reason, Reason::Preflight(_)) => {
            include(Fact::RefusedOtherwiseFine, Confidence::Likely)
        }
        Fate::Unknown => {
            let last = fetch.hops.last()?;
            let is_silent = last.actual.is_none()
                && !fetch.caveats.contains(CaveatKind::LimitReached)
                && !may_stop_at_wildcard(fetch, last);
            is_silent.then_some((
                Fact::NothingFollowed,
                CredentialsMode::Include,
                Confidence::Possible,
            ))
        }
        _ => None,
    }
}

/// Whether the browser's cache held an answer that does not allow the page.
fn has_bad_copy(fetch: &CorsFetch) -> bool {
    fetch.stored.as_ref().is_some_and(|copy| {
        let allowed = copy.allow_origin.as_deref();
        !copy.varies_by_origin
            && !matches!(allowed, Some(origin) if origin == "*" || *origin == *fetch.origin.text)
    })
}
