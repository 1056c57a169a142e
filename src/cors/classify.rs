//! What part an exchange can play, seen by itself (before it is paired).
//!
//! The traps live here: forms, beacons and WebSockets carry `Origin` without being CORS; same-origin requests with
//! unsafe methods carry it too; blocked requests of Chromium carry none.

use super::effective::is_same_origin;
use super::{CorsMode, Fate, OriginSource, PageOrigin, Role};
use crate::fetch::{origin, safelist};
use crate::http::{Exchange, Recorder, ResourceType};
use std::borrow::Cow;

/// The class of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A CORS preflight.
    Preflight,
    /// A cross-origin request with `Origin`.
    Cors(CorsMode),
    /// A cross-origin request without `Origin`, as recorders show requests that were never sent: CORS if a preflight
    /// claims it or the recorder says so.
    Stub,
    /// Not a CORS request by itself; its redirect may lead to one.
    Plain(Role),
}

pub(super) fn classify(exchange: &Exchange) -> Class {
    if exchange.request.is_none() {
        return Class::Plain(Role::Other);
    }
    if is_websocket(exchange) {
        return Class::Plain(Role::WebSocket);
    }
    if is_preflight(exchange) {
        return Class::Preflight;
    }
    match exchange.request_field("sec-fetch-mode") {
        Some("navigate" | "nested-navigate") => return Class::Plain(Role::Navigation),
        Some("no-cors") => return Class::Plain(Role::NoCors),
        Some("same-origin") => return Class::Plain(Role::SameOrigin),
        Some("websocket") => return Class::Plain(Role::WebSocket),
        _ => {}
    }
    match exchange.request_field("origin") {
        Some(page) => with_origin(exchange, page),
        None => without_origin(exchange),
    }
}

/// `OPTIONS` with `Access-Control-Request-Method` and `Origin`, or marked as a preflight by the recorder.
pub(super) fn is_preflight(exchange: &Exchange) -> bool {
    exchange.is_preflight()
        || (exchange.method() == "OPTIONS"
            && exchange.observed.as_ref().is_some_and(|observed| {
                observed.marked_preflight || observed.resource_type == Some(ResourceType::Preflight)
            }))
}

fn is_websocket(exchange: &Exchange) -> bool {
    exchange.method() == "CONNECT"
        || exchange
            .request_field("upgrade")
            .is_some_and(|value| value.eq_ignore_ascii_case("websocket"))
        || exchange.request_field("sec-websocket-key").is_some()
        || exchange.status() == Some(101)
        || exchange.url().starts_with("ws")
        || resource_type(exchange) == Some(ResourceType::WebSocket)
}

fn resource_type(exchange: &Exchange) -> Option<ResourceType> {
    exchange.observed.as_ref()?.resource_type
}

fn with_origin(exchange: &Exchange, page: &str) -> Class {
    if is_navigation(exchange) {
        return Class::Plain(Role::Navigation);
    }
    if is_same_origin(exchange, page) {
        return Class::Plain(Role::SameOrigin);
    }
    if exchange.request_field("sec-fetch-mode") == Some("cors") {
        return Class::Cors(CorsMode::Proven);
    }
    let is_safe = matches!(exchange.method(), "GET" | "HEAD");
    match resource_type(exchange) {
        Some(
            ResourceType::Xhr
            | ResourceType::EventSource
            | ResourceType::Font
            | ResourceType::Manifest,
        ) => Class::Cors(CorsMode::Proven),
        // A GET has an Origin only in mode `cors`; a POST has one in mode `no-cors` too.
        _ if is_safe => Class::Cors(CorsMode::Likely),
        Some(ResourceType::Ping) if is_form_like(exchange) => Class::Plain(Role::NoCors),
        Some(
            ResourceType::Image
            | ResourceType::Script
            | ResourceType::Stylesheet
            | ResourceType::Media
            | ResourceType::TextTrack,
        ) => Class::Plain(Role::NoCors),
        _ if !is_form_like(exchange) => Class::Cors(CorsMode::Likely),
        _ => Class::Cors(CorsMode::Unclear),
    }
}

/// Whether a form, a beacon or a `no-cors` fetch could send it: only `POST` with a form's content type and no header of
/// a script.
fn is_form_like(exchange: &Exchange) -> bool {
    let Some(request) = &exchange.request else {
        return false;
    };
    let post_type = exchange
        .observed
        .as_ref()
        .and_then(|observed| observed.post_type.as_deref());
    let content_type = request.fields.first("content-type").or(post_type);
    let has_script_header = request.fields.iter().any(|(name, _)| {
        starts_with_ignore_case(name, "x-requested-with")
            || starts_with_ignore_case(name, "x-csrf")
            || starts_with_ignore_case(name, "x-xsrf")
            || name.eq_ignore_ascii_case("authorization")
    });
    request.method.as_ref() == "POST"
        && content_type.is_none_or(safelist::is_safe_content_type)
        && !has_script_header
}

