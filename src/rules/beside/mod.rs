//! Family C: blocked before or beside the CORS protocol. People call all of these CORS errors.
//!
//! These rules rest on the recorder's words, so captures rarely show them.

pub(crate) mod client_blocked;
pub(crate) mod cookie_withheld;
pub(crate) mod corp_blocked;
pub(crate) mod csp_blocked;
pub(crate) mod local_network_access;
pub(crate) mod mixed_content;
pub(crate) mod mode_no_cors_redirect;
pub(crate) mod mode_same_origin;
pub(crate) mod network_failed;
pub(crate) mod orb_blocked;
pub(crate) mod refusal_not_recorded;
pub(crate) mod response_blocked_from_cache;
pub(crate) mod scheme_not_cors;
pub(crate) mod server_rejected_origin;
pub(crate) mod websocket_origin_rejected;

use super::case::{Case, Draft, evidence};
use super::registry::RuleInfo;
use super::remedy;
use super::surprise::is_opaque_fetch;
use crate::cors::{CredentialsMode, Fate, OriginSource, Role, StoredCopy};
use crate::fetch::origin::{self, Reach};
use crate::fetch::{CheckFailure, cors_check, redirect};
use crate::finding::{Codes, Confidence, Evidence, Fix, MessageKind, Severity};
use crate::http::{Exchange, Fields, site};

/// A draft with its grade: these rules decide it themselves.
pub(crate) struct Ruling {
    pub(crate) draft: Draft,
    pub(crate) severity: Severity,
    pub(crate) confidence: Confidence,
    pub(crate) codes: Codes,
}

impl Ruling {
    fn new(draft: Draft, severity: Severity, confidence: Confidence) -> Self {
        Self {
            codes: draft.rule.codes,
            draft,
            severity,
            confidence,
        }
    }
}

/// For a transaction against which the CORS protocol has nothing to say.
pub(crate) fn of_fetch(case: &Case<'_>) -> Option<Ruling> {
    if let Some(error) = errors(case).find(|error| is_local_network(error)) {
        return Some(local_network(case, Some(error), Confidence::Definite));
    }
    match &case.fetch.fate {
        Fate::NetworkError(error) => {
            Some(of_error(case, error).unwrap_or_else(|| network_failed(case, error)))
        }
        Fate::Refused => Some(refused(case)),
        Fate::Unanswered if is_untold(case) => Some(untold(case)),
        Fate::Unanswered | Fate::Aborted | Fate::Delivered | Fate::Unknown => withheld(case),
    }
}

/// Whether an exchange outside of CORS can fire a rule at all.
pub(crate) fn may_concern(exchange: &Exchange, role: Role) -> bool {
    let is_named_error = exchange
        .observed
        .as_ref()
        .is_some_and(|observed| observed.net_error.is_some());
    let is_denied = matches!(exchange.status(), Some(400 | 401 | 403 | 500));
    let has_policy = role == Role::NoCors
        && exchange
            .response_field("cross-origin-resource-policy")
            .is_some();
    let is_options = exchange.method() == "OPTIONS";
    let is_opaque = role == Role::NoCors
        && (exchange.request_field("sec-fetch-dest") == Some("empty") || is_opaque_fetch(exchange));
    is_named_error || is_denied || is_options || is_opaque || has_policy
}

/// For an exchange that is no CORS request.
pub(crate) fn of_other(case: &Case<'_>, role: Role) -> Option<Ruling> {
    if role == Role::WebSocket {
        return websocket(case);
    }
    match &case.fetch.fate {
        Fate::NetworkError(error) if role != Role::SameOrigin => of_error(case, error),
        _ if role == Role::SameOrigin => rejected(case),
        Fate::Unknown if role == Role::NoCors => corp_by_field(case),
        _ => None,
    }
}

fn errors<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a str> {
    case.hop
        .members()
        .filter_map(|exchange| exchange.observed.as_ref()?.net_error.as_deref())
}

fn is_local_network(error: &str) -> bool {
    error.contains("LOCAL_NETWORK_ACCESS") || error.contains("PRIVATE_NETWORK_ACCESS")
}

