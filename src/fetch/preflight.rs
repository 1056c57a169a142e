//! The check of a preflight's answer (Fetch `#cors-preflight-fetch-0`), in each browser's order.

use super::Browser;
use super::check::{CheckFailure, cors_check};
use super::list::ListValue;
use super::permission::Permission;
use crate::http::Response;
use std::cell::OnceCell;
use std::sync::Arc;

/// What a preflight asks for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The origin that the answer must allow.
    pub origin: &'a str,
    /// `Access-Control-Request-Method`.
    pub method: &'a str,
    /// Names of `Access-Control-Request-Headers`, in lower case and sorted.
    pub headers: &'a [Box<str>],
    /// Whether the *actual* request includes credentials; a preflight itself never does.
    pub with_credentials: bool,
}

/// Why the browser does not send the actual request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreflightFailure {
    /// 407: a proxy wants credentials, which a preflight has not.
    ProxyAuth,
    /// A redirect with `Location`.
    Redirect,
    /// The answer does not pass the CORS check.
    Check(CheckFailure),
    /// The status is not 200 to 299.
    Status,
    /// An element of `Access-Control-Allow-Methods` is not a token.
    MethodsUnparsable(String),
    /// An element of `Access-Control-Allow-Headers` is not a token.
    HeadersUnparsable(String),
    /// The method is not allowed.
    Method,
    /// These headers are not allowed, in the order in which a browser meets them.
    Headers(Vec<String>),
}

/// The tests that browsers make, each in its own order.
#[derive(Debug, Clone, Copy)]
enum Step {
    ProxyAuth,
    Redirect,
    Check,
    Status,
    MethodsSyntax,
    HeadersSyntax,
    Method,
    Headers,
}

const fn order(browser: Browser) -> [Step; 8] {
    use Step::{Check, Headers, HeadersSyntax, Method, MethodsSyntax, ProxyAuth, Redirect, Status};
    match browser {
        Browser::Chromium => [
            ProxyAuth,
            Redirect,
            Check,
            Status,
            MethodsSyntax,
            HeadersSyntax,
            Method,
            Headers,
        ],
        Browser::Firefox => [
            Check,
            Redirect,
            ProxyAuth,
            Status,
            MethodsSyntax,
            Method,
            HeadersSyntax,
            Headers,
        ],
        // WebKit reports a redirect as a status.
        Browser::WebKit => [
            ProxyAuth,
            Redirect,
            Status,
            Check,
            MethodsSyntax,
            HeadersSyntax,
            Method,
            Headers,
        ],
    }
}

/// Checks a preflight's answer.
///
/// # Errors
/// The first test that fails, in the order of `browser`.
pub fn check_preflight(
    answer: &Response,
    ask: &Ask<'_>,
    browser: Browser,
) -> Result<(), PreflightFailure> {
    match failures(answer, ask, browser).next() {
        Some(failure) => Err(failure),
        None => Ok(()),
    }
}

/// Everything that is wrong with a preflight's answer, in the order of `browser`.
pub fn failures(
    answer: &Response,
    ask: &Ask<'_>,
    browser: Browser,
) -> impl Iterator<Item = PreflightFailure> {
    let lists = OnceCell::new();
    order(browser)
        .into_iter()
        .filter_map(move |step| fails(step, answer, ask, &lists))
        // A redirect and a 407 fail the test of the status too: one fault, one name.
        .scan(false, |status_told, failure| {
            let is_status = matches!(
                failure,
                PreflightFailure::ProxyAuth | PreflightFailure::Redirect | PreflightFailure::Status
            );
            let is_repeated = is_status && *status_told;
            *status_told |= is_status;
            Some((!is_repeated).then_some(failure))
        })
        .flatten()
}

