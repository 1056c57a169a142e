//! From a transaction to its verdict: which failure counts, how bad it is and how sure.

use super::codes;
use crate::caveat::CaveatKind;
use crate::cors::judge::{Failure, Reason};
use crate::cors::{CorsFetch, CorsMode, CredentialsMode, Fate, OriginSource};
use crate::fetch::check::allows_credentials;
use crate::fetch::{Browser, CheckFailure, origin};
use crate::finding::{Codes, Confidence, Enforcement, Outcome, Severity};
use crate::http::{Fields, Recorder};

/// A failure that is to be reported.
#[derive(Debug, Clone)]
pub(crate) struct Verdict {
    pub(crate) failure: Failure,
    pub(crate) severity: Severity,
    pub(crate) confidence: Confidence,
    pub(crate) with_credentials: bool,
    /// What would settle an open question; empty when nothing is open.
    pub(crate) settles: &'static str,
}

const SETTLES_CREDENTIALS: &str = "whether the page includes credentials (credentials: \"include\", withCredentials): look at the client's code, or \
     record a HAR in Chromium, which shows the outcome";
const SETTLES_REDIRECT: &str = "whether the page includes credentials, or asked for redirect: \"error\": the browser stops at this redirect in both cases, \
     and its console speaks of CORS only in the first";

const SETTLES_MANUAL: &str = "whether the page asked for redirect: \"manual\": then it gets the redirect itself, wherever that leads";

const SETTLES_MODE: &str = "whether it is a CORS request at all: a form post, a beacon or a no-cors fetch looks the same on the wire";

const SETTLES_OVERRULED: &str = "whether CORS is switched off in the browser that recorded this (an extension, --disable-web-security): it delivered \
     what others refuse";

const SETTLES_NO_ANSWER: &str = "whether the server closed the connection, the page gave up, or the network failed: this recorder does not tell";

/// The verdict over a transaction; `None` when nothing of the CORS protocol stands against it.
pub(crate) fn verdict(fetch: &CorsFetch, browser: Browser) -> Option<Verdict> {
    // The recorder's word stands above any rule.
    if fetch.fate == Fate::Aborted || fetch.caveats.contains(CaveatKind::ClientClosed) {
        return None;
    }
    if fetch.was_let_through() {
        return overruled(fetch, browser);
    }
    let mut verdict = by_credentials(fetch, browser)?;
    if is_explained_by_network(fetch, &verdict.failure) {
        return None;
    }
    if verdict.failure.reason == Reason::PreflightUnanswered && fetch.fate == Fate::Unanswered {
        lower(&mut verdict, Severity::Depends, Confidence::Likely);
        verdict.settles = SETTLES_NO_ANSWER;
    }
    if may_be_manual(fetch, &verdict.failure) {
        lower(&mut verdict, Severity::Depends, Confidence::Likely);
        verdict.settles = SETTLES_MANUAL;
    }
    if fetch.mode == CorsMode::Unclear {
        lower(&mut verdict, Severity::Depends, Confidence::Possible);
        verdict.settles = SETTLES_MODE;
    }
    if fetch.enforcement == Enforcement::NonBrowser || is_test_origin(&fetch.origin.text) {
        lower(&mut verdict, Severity::Note, Confidence::Definite);
    }
    verdict.confidence = verdict.confidence.min(confidence(fetch, &verdict.failure));
    Some(verdict)
}

/// The recorder says that an answer was delivered which no browser may deliver: in that browser CORS is switched off, by an
/// extension or a flag, and everybody else's browser refuses.
fn overruled(fetch: &CorsFetch, browser: Browser) -> Option<Verdict> {
    let actual = fetch.last()?.actual.as_ref()?;
    let says_cors = actual.request_field("sec-fetch-mode") == Some("cors");
    // The stored answer decides, or the worker's; neither is on record.
    let is_second_hand = actual.status() == Some(304)
        || fetch.caveats.contains(CaveatKind::ServedFromCache)
        || fetch.caveats.contains(CaveatKind::ServiceWorker);
    if !says_cors || is_second_hand || !fetch.origin.text.starts_with("http") {
        return None;
    }
    let with_credentials = fetch.credentials.mode == CredentialsMode::Include
        && fetch.credentials.confidence == Confidence::Definite;
    fetch
        .failure(with_credentials, browser)
        .map(|failure| Verdict {
            failure,
            severity: Severity::Depends,
            confidence: Confidence::Possible,
            with_credentials,
            settles: SETTLES_OVERRULED,
        })
}

fn lower(verdict: &mut Verdict, severity: Severity, confidence: Confidence) {
    verdict.severity = verdict.severity.min(severity);
    verdict.confidence = verdict.confidence.min(confidence);
}