/// The recorder's error that is not a network failure, by its name.
fn of_error(case: &Case<'_>, error: &str) -> Option<Ruling> {
    if is_local_network(error) {
        return Some(local_network(case, Some(error), Confidence::Definite));
    }
    if error.starts_with("net::ERR_BLOCKED_BY_RESPONSE") {
        return Some(corp(case, error));
    }
    match error {
        "" | "mixed-content" if is_mixed(case) => Some(mixed_content(case)),
        "" => Some(unnamed_policy(case)),
        "net::ERR_BLOCKED_BY_ORB" => Some(orb(case, error)),
        "csp" | "net::ERR_BLOCKED_BY_CSP" => Some(note(
            case,
            &csp_blocked::RULE,
            "the page's own Content-Security-Policy does not allow this URL",
            error,
            remedy::plain(
                "extend-connect-src",
                format!(
                    "add {} to connect-src of the page's policy",
                    super::route::site(case.hop.url())
                ),
            ),
        )),
        "net::ERR_BLOCKED_BY_CLIENT" | "net::ERR_BLOCKED_BY_ADMINISTRATOR" => Some(note(
            case,
            &client_blocked::RULE,
            "an extension of the browser stopped the request; it never left",
            error,
            remedy::plain(
                "try-without-extensions",
                "try again in a window without extensions",
            ),
        )),
        _ => None,
    }
}

/// Chromium names the policies that it checks before it sends anything only in its panel; in the export they are an empty
/// text. Without mixed content it was the page's own policy.
fn unnamed_policy(case: &Case<'_>) -> Ruling {
    let mut ruling = note(
        case,
        &csp_blocked::RULE,
        "a policy of the page, most likely its Content-Security-Policy, does not allow this URL: the browser sent nothing",
        "",
        remedy::plain(
            "extend-content-security-policy",
            format!(
                "add {} to the directive of the page's policy that the console names",
                super::route::site(case.hop.url())
            ),
        ),
    );
    ruling.draft.parameter = None;
    ruling.confidence = Confidence::Likely;
    ruling
}

fn recorded(error: &str) -> Evidence {
    evidence(
        MessageKind::Recorded,
        "error",
        error,
        "the recorder's words",
    )
}

fn note(case: &Case<'_>, rule: &'static RuleInfo, cause: &str, error: &str, fix: Fix) -> Ruling {
    let draft = Draft::new(rule, cause)
        .parameter(error)
        .evidence([recorded(error), case.origin_line()])
        .fix([fix]);
    Ruling::new(draft, rule.severity, Confidence::Definite)
}

fn network_failed(case: &Case<'_>, error: &str) -> Ruling {
    let what = match error {
        _ if error.contains("CERT") || error.contains("SSL") => {
            "the certificate or TLS connection was not accepted"
        }
        _ if error.contains("REFUSED") => "nothing listens there",
        _ if error.contains("NAME_NOT_RESOLVED") => "the host name does not resolve",
        _ if error.contains("TIMED_OUT") => "the server did not answer in time",
        _ if error.contains("DISCONNECTED") => "the machine was offline",
        _ => "the connection failed",
    };
    note(
        case,
        &network_failed::RULE,
        &format!(
            "{what} ({error}): this is no CORS failure, though a script cannot tell the two apart"
        ),
        error,
        remedy::plain(
            "repair-connection",
            format!(
                "make {} reachable first",
                super::route::site(case.hop.url())
            ),
        ),
    )
}

fn local_network(case: &Case<'_>, error: Option<&str>, confidence: Confidence) -> Ruling {
    let page = &*case.fetch.origin.text;
    let is_insecure = page.starts_with("http://");
    let cause = match is_insecure {
        true => format!("{page} is not https, so it may not talk to a more private network"),
        false => format!(
            "{page} may talk to this machine or the private network only with the user's permission"
        ),
    };
    let mut draft = Draft::new(&local_network_access::RULE, cause)
        .tag(Some(if is_insecure {
            "insecure-page"
        } else {
            "permission"
        }))
        .evidence(error.map(recorded))
        .evidence([case.origin_line()])
        .fix([
            remedy::plain(
                "allow-local-network",
                "serve the page over https and let the user allow local network access",
            ),
            remedy::plain("serve-publicly", "or serve the API under a public name"),
        ]);
    draft.settles = "the site's permission for local network access, and the address that the host name resolves to".to_owned();
    let mut ruling = Ruling::new(draft, Severity::Depends, confidence);
    ruling.codes.chromium = Some(match is_insecure {
        true => "InsecureLocalNetwork",
        false => "LocalNetworkAccessPermissionDenied",
    });
    ruling
}