fn fails(
    step: Step,
    answer: &Response,
    ask: &Ask<'_>,
    lists: &OnceCell<Arc<Permission>>,
) -> Option<PreflightFailure> {
    let lists = || lists.get_or_init(|| Permission::of(&answer.fields, ask));
    match step {
        Step::ProxyAuth => (answer.status == 407).then_some(PreflightFailure::ProxyAuth),
        Step::Redirect => {
            (super::redirect::is_redirect(answer)).then_some(PreflightFailure::Redirect)
        }
        Step::Check => cors_check(&answer.fields, ask.origin, ask.with_credentials)
            .err()
            .map(PreflightFailure::Check),
        // 0: fields without a status were recorded.
        Step::Status => {
            (!matches!(answer.status, 0 | 200..=299)).then_some(PreflightFailure::Status)
        }
        Step::MethodsSyntax => {
            let fault = lists().methods_fault.clone();
            fault.map(PreflightFailure::MethodsUnparsable)
        }
        Step::HeadersSyntax => {
            let fault = lists().headers_fault.clone();
            fault.map(PreflightFailure::HeadersUnparsable)
        }
        Step::Method => (!lists().allows_method).then_some(PreflightFailure::Method),
        Step::Headers => {
            let missing = &lists().missing;
            (!missing.is_empty()).then(|| PreflightFailure::Headers(missing.clone()))
        }
    }
}

/// Whether `Authorization` is asked for and allowed by `*` alone: refused by the standard, allowed by today's browsers.
pub fn authorization_under_wildcard(answer: &Response, ask: &Ask<'_>) -> bool {
    if ask.with_credentials || !ask.headers.iter().any(|name| **name == *"authorization") {
        return false;
    }
    let allowed = ListValue::of(&answer.fields, "access-control-allow-headers");
    allowed.has_wildcard() && !allowed.has_ignoring_case("authorization")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Fields;

    fn answer(status: u16, fields: &[(&str, &str)]) -> Response {
        Response {
            status,
            version: Default::default(),
            fields: Fields::from_iter(fields.iter().copied()),
            body_size: 0,
            body_head: "".into(),
            started: Default::default(),
        }
    }

    fn first(browser: Browser, status: u16, fields: &[(&str, &str)]) -> Option<PreflightFailure> {
        let headers = ["x-a".into(), "x-b".into()];
        let ask = Ask {
            origin: "https://a.test",
            method: "PUT",
            headers: &headers,
            with_credentials: false,
        };
        check_preflight(&answer(status, fields), &ask, browser).err()
    }

    #[test]
    fn webkit_looks_at_the_status_first_the_others_at_the_origin() {
        let missing = Some(PreflightFailure::Check(CheckFailure::Missing));
        assert_eq!(first(Browser::Chromium, 404, &[]), missing);
        assert_eq!(first(Browser::Firefox, 404, &[]), missing);
        assert_eq!(
            first(Browser::WebKit, 404, &[]),
            Some(PreflightFailure::Status)
        );
    }

    #[test]
    fn firefox_judges_the_method_before_the_syntax_of_headers() {
        let fields = [
            ("access-control-allow-origin", "*"),
            ("access-control-allow-headers", "x a"),
        ];
        assert_eq!(
            first(Browser::Firefox, 204, &fields),
            Some(PreflightFailure::Method)
        );
        assert_eq!(
            first(Browser::Chromium, 204, &fields),
            Some(PreflightFailure::HeadersUnparsable("x a".into()))
        );
    }

    #[test]
    fn all_missing_headers_are_named() {
        let fields = [
            ("access-control-allow-origin", "*"),
            ("access-control-allow-methods", "PUT"),
        ];
        assert_eq!(
            first(Browser::Chromium, 204, &fields),
            Some(PreflightFailure::Headers(vec!["x-a".into(), "x-b".into()]))
        );
    }

    #[test]
    fn a_redirect_is_told_once() {
        let headers = [];
        let ask = Ask {
            origin: "https://a.test",
            method: "PUT",
            headers: &headers,
            with_credentials: false,
        };
        let answer = answer(302, &[("location", "/x")]);
        let all: Vec<_> = failures(&answer, &ask, Browser::Chromium).collect();
        assert_eq!(
            all,
            [
                PreflightFailure::Redirect,
                PreflightFailure::Check(CheckFailure::Missing),
                PreflightFailure::Method
            ]
        );
    }
}