/// The failure under the mode that is known, or what follows when it is not.
fn by_credentials(fetch: &CorsFetch, browser: Browser) -> Option<Verdict> {
    let credentials = &fetch.credentials;
    let certain = |with: bool, confidence| {
        fetch.failure(with, browser).map(|failure| Verdict {
            failure,
            severity: Severity::Blocked,
            confidence,
            with_credentials: with,
            settles: "",
        })
    };
    match credentials.mode {
        CredentialsMode::Omit => certain(false, Confidence::Definite),
        CredentialsMode::Include if credentials.confidence > Confidence::Possible => {
            // The mode's own confidence matters only where the mode decides.
            let decides = fetch.failure(false, browser).is_none();
            certain(
                true,
                if decides {
                    credentials.confidence
                } else {
                    Confidence::Definite
                },
            )
        }
        CredentialsMode::Include | CredentialsMode::Unknown => {
            certain(false, Confidence::Definite).or_else(|| open_question(fetch, browser))
        }
    }
}

/// Everything passes without credentials and fails with them, and nobody knows which it was.
fn open_question(fetch: &CorsFetch, browser: Browser) -> Option<Verdict> {
    let failure = fetch.failure(true, browser)?;
    let is_hinted =
        fetch.credentials.mode == CredentialsMode::Include || hints_at_credentials(fetch, &failure);
    let settles = match failure.reason {
        Reason::Redirect(CheckFailure::CredentialsNotTrue) if fetch.fate == Fate::Refused => {
            SETTLES_REDIRECT
        }
        _ => SETTLES_CREDENTIALS,
    };
    is_hinted.then_some(Verdict {
        failure,
        severity: Severity::Depends,
        confidence: Confidence::Possible,
        with_credentials: true,
        settles,
    })
}

/// Whether an open question is worth a finding. A matching origin without `Access-Control-Allow-Credentials` is what
/// every token API answers, and `*` what every public one does: neither is, by itself.
fn hints_at_credentials(fetch: &CorsFetch, failure: &Failure) -> bool {
    let check = match &failure.reason {
        Reason::Answer(check) | Reason::Redirect(check) => *check,
        Reason::Preflight(crate::fetch::PreflightFailure::Check(check)) => *check,
        _ => return false,
    };
    let fields = answer_fields(fetch, failure);
    match check {
        // Somebody meant to allow credentials and did it wrong.
        CheckFailure::CredentialsNotTrue => {
            let preflight = fetch
                .hops
                .get(failure.hop)
                .and_then(|hop| hop.preflight()?.response.as_ref());
            fields.is_some_and(|fields| fields.has("access-control-allow-credentials"))
                || preflight.is_some_and(|answer| allows_credentials(&answer.fields))
        }
        // A browser's own recording that tells no outcome, of a request made by script.
        CheckFailure::WildcardWithCredentials => {
            let is_script = matches!(
                fetch.initiator,
                None | Some("fetch" | "xhr" | "eventsource")
            );
            is_script
                && recorder(fetch)
                    .is_some_and(|recorder| recorder.is_browser() && !recorder.tells_errors())
        }
        _ => false,
    }
}

fn recorder(fetch: &CorsFetch) -> Option<Recorder> {
    let (exchange, ..) = fetch.exchanges().next()?;
    exchange.observed.as_ref().map(|observed| observed.recorder)
}

/// The fields of the answer that failed.
pub(crate) fn answer_fields<'a>(fetch: &'a CorsFetch, failure: &Failure) -> Option<&'a Fields> {
    let hop = fetch.hops.get(failure.hop)?;
    let exchange = match &failure.reason {
        Reason::Preflight(_) | Reason::PreflightUnanswered => hop.preflight(),
        _ => hop.actual.as_ref(),
    }?;
    Some(&exchange.response.as_ref()?.fields)
}

/// Whether the network, and not CORS, is to blame by the recorder's own words.
fn is_explained_by_network(fetch: &CorsFetch, failure: &Failure) -> bool {
    // The errors by which Chromium reports what these rules are about.
    const OURS: [&str; 8] = [
        "net::ERR_UNSAFE_REDIRECT",
        "net::ERR_TOO_MANY_REDIRECTS",
        "net::ERR_UNEXPECTED_PROXY_AUTH",
        "net::ERR_INVALID_REDIRECT",
        "net::ERR_EMPTY_RESPONSE",
        "net::ERR_CONNECTION_RESET",
        "net::ERR_CONNECTION_CLOSED",
        "net::ERR_INVALID_HTTP_RESPONSE",
    ];
    let preflight_error = fetch
        .hops
        .get(failure.hop)
        .and_then(|hop| hop.preflight()?.observed.as_ref()?.net_error.as_deref());
    let error = match (&fetch.fate, preflight_error) {
        (Fate::NetworkError(error), _) => &**error,
        (_, Some(error)) if failure.reason == Reason::PreflightUnanswered => error,
        _ => return false,
    };
    match &failure.reason {
        Reason::PreflightUnanswered | Reason::RedirectLimit | Reason::RedirectScheme => {
            !OURS.contains(&error)
        }
        Reason::Preflight(crate::fetch::PreflightFailure::ProxyAuth) => false,
        _ => true,
    }
}