/// An https page and an http URL of another machine.
fn is_mixed(case: &Case<'_>) -> bool {
    let page = case.fetch.origin.text.starts_with("https://") || case.fetch.origin.text.is_empty();
    page && case.hop.url().starts_with("http://")
        && origin::reach(case.hop.url()) != Some(Reach::Loopback)
}

fn mixed_content(case: &Case<'_>) -> Ruling {
    let url = case.hop.url();
    let secure = url.replacen("http://", "https://", 1);
    let draft = Draft::new(
        &mixed_content::RULE,
        format!("the page is https and asks for {url}, which is not: the browser sent nothing"),
    )
    .evidence([
        evidence(MessageKind::ActualRequest, ":url", url, "http"),
        case.origin_line(),
    ])
    .fix([remedy::plain(
        "https-api",
        format!("serve the API over https and call {secure}"),
    )]);
    Ruling::new(draft, Severity::Blocked, Confidence::Definite)
}

fn corp(case: &Case<'_>, error: &str) -> Ruling {
    let name = "cross-origin-resource-policy";
    let value = case
        .value(name)
        .map_or("absent".to_owned(), |value| value.into_owned());
    let draft = Draft::new(
        &corp_blocked::RULE,
        format!(
            "the answer's Cross-Origin-Resource-Policy ({value}) does not allow {} to embed it",
            case.origin()
        ),
    )
    .parameter(error)
    .evidence([
        case.field(name, "does not allow this page", Some("")),
        recorded(error),
    ])
    .fix([
        remedy::plain(
            "allow-embedding",
            "send  cross-origin-resource-policy: cross-origin  if others may embed it",
        ),
        remedy::plain(
            "load-with-cors",
            "or load it with CORS: the attribute crossorigin, and Access-Control-Allow-Origin",
        ),
    ]);
    Ruling::new(draft, Severity::Blocked, Confidence::Definite)
}

/// Nobody says what became of the load, but its answer forbids the page to embed it (Fetch
/// `#cross-origin-resource-policy-check`).
fn corp_by_field(case: &Case<'_>) -> Option<Ruling> {
    let policy = case.value("cross-origin-resource-policy")?;
    let page = &*case.fetch.origin.text;
    let url = case.hop.url();
    let told = case.exchange()?.request_field("sec-fetch-site");
    // A frame's own loads carry its Referer; the recorder's page is that of the whole tab.
    let is_known = told.is_some() || case.fetch.origin.learnt <= OriginSource::Referer;
    if !is_known || told == Some("same-origin") || origin::is_same(page, url) {
        return None;
    }
    let is_same_site = match told {
        Some(told) => told == "same-site",
        None => origin::of_url(url)
            .is_some_and(|own| site::is_same(site::host_of(page), site::host_of(&own))),
    };
    // An https page may not embed what came over http, whatever the site.
    let is_downgrade = page.starts_with("https:") && url.starts_with("http:");
    let is_forbidden = match &*policy {
        "same-origin" => true,
        "same-site" => !is_same_site || is_downgrade,
        _ => false,
    };
    is_forbidden.then(|| {
        let mut ruling = corp(case, "cross-origin-resource-policy");
        ruling.draft.parameter = Some(policy.into_owned());
        ruling
            .draft
            .evidence
            .retain(|line| line.message != MessageKind::Recorded);
        ruling.draft.evidence.push(case.origin_line());
        if told.is_none() {
            ruling.confidence = Confidence::Likely;
        }
        ruling
    })
}

fn orb(case: &Case<'_>, error: &str) -> Ruling {
    let draft = Draft::new(
        &orb_blocked::RULE,
        "the answer is not of a type that this kind of load can use, so the browser withheld it",
    )
    .evidence([
        case.field("content-type", "not an image, script or media type", None),
        case.status_line(""),
        recorded(error),
    ])
    .fix([remedy::plain(
        "correct-content-type",
        "correct the URL or the answer's Content-Type",
    )]);
    let mut ruling = Ruling::new(draft, Severity::Depends, Confidence::Definite);
    ruling.draft.settles = "whether the answer is what the page meant to load".to_owned();
    ruling
}