fn starts_with_ignore_case(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// A page or frame load: by its type, or by the fields that only navigations have.
fn is_navigation(exchange: &Exchange) -> bool {
    match resource_type(exchange) {
        Some(ResourceType::Document) => return true,
        Some(_) => return false,
        None => {}
    }
    let accepts_html = exchange
        .request_field("accept")
        .is_some_and(|value| value.starts_with("text/html"));
    accepts_html && exchange.request_field("sec-fetch-mode").is_none()
}

fn without_origin(exchange: &Exchange) -> Class {
    if is_navigation(exchange) {
        return Class::Plain(Role::Navigation);
    }
    let page = page_origin(exchange);
    if page.learnt != OriginSource::Unknown && is_same_origin(exchange, &page.text) {
        return Class::Plain(Role::SameOrigin);
    }
    if exchange.request_field("sec-fetch-site") == Some("same-origin") {
        return Class::Plain(Role::SameOrigin);
    }
    let Some(observed) = exchange.observed.as_deref() else {
        return Class::Plain(Role::Other);
    };
    let was_not_sent = observed.provisional
        || observed.unanswered
        || observed.from_cache
        || exchange.response.is_none();
    match was_not_sent {
        true => Class::Stub,
        false if is_cross_origin_load(exchange, &page) => Class::Plain(Role::NoCors),
        false => Class::Plain(Role::Other),
    }
}

/// A cross-origin load of a browser that carried no `Origin`: mode `no-cors`.
fn is_cross_origin_load(exchange: &Exchange, page: &StatedOrigin<'_>) -> bool {
    let recorder = exchange
        .observed
        .as_ref()
        .map_or(Recorder::Unknown, |observed| observed.recorder);
    page.learnt != OriginSource::Unknown && recorder.is_browser()
}

/// Whether the recorder alone makes a stub a CORS request: its type has no other mode, and the browser refused it.
pub(super) fn is_refused_stub(exchange: &Exchange) -> bool {
    let has_cors_type = matches!(
        resource_type(exchange),
        Some(
            ResourceType::Xhr
                | ResourceType::Fetch
                | ResourceType::EventSource
                | ResourceType::Font
                | ResourceType::Script
                | ResourceType::Stylesheet
                | ResourceType::Image
                | ResourceType::Media
        )
    );
    has_cors_type
        && matches!(fate(exchange), Fate::Refused | Fate::NetworkError(_))
        && page_origin(exchange).learnt != OriginSource::Unknown
}

/// Whether the browser followed a page's request no further than a redirect of its own server.
pub(super) fn is_refused_redirect(exchange: &Exchange) -> bool {
    let is_redirect = exchange
        .status()
        .is_some_and(crate::fetch::redirect::is_redirect_status);
    let is_of_script = || {
        matches!(
            resource_type(exchange),
            Some(ResourceType::Fetch | ResourceType::Xhr)
        )
    };
    is_redirect && (fate(exchange) == Fate::Refused || (leaves_the_web(exchange) && is_of_script()))
}

/// Whether a page's request was sent on to another origin with a user name in the URL, and nobody says what became of it:
/// nothing but a `fetch()` stops there. Only scripts, or tags without a type of their own, accept anything.
pub(super) fn is_redirect_with_userinfo(exchange: &Exchange) -> bool {
    let Some(answer) = &exchange.response else {
        return false;
    };
    let has_userinfo = || {
        let target = origin::resolve(exchange.url(), answer.fields.first("location")?)?;
        let authority = target.split_once("://")?.1.split(['/', '?', '#']).next()?;
        Some(authority.contains('@') && !origin::are_same(exchange.url(), &target))
    };
    crate::fetch::redirect::is_redirect_status(answer.status)
        && fate(exchange) == Fate::Unknown
        && matches!(
            exchange.request_field("accept"),
            Some("*/*" | "text/event-stream")
        )
        && page_origin(exchange).learnt != OriginSource::Unknown
        && has_userinfo() == Some(true)
}

/// The requesting origin as one exchange tells it.
pub(super) fn page_origin(exchange: &Exchange) -> StatedOrigin<'_> {
    let known = |text, learnt| StatedOrigin { text, learnt };
    if let Some(value) = exchange.request_field("origin") {
        return known(Cow::Borrowed(value), OriginSource::OriginField);
    }
    let referer = exchange.request_field("referer").and_then(origin::of_url);
    if let Some(origin) = referer {
        return known(origin, OriginSource::Referer);
    }
    let page = exchange
        .observed
        .as_ref()
        .and_then(|observed| observed.page_url.as_deref())
        .and_then(origin::of_url);
    match page {
        Some(origin) => known(origin, OriginSource::Page),
        None => StatedOrigin::UNKNOWN,
    }
}

/// A requesting origin where it stands; [`PageOrigin`] is the one that lasts.
#[derive(Debug, Clone)]
pub(super) struct StatedOrigin<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) learnt: OriginSource,
}

