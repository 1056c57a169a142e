//! Family E: allowed, but unsafe or fragile. What one answer shows stands here; what many origins show, in `origins`.

pub(crate) mod allow_credentials_with_wildcard_config;
pub(crate) mod any_subdomain_trusted;
pub(crate) mod dev_origin_in_production;
pub(crate) mod http_origin_trusted;
pub(crate) mod max_age_long;
pub(crate) mod null_origin_allowed;
pub(crate) mod origin_not_checked_websocket;
pub(crate) mod origin_parser_confusion;
pub(crate) mod origin_prefix_match;
pub(crate) mod origin_substring_match;
pub(crate) mod origin_suffix_match;
pub(crate) mod origin_unescaped_dot;
pub(crate) mod origins;
pub(crate) mod reflects_any_origin;
pub(crate) mod reflects_any_origin_with_credentials;
pub(crate) mod standing;
pub(crate) mod state_change_on_blocked_origin;
pub(crate) mod third_party_origin;
pub(crate) mod vary_only_when_origin_present;
pub(crate) mod vary_origin_missing;
pub(crate) mod wide_allow_lists;
pub(crate) mod wildcard_sensitive;

use super::case::{Case, Draft, evidence};
use super::registry::RuleInfo;
use super::{remedy, tags};
use crate::cors::CorsMode;
use crate::fetch::cache::MaxAge;
use crate::fetch::check::allows_credentials;
use crate::fetch::list::{self, ListValue};
use crate::fetch::origin::{self, Reach};
use crate::fetch::safelist;
use crate::finding::{Confidence, MessageKind, Phase};
use standing::{Standing, Standings};

/// Asks whether a risk, named by its rule and detail, has not been told of this site yet: only then its text is made.
pub(crate) type IsNew<'a> = dyn FnMut(&'static RuleInfo, &str) -> bool + 'a;

/// The risks that one answer shows and that are new, with how sure they are.
pub(crate) fn of_answer(
    case: &Case<'_>,
    site: &str,
    standings: &mut Standings,
    is_new: &mut IsNew<'_>,
) -> Vec<(Draft, Confidence)> {
    let Some(answer) = case.answer() else {
        return Vec::new();
    };
    let fields = &answer.fields;
    let with_credentials = allows_credentials(fields);
    let mut risks = Vec::new();
    match case.value("access-control-allow-origin").as_deref() {
        Some("*") => {
            risks.extend(sensitive(case, is_new).map(|draft| (draft, Confidence::Possible)));
            if with_credentials && is_new(&allow_credentials_with_wildcard_config::RULE, "") {
                risks.push((wildcard_and_credentials(case), Confidence::Definite));
            }
        }
        Some(value) if value == case.origin() => {
            let standing = standings.of(value, site);
            risks.extend(accepted(case, standing, with_credentials, is_new));
        }
        Some(_) => {}
        None => risks.extend(acted(case, is_new).map(|draft| (draft, Confidence::Possible))),
    }
    if case.phase == Phase::Preflight {
        risks.extend(wide(case, is_new).map(|draft| (draft, Confidence::Definite)));
        if with_credentials {
            risks.extend(long(case, is_new).map(|draft| (draft, Confidence::Definite)));
        }
    }
    risks
}

fn draft(case: &Case<'_>, rule: &'static RuleInfo, cause: String) -> Draft {
    Draft::new(rule, cause).evidence([
        case.origin_line(),
        case.field("access-control-allow-origin", "", None),
    ])
}

fn allow_list(case: &Case<'_>) -> crate::finding::Fix {
    crate::finding::Fix {
        action: "allow-list",
        text: "compare the whole Origin with a list of exact origins".to_owned(),
        params: remedy::params(case),
    }
}