/// The browser refused, and no recorded answer says why.
fn refused(case: &Case<'_>) -> Ruling {
    if let Some(ruling) = case
        .fetch
        .stored
        .as_ref()
        .and_then(|copy| stored(case, copy))
    {
        return ruling;
    }
    let url = case.hop.url();
    let page = &*case.fetch.origin.text;
    let is_nearer = match (origin::reach(url), origin::reach(page)) {
        (Some(target), Some(page)) => target < page,
        _ => false,
    };
    if case.answer().is_none() && (is_nearer || is_mixed(case) || case.fetch.is_host_held_back) {
        // An http target of an https page that is not refused as mixed content was declared local.
        return local_network(case, None, Confidence::Likely);
    }
    let is_redirect = case.answer().is_some_and(redirect::is_redirect);
    unrecorded(case, is_redirect)
}

/// A recorder that writes no reasons has neither an answer nor a preflight for this request.
fn is_untold(case: &Case<'_>) -> bool {
    let is_silent = case.exchange().is_some_and(|exchange| {
        exchange.observed.as_ref().is_some_and(|observed| {
            observed.recorder.is_browser() && !observed.recorder.tells_errors()
        })
    });
    is_silent && case.answer().is_none() && case.hop.preflight().is_none()
}

fn untold(case: &Case<'_>) -> Ruling {
    if is_mixed(case) {
        let mut ruling = mixed_content(case);
        ruling.confidence = Confidence::Likely;
        return ruling;
    }
    let mut ruling = unrecorded(case, false);
    ruling.draft.cause = "the request has no answer, and this recorder does not say why: the page's own policy, an extension or \
        the network stopped it, or the page gave up"
        .to_owned();
    ruling.draft.evidence = vec![case.origin_line()];
    ruling
}

fn unrecorded(case: &Case<'_>, is_redirect: bool) -> Ruling {
    let cause = match is_redirect {
        true => {
            "the redirect itself is allowed, but the browser did not follow it: the page asked for no redirects, or the next request was refused"
        }
        false => {
            "the browser refused this load, but the recording does not hold the answer that shows why"
        }
    };
    let mut draft = Draft::new(&refusal_not_recorded::RULE, cause)
        .tag(is_redirect.then_some("redirect-not-followed"))
        .evidence([recorded("net::ERR_FAILED"), case.origin_line()])
        .fix([remedy::plain(
            "record-again",
            "record again with DevTools open, the cache disabled and the log preserved",
        )]);
    draft.settles =
        "the console's message, or a recording that holds the preflight and the refused answer"
            .to_owned();
    let severity = if is_redirect {
        Severity::Note
    } else {
        Severity::Depends
    };
    Ruling::new(draft, severity, Confidence::Possible)
}

/// A stored copy that does not allow the origin.
fn stored(case: &Case<'_>, copy: &StoredCopy) -> Option<Ruling> {
    let is_confirmed = match case.answer().map(|answer| answer.status) {
        None => false,
        Some(304) => true,
        Some(_) => return None,
    };
    // A copy that varies is not used unasked, but a 304 confirms it.
    let is_of_another = copy.varies_by_origin && !copy.with_origin;
    if is_of_another && !is_confirmed {
        return None;
    }
    let mut fields = Fields::default();
    if let Some(value) = &copy.allow_origin {
        fields.push("access-control-allow-origin", value);
    }
    let with_credentials = case.fetch.credentials.mode == CredentialsMode::Include;
    let check = cors_check(&fields, case.origin(), with_credentials)
        .err()
        .or_else(|| {
            // The copy allows everybody, so credentials must have been the reason.
            cors_check(&fields, case.origin(), true).err()
        })?;
    let mut draft = Draft::new(
        &response_blocked_from_cache::RULE,
        format!(
            "the browser's cache held a copy of this URL (from {}) that does not allow {}, and {}",
            copy.locator,
            case.origin(),
            match is_confirmed {
                true => "the server said that it is still good (304)",
                false => "nothing went over the wire",
            }
        ),
    )
    .evidence([
        Evidence {
            message: MessageKind::Recorded,
            field: "access-control-allow-origin".into(),
            value: copy.allow_origin.as_deref().map(str::to_owned),
            note: format!("of the earlier answer, {}", copy.locator),
            span: None,
        },
        evidence(
            MessageKind::Recorded,
            "cache-control",
            copy.cache_control.as_deref().unwrap_or_default(),
            match is_of_another {
                true => "the copy comes from a load without Origin",
                false => "the copy may be kept; its Vary does not name Origin",
            },
        ),
        case.origin_line(),
    ])
    .fix([
        remedy::vary_origin(case),
        remedy::plain(
            "crossorigin-attribute",
            "add crossorigin to the tag that loads the URL first",
        ),
    ]);
    draft.parameter = copy.allow_origin.as_deref().map(str::to_owned);
    draft.settles = "the same load with the browser's cache disabled".to_owned();
    let mut ruling = Ruling::new(draft, Severity::Depends, Confidence::Likely);
    ruling.codes.chromium = Some(match check {
        CheckFailure::Missing => "MissingAllowOriginHeader",
        CheckFailure::WildcardWithCredentials => "WildcardOriginNotAllowed",
        CheckFailure::Multiple => "MultipleAllowOriginValues",
        CheckFailure::Invalid => "InvalidAllowOriginValue",
        CheckFailure::Mismatch => "AllowOriginMismatch",
        CheckFailure::CredentialsNotTrue => "InvalidAllowCredentials",
    });
    Some(ruling)
}