impl StatedOrigin<'_> {
    pub(super) const UNKNOWN: Self = Self {
        text: Cow::Borrowed(""),
        learnt: OriginSource::Unknown,
    };

    pub(super) fn keep(self) -> PageOrigin {
        PageOrigin {
            text: self.text.into(),
            learnt: self.learnt,
        }
    }
}

/// What the recorder says became of a request.
pub(super) fn fate(exchange: &Exchange) -> Fate {
    let Some(observed) = exchange.observed.as_deref() else {
        return Fate::Unknown;
    };
    match observed.net_error.as_deref() {
        Some("net::ERR_FAILED") => return Fate::Refused,
        Some("net::ERR_ABORTED") => return Fate::Aborted,
        Some(error) => return Fate::NetworkError(error.into()),
        None => {}
    }
    if exchange.response.is_none() || observed.unanswered {
        return Fate::Unanswered;
    }
    match observed.recorder.tells_errors() && !leaves_the_web(exchange) {
        true => Fate::Delivered,
        false => Fate::Unknown,
    }
}

/// Whether the answer redirects to something that is not HTTP. Chromium reports such an end on the request that it never
/// makes, so the redirect itself looks fine.
fn leaves_the_web(exchange: &Exchange) -> bool {
    let target = || origin::resolve(exchange.url(), exchange.response_field("location")?);
    exchange
        .status()
        .is_some_and(crate::fetch::redirect::is_redirect_status)
        && target().is_some_and(|url| !url.starts_with("http:") && !url.starts_with("https:"))
}

/// How the page made the request, in a word.
pub(super) fn initiator(exchange: &Exchange) -> Option<&'static str> {
    match resource_type(exchange) {
        Some(ResourceType::EventSource) => Some("eventsource"),
        Some(ResourceType::Fetch) => Some("fetch"),
        Some(ResourceType::Font) => Some("font"),
        Some(ResourceType::Image) => Some("image"),
        Some(ResourceType::Manifest) => Some("manifest"),
        Some(ResourceType::Media) => Some("media"),
        Some(ResourceType::Ping) => Some("beacon"),
        Some(ResourceType::Script) => Some("script"),
        Some(ResourceType::Stylesheet) => Some("stylesheet"),
        Some(ResourceType::TextTrack) => Some("track"),
        Some(ResourceType::Xhr) => Some("xhr"),
        _ => match exchange.request_field("sec-fetch-dest")? {
            "font" => Some("font"),
            "image" => Some("image"),
            "manifest" => Some("manifest"),
            "audio" | "video" => Some("media"),
            "script" => Some("script"),
            "style" => Some("stylesheet"),
            "track" => Some("track"),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::request;
    use super::*;

    const PAGE: (&str, &str) = ("Origin", "https://page.test");

    fn class(method: &str, fields: &[(&str, &str)]) -> Class {
        classify(&request(method, "https://api.test/x", fields))
    }

    #[test]
    fn a_get_with_a_foreign_origin_is_cors() {
        assert_eq!(class("GET", &[PAGE]), Class::Cors(CorsMode::Likely));
        assert_eq!(
            class(
                "GET",
                &[
                    PAGE,
                    ("sec-fetch-mode", "cors"),
                    ("sec-fetch-site", "cross-site")
                ]
            ),
            Class::Cors(CorsMode::Proven)
        );
    }

    #[test]
    fn a_form_post_is_a_navigation() {
        let accept = ("accept", "text/html,application/xhtml+xml");
        assert_eq!(
            class("POST", &[PAGE, accept]),
            Class::Plain(Role::Navigation)
        );
        assert_eq!(
            class("POST", &[PAGE, ("sec-fetch-mode", "navigate")]),
            Class::Plain(Role::Navigation)
        );
    }

    #[test]
    fn a_post_that_a_beacon_could_send_is_unclear() {
        let text = ("content-type", "text/plain");
        let json = ("content-type", "application/json");
        assert_eq!(class("POST", &[PAGE, text]), Class::Cors(CorsMode::Unclear));
        assert_eq!(class("POST", &[PAGE, json]), Class::Cors(CorsMode::Likely));
        assert_eq!(class("DELETE", &[PAGE]), Class::Cors(CorsMode::Likely));
        assert_eq!(
            class("POST", &[PAGE, text, ("sec-fetch-mode", "no-cors")]),
            Class::Plain(Role::NoCors)
        );
    }

    #[test]
    fn websockets_are_never_cors() {
        assert_eq!(
            class("GET", &[PAGE, ("upgrade", "websocket")]),
            Class::Plain(Role::WebSocket)
        );
    }

    #[test]
    fn options_without_a_requested_method_is_an_ordinary_request() {
        assert_eq!(class("OPTIONS", &[PAGE]), Class::Cors(CorsMode::Likely));
        assert_eq!(
            class("OPTIONS", &[PAGE, ("access-control-request-method", "PUT")]),
            Class::Preflight
        );
    }

    #[test]
    fn same_origin_posts_carry_an_origin_too() {
        let own = ("Origin", "https://api.test");
        assert_eq!(class("POST", &[own]), Class::Plain(Role::SameOrigin));
    }
}