/// The answer names the origin that asked.
fn accepted(
    case: &Case<'_>,
    standing: Standing,
    with_credentials: bool,
    is_new: &mut IsNew<'_>,
) -> Vec<(Draft, Confidence)> {
    let page = case.origin();
    let url = case.hop.url();
    let mut risks = Vec::new();
    let mut push = |rule, cause: &dyn Fn() -> String, confidence| {
        if is_new(rule, page) {
            risks.push((
                draft(case, rule, cause())
                    .parameter(page)
                    .fix([allow_list(case)]),
                confidence,
            ));
        }
    };
    let guard = if with_credentials {
        ", with credentials"
    } else {
        ""
    };
    if page == origin::NULL {
        if !case.is_tainted() {
            push(
                &null_origin_allowed::RULE,
                &|| {
                    format!(
                        "the server allows the origin null{guard}, which any page can get with a sandboxed frame"
                    )
                },
                Confidence::Definite,
            );
        }
        return risks;
    }
    if standing.is_malformed {
        push(
            &origin_parser_confusion::RULE,
            &|| {
                format!(
                    "the server allows {page}{guard}, which is no origin that a page should have"
                )
            },
            Confidence::Definite,
        );
    }
    if standing.is_unprotected {
        push(
            &http_origin_trusted::RULE,
            &|| {
                format!(
                    "an https server allows {page}{guard}: whoever changes that page on its way speaks as a trusted origin"
                )
            },
            Confidence::Definite,
        );
    }
    if standing.is_of_development {
        push(
            &dev_origin_in_production::RULE,
            &|| {
                format!(
                    "the public server {} allows {page}{guard}: an origin of development, or of a hybrid app",
                    super::route::site(url)
                )
            },
            if with_credentials {
                Confidence::Likely
            } else {
                Confidence::Possible
            },
        );
    }
    if is_cacheable(case)
        && !tags::varies_by_origin(case.fields())
        && is_new(&vary_origin_missing::RULE, "")
    {
        risks.push((
            draft(
                case,
                &vary_origin_missing::RULE,
                format!("the answer allows {page} by name and may be cached, but Vary does not name Origin"),
            )
            .evidence([case.field("vary", "Origin is missing", Some("")), case.field("cache-control", "", None)])
            .fix([remedy::vary_origin(case)]),
            Confidence::Possible,
        ));
    }
    risks
}

/// Whether a directive of `Cache-Control` keeps an answer out of shared caches, or makes them ask each time.
fn forbids_to_share(directive: &str) -> bool {
    ["no-store", "private", "no-cache"]
        .iter()
        .any(|word| directive.starts_with(word))
}

fn is_cacheable(case: &Case<'_>) -> bool {
    let is_stored = case.phase == Phase::Actual && case.method() == "GET" && case.status() == 200;
    if !is_stored {
        return false;
    }
    let fields = case.fields();
    match fields.combined("cache-control") {
        Some(control) => !list::elements(&control).any(forbids_to_share),
        None => fields.has("etag") || fields.has("last-modified") || fields.has("expires"),
    }
}

fn sensitive(case: &Case<'_>, is_new: &mut IsNew<'_>) -> Option<Draft> {
    let actual = case.exchange().filter(|_| case.phase == Phase::Actual)?;
    let has = |name: &str| actual.request_field(name).is_some();
    let is_private = origin::reach(actual.url()) == Some(Reach::Private);
    let why = if has("authorization") || has("x-api-key") || has("api-key") {
        "the request carried a token"
    } else if case
        .value("cache-control")
        .is_some_and(|value| value.contains("private"))
    {
        "Cache-Control says private"
    } else if case.fields().has("set-cookie") {
        "the answer sets a cookie"
    } else if is_private {
        "the server has a private address"
    } else {
        return None;
    };
    is_new(&wildcard_sensitive::RULE, "").then(|| {
        draft(
            case,
            &wildcard_sensitive::RULE,
            format!("the answer looks private ({why}), and allows every origin"),
        )
        .fix([allow_list(case)])
    })
}