/// A request with credentials whose cookie stayed at home.
fn withheld(case: &Case<'_>) -> Option<Ruling> {
    let actual = case.hop.actual.as_ref()?;
    let says_none = actual.request_field("sec-fetch-storage-access") == Some("none");
    let is_denied = matches!(actual.status(), Some(401 | 403));
    (says_none && is_denied && actual.request_field("cookie").is_none()).then(|| {
        let draft = Draft::new(
            &cookie_withheld::RULE,
            format!("the request includes credentials, but the browser sent no cookie across sites, and the server answered {}", case.status()),
        )
        .evidence([
            evidence(MessageKind::ActualRequest, "sec-fetch-storage-access", "none", "no third-party cookies"),
            case.status_line(""),
        ])
        .fix([remedy::plain("samesite-none", "set the cookie with SameSite=None; Secure, or serve page and API under one site")]);
        Ruling::new(draft, Severity::Note, Confidence::Likely)
    })
}

/// A same-origin request that a CORS layer refused, since a proxy hides the public name from it.
fn rejected(case: &Case<'_>) -> Option<Ruling> {
    let answer = case.answer()?;
    let says_so = [
        "Invalid CORS request",
        "Disallowed CORS",
        "Not allowed by CORS",
        "Origin is not allowed",
    ]
    .iter()
    .any(|words| answer.body_head.contains(words));
    (matches!(answer.status, 400 | 403 | 500) && says_so).then(|| {
        let draft = Draft::new(
            &server_rejected_origin::RULE,
            "the server takes this same-origin request for a foreign one and refuses it: it does not know its public name",
        )
        .evidence([case.status_line(""), case.origin_line()])
        .fix([remedy::plain(
            "forwarded-headers",
            "pass X-Forwarded-Proto and X-Forwarded-Host on, and let the framework believe them",
        )]);
        Ruling::new(draft, Severity::Note, Confidence::Definite)
    })
}

fn websocket(case: &Case<'_>) -> Option<Ruling> {
    let exchange: &Exchange = case.exchange()?;
    let page = exchange.request_field("origin")?;
    let url = match exchange.url().strip_prefix("ws") {
        Some(rest) => format!("http{rest}"),
        None => exchange.url().to_owned(),
    };
    let is_foreign = !origin::is_same(page, &url);
    (is_foreign && matches!(exchange.status(), Some(400 | 401 | 403))).then(|| {
        let draft = Draft::new(
            &websocket_origin_rejected::RULE,
            format!("the server refused the WebSocket handshake of {page} with {}; CORS does not apply to WebSockets", case.status()),
        )
        .evidence([case.status_line(""), evidence(MessageKind::ActualRequest, "origin", page, "")])
        .fix([remedy::plain("websocket-origins", format!("if {page} should be allowed: add it to the WebSocket server's own list"))]);
        Ruling::new(draft, Severity::Note, Confidence::Likely)
    })
}
