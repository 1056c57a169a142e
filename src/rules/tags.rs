//! Who answered, and why without CORS: special forms of the same failure, told by status and fields.

use super::case::Case;
use crate::fetch::redirect;
use crate::http::Fields;
use url::Url;

/// The special form of a preflight whose answer has no `Access-Control-Allow-Origin` or a bad status.
pub(crate) fn of_preflight(case: &Case<'_>) -> Option<&'static str> {
    let fields = case.fields();
    let has = |name: &str| fields.has(name);
    Some(match case.status() {
        _ if is_block_page(fields, case.status()) => "waf-block",
        401 => "auth-before-cors",
        403 if is_auth(case) => "auth-before-cors",
        404 | 405 | 501 => "no-options-route",
        429 => "rate-limited",
        502..=504 => "gateway-error",
        500..=599 => "server-error",
        400 | 403 if is_refusal(case) => "origin-not-listed",
        200..=299 if only_max_age(fields) => "nginx-if-inheritance",
        200..=299 if is_listless(fields) && (has("allow") || has("public")) => {
            "options-answered-by-server"
        }
        200..=299 if varies_by_origin(fields) => "origin-not-listed",
        200..=299 if is_listless(fields) => "options-answered-by-server",
        _ => return None,
    })
}

/// The special form of an actual answer without `Access-Control-Allow-Origin`.
pub(crate) fn of_answer(case: &Case<'_>) -> Option<&'static str> {
    let preflight_allows = case
        .hop
        .preflight()
        .and_then(|preflight| preflight.response_field("access-control-allow-origin"))
        .is_some();
    Some(match case.status() {
        status if is_block_page(case.fields(), status) => "waf-block",
        413 => "payload-too-large",
        429 => "rate-limited",
        502..=504 => "gateway-error",
        500..=599 => "server-error",
        401 | 407 => "auth-error",
        400 | 403 if is_refusal(case) => "origin-not-listed",
        400..=499 => "client-error",
        _ if preflight_allows => "preflight-only-headers",
        _ if is_cached(case.fields()) && !varies_by_origin(case.fields()) => "cached-without-vary",
        _ if varies_by_origin(case.fields()) => "origin-not-listed",
        _ => return None,
    })
}

/// `Vary` names `Origin` or is `*`.
pub(crate) fn varies_by_origin(fields: &Fields) -> bool {
    fields
        .all("vary")
        .flat_map(crate::fetch::list::elements)
        .any(|name| name == "*" || name.eq_ignore_ascii_case("origin"))
}

/// A shared cache answered.
pub(crate) fn is_cached(fields: &Fields) -> bool {
    let says_hit = [
        "x-cache",
        "cf-cache-status",
        "x-cache-status",
        "x-proxy-cache",
        "cache-status",
    ]
    .iter()
    .filter_map(|name| fields.first(name))
    .any(|value| value.to_ascii_lowercase().contains("hit"));
    says_hit || fields.first("age").is_some_and(|age| age != "0")
}

/// A page of a firewall or bot protection (fingerprints of common products).
pub(crate) fn is_block_page(fields: &Fields, status: u16) -> bool {
    if fields.has("cf-mitigated") || fields.has("x-amzn-waf-action") || fields.has("x-sucuri-block")
    {
        return true;
    }
    let is_html = fields
        .first("content-type")
        .is_some_and(|value| value.starts_with("text/html"));
    let server = fields.first("server").unwrap_or_default();
    matches!(status, 403 | 406 | 503)
        && is_html
        && (server == "AkamaiGHost"
            || server == "cloudflare"
            || fields.has("x-iinfo")
            || fields.has("x-sucuri-id"))
}

fn is_auth(case: &Case<'_>) -> bool {
    case.fields().has("www-authenticate")
        || super::remedy::announced(case)
            .iter()
            .any(|name| **name == *"authorization")
}

/// A CORS layer that refused: by its words or by what it varies on.
fn is_refusal(case: &Case<'_>) -> bool {
    const WORDS: [&str; 7] = [
        "Disallowed CORS",
        "Invalid CORS request",
        "CORSResponse",
        "CorsPreflightFailure",
        "CORS not enabled",
        "Origin is not allowed",
        "CORS is not enabled",
    ];
    let body = case.answer().map_or("", |answer| &answer.body_head);
    varies_by_origin(case.fields()) || WORDS.iter().any(|words| body.contains(words))
}

fn is_listless(fields: &Fields) -> bool {
    !fields.iter().any(|(name, _)| {
        name.get(..21)
            .is_some_and(|start| start.eq_ignore_ascii_case("access-control-allow-"))
    })
}

/// Only `Access-Control-Max-Age` is left: nginx' `add_header` inside an `if` replaces all inherited ones.
fn only_max_age(fields: &Fields) -> bool {
    fields.has("access-control-max-age") && is_listless(fields)
}

/// In what a redirect's target differs from the URL that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detour {
    Login,
    Scheme,
    TrailingSlash,
    Www,
    Host,
    Path,
}

impl Detour {
    pub(crate) fn of(url: &str, target: &str) -> Option<Self> {
        let (from, to) = (Url::parse(url).ok()?, Url::parse(target).ok()?);
        if is_login(&to) {
            return Some(Self::Login);
        }
        let (host, other) = (from.host_str()?, to.host_str().unwrap_or_default());
        Some(if host != other {
            let is_www = host.strip_prefix("www.") == Some(other)
                || other.strip_prefix("www.") == Some(host);
            if is_www { Self::Www } else { Self::Host }
        } else if from.scheme() != to.scheme() {
            Self::Scheme
        } else if from.path().trim_end_matches('/') == to.path().trim_end_matches('/')
            && from.path() != to.path()
        {
            Self::TrailingSlash
        } else {
            Self::Path
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Login => "redirect-to-login",
            Self::Scheme => "scheme",
            Self::TrailingSlash => "trailing-slash",
            Self::Www => "www-vs-apex",
            Self::Host => "other-host",
            Self::Path => "other-path",
        }
    }

    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Login => "a login page",
            Self::Scheme => "the same URL with another scheme",
            Self::TrailingSlash => "the same URL with another slash at its end",
            Self::Www => "the same site with or without www.",
            Self::Host => "another host",
            Self::Path => "another path",
        }
    }
}

fn is_login(target: &Url) -> bool {
    const HOSTS: [&str; 6] = [
        "accounts.google.com",
        "login.microsoftonline.com",
        "cloudflareaccess.com",
        "login.live.com",
        "okta.com",
        "auth0.com",
    ];
    const WORDS: [&str; 8] = [
        "login",
        "signin",
        "sign-in",
        "sign_in",
        "oauth",
        "oauth2",
        "saml",
        "authorize",
    ];
    let host = target.host_str().unwrap_or_default();
    let is_login_host = HOSTS
        .iter()
        .any(|known| host == *known || host.ends_with(&format!(".{known}")))
        || ["login.", "sso.", "signin.", "auth."]
            .iter()
            .any(|start| host.starts_with(start));
    is_login_host
        || target
            .path()
            .split('/')
            .any(|segment| WORDS.contains(&segment.to_ascii_lowercase().as_str()))
}

/// The target of the case's redirect, resolved.
pub(crate) fn target(case: &Case<'_>) -> Option<String> {
    let answer = case
        .answer()
        .filter(|answer| redirect::is_redirect_status(answer.status))?;
    crate::fetch::origin::resolve(case.hop.url(), answer.fields.first("location")?)
}