fn confidence(fetch: &CorsFetch, failure: &Failure) -> Confidence {
    // The recorder saw the browser refuse, and here is the reason.
    if fetch.fate == Fate::Refused {
        return Confidence::Definite;
    }
    const DOUBTS: [CaveatKind; 8] = [
        CaveatKind::AmbiguousFraming,
        CaveatKind::CutPacket,
        CaveatKind::Gap,
        CaveatKind::LimitReached,
        CaveatKind::MidStreamStart,
        CaveatKind::OverlapConflict,
        CaveatKind::ServiceWorker,
        CaveatKind::ServedFromCache,
    ];
    let is_preflight = matches!(
        failure.reason,
        Reason::Preflight(_) | Reason::PreflightUnanswered
    );
    let is_sure_of_client = matches!(
        fetch.enforcement,
        Enforcement::BrowserProven | Enforcement::BrowserLikely | Enforcement::NonBrowser
    );
    let is_sure = (is_preflight || fetch.mode == CorsMode::Proven || is_sure_of_client)
        && fetch.origin.learnt <= OriginSource::PreflightField
        && !DOUBTS.iter().any(|kind| fetch.caveats.contains(*kind));
    match is_sure {
        true => Confidence::Definite,
        false => Confidence::Likely,
    }
}

/// Whether it may be that the page wanted the redirect itself and not what it leads to: only `fetch()` can, and no
/// recording shows it.
fn may_be_manual(fetch: &CorsFetch, failure: &Failure) -> bool {
    fetch.fate == Fate::Unknown
        && matches!(fetch.initiator, None | Some("fetch"))
        && matches!(
            failure.reason,
            Reason::RedirectUserinfo | Reason::RedirectScheme
        )
}

/// Origins that scanners send: their refusal is right.
pub fn is_test_origin(origin: &str) -> bool {
    let host = origin.split_once("://").map_or("", |(_, host)| host);
    let host = host.split(':').next().unwrap_or_default();
    let has_label = |label: &str| host.split(['.', '-']).any(|own| own == label);
    ["evil", "attacker", "hacker", "malicious", "corstest", "zzz"]
        .iter()
        .any(|label| has_label(label))
        || host.ends_with(".invalid")
        || host.contains(['`', '%', '{', '}', '!', '&'])
}

/// Whether the rest of the recording agrees; `failure` is what the finding says was refused, if it says so.
pub(crate) fn outcome(fetch: &CorsFetch, failure: Option<&Failure>) -> Outcome {
    let is_preflight = failure.is_some_and(|failure| {
        matches!(
            failure.reason,
            Reason::Preflight(_) | Reason::PreflightUnanswered
        )
    });
    match &fetch.fate {
        Fate::Refused | Fate::Unanswered | Fate::NetworkError(_) => Outcome::Confirmed,
        Fate::Delivered if failure.is_none() => Outcome::Consistent,
        Fate::Delivered => Outcome::Contradicted,
        Fate::Aborted => Outcome::Unseen,
        Fate::Unknown if is_preflight => Outcome::Consistent,
        Fate::Unknown => Outcome::Unseen,
    }
}

/// The error by which a network stack stops at an answer before the CORS protocol looks at it: a 407 from anything but the
/// proxy, and a redirect to nowhere, or in Firefox to a `data:` URL.
fn earlier_error(fetch: &CorsFetch, failure: &Failure, browser: Browser) -> Option<&'static str> {
    let exchange = fetch.hops.get(failure.hop)?.actual.as_ref()?;
    let target = || origin::resolve(exchange.url(), exchange.response_field("location")?);
    match (&failure.reason, browser) {
        (Reason::Answer(_), Browser::Chromium) if exchange.status() == Some(407) => {
            Some("net::ERR_UNEXPECTED_PROXY_AUTH")
        }
        (Reason::Redirect(_), Browser::Chromium) if target().is_none() => {
            Some("net::ERR_INVALID_REDIRECT")
        }
        (Reason::Redirect(_), Browser::Firefox)
            if target().is_none_or(|url| url.starts_with("data:")) =>
        {
            Some("CORSDidNotSucceed2")
        }
        _ => None,
    }
}

/// The browsers' codes for one transaction: each engine's first failure, the deciding engine's being `failure`.
pub(crate) fn all_codes(fetch: &CorsFetch, verdict: &Verdict, decider: Browser) -> Codes {
    let code = |browser: Browser| {
        let own = match browser == decider {
            true => verdict.failure.clone(),
            false => fetch.failure(verdict.with_credentials, browser)?,
        };
        if let Some(error) = earlier_error(fetch, &own, browser) {
            return Some(error);
        }
        let empty = Fields::default();
        let fields = answer_fields(fetch, &own).unwrap_or(&empty);
        codes::code(&own, fields, browser)
    };
    Codes {
        chromium: code(Browser::Chromium),
        firefox: code(Browser::Firefox),
        webkit: code(Browser::WebKit),
    }
}