fn wildcard_and_credentials(case: &Case<'_>) -> Draft {
    draft(
        case,
        &allow_credentials_with_wildcard_config::RULE,
        "access-control-allow-credentials: true has no effect beside *".to_owned(),
    )
    .evidence([case.field(
        "access-control-allow-credentials",
        "never works with *",
        Some(""),
    )])
    .fix([
        remedy::plain(
            "drop-allow-credentials",
            "public data: remove access-control-allow-credentials",
        ),
        remedy::exact_origin(case),
    ])
}

/// A simple POST that was not allowed and answered with success.
fn acted(case: &Case<'_>, is_new: &mut IsNew<'_>) -> Option<Draft> {
    let actual = case
        .hop
        .actual
        .as_ref()
        .filter(|_| case.phase == Phase::Actual && case.hop.checked)?;
    let is_simple = actual
        .request_field("content-type")
        .is_none_or(safelist::is_safe_content_type);
    let is_blind = actual.method() == "POST"
        && is_simple
        && case.hop.preflights.is_empty()
        && case.fetch.mode >= CorsMode::Likely
        && matches!(case.status(), 200..=399);
    (is_blind && is_new(&state_change_on_blocked_origin::RULE, "")).then(|| {
        draft(
            case,
            &state_change_on_blocked_origin::RULE,
            format!("the server answered a simple POST of {} with {}, though it does not allow that origin", case.origin(), case.status()),
        )
        .evidence([evidence(MessageKind::ActualResponse, ":status", case.status().to_string(), "")])
        .fix([remedy::plain("csrf-check", "check Origin or a CSRF token on the server before acting")])
    })
}

fn wide(case: &Case<'_>, is_new: &mut IsNew<'_>) -> Option<Draft> {
    let allowed = ListValue::of(case.fields(), "access-control-allow-methods");
    let mut methods = list::elements(allowed.as_str());
    let name = methods.find(|method| matches!(*method, "TRACE" | "CONNECT"))?;
    is_new(&wide_allow_lists::RULE, name).then(|| {
        draft(
            case,
            &wide_allow_lists::RULE,
            format!("the preflight allows {name}, which no page can send"),
        )
        .parameter(name)
        .evidence([case.field("access-control-allow-methods", "", Some(name))])
        .fix([remedy::plain(
            "narrow-methods",
            "list the methods that the route has",
        )])
    })
}

fn long(case: &Case<'_>, is_new: &mut IsNew<'_>) -> Option<Draft> {
    let value = case.value("access-control-max-age")?;
    let MaxAge::Seconds(seconds) = MaxAge::parse(&value) else {
        return None;
    };
    (seconds > 86_400 && is_new(&max_age_long::RULE, &value)).then(|| {
        draft(
            case,
            &max_age_long::RULE,
            format!("a permission with credentials may be kept for {seconds} seconds; Firefox does so for a day"),
        )
        .parameter(value.clone())
        .evidence([case.field("access-control-max-age", "7200 is enough", Some(""))])
        .fix([remedy::plain("max-age", "send  access-control-max-age: 7200  or less")])
    })
}

/// A WebSocket with cookies, accepted from a foreign page.
pub(crate) fn websocket(case: &Case<'_>) -> Option<Draft> {
    let exchange = case.exchange()?;
    let page = exchange.request_field("origin")?;
    let is_open = exchange.status() == Some(101) && exchange.request_field("cookie").is_some();
    let url = match exchange.url().strip_prefix("ws") {
        Some(rest) => format!("http{rest}"),
        None => exchange.url().to_owned(),
    };
    (is_open && !origin::is_same(page, &url)).then(|| {
        draft(
            case,
            &origin_not_checked_websocket::RULE,
            format!("a WebSocket with cookies was accepted from {page}, another origin than the server's"),
        )
        .parameter(page)
        .fix([remedy::plain("websocket-origins", "check Origin in the WebSocket server")])
    })
}
