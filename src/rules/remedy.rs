//! What to change: one function per action, with this case's values.
//!
//! The snippets for servers and frameworks are made elsewhere from the action's name and parameters.

use super::case::{Case, join};
use crate::cors::CredentialsMode;
use crate::fetch::list::{self, HeaderNames, TokenList};
use crate::finding::{Fix, FixParams, Phase};

fn fix(action: &'static str, text: impl Into<String>, params: FixParams) -> Fix {
    Fix {
        action,
        text: text.into(),
        params,
    }
}

/// What every recipe may need: the origin, the path, the methods and headers asked for.
pub(crate) fn params(case: &Case<'_>) -> FixParams {
    let mut methods = allowed(case, "access-control-allow-methods");
    let method = case.method().to_owned();
    if !method.is_empty() && !methods.contains(&method) {
        methods.push(method);
    }
    methods.retain(|method| method != "*" && method != "OPTIONS");
    let mut headers: Vec<String> = allowed(case, "access-control-allow-headers")
        .into_iter()
        .filter(|name| name != "*")
        .collect();
    for name in asked(case) {
        if !headers.iter().any(|own| own.eq_ignore_ascii_case(&name)) {
            headers.push(name);
        }
    }
    FixParams {
        origins: vec![wanted_origin(case)],
        methods,
        headers,
        expose: Vec::new(),
        credentials: match case.fetch.credentials.mode {
            CredentialsMode::Include => Some(true),
            CredentialsMode::Omit => Some(false),
            CredentialsMode::Unknown => None,
        },
        path: Some(case.path().to_owned()),
        final_url: None,
    }
}

/// The origin to allow: the page's, also where the request says `null` after a redirect.
fn wanted_origin(case: &Case<'_>) -> String {
    match case.is_tainted() {
        true => case.fetch.origin.text.to_string(),
        false => case.origin().to_owned(),
    }
}

fn allowed(case: &Case<'_>, name: &str) -> Vec<String> {
    case.hop
        .preflight()
        .and_then(|preflight| preflight.response.as_ref())
        .map(|answer| TokenList::of(&answer.fields, name).tokens)
        .unwrap_or_default()
}

/// Header names that the preflight asked for.
pub(crate) fn asked(case: &Case<'_>) -> Vec<String> {
    announced(case)
        .iter()
        .map(|name| name.to_string())
        .collect()
}

/// The same, borrowed.
pub(crate) fn announced(case: &Case<'_>) -> HeaderNames {
    case.hop
        .preflight()
        .and_then(|preflight| preflight.request.as_ref())
        .map(|request| list::request_headers(&request.fields))
        .unwrap_or_default()
}

pub(crate) fn allow_origin(case: &Case<'_>) -> Fix {
    let origin = wanted_origin(case);
    if origin == crate::fetch::origin::NULL {
        return any_origin();
    }
    if case.is_tainted() {
        return call_final_url(case, case.hop.url());
    }
    let which = judged(case);
    fix(
        "allow-origin",
        format!(
            "if {origin} should be allowed: answer {which} with  access-control-allow-origin: {origin}"
        ),
        params(case),
    )
}

/// The request whose answer is at fault: `OPTIONS /users`.
fn judged(case: &Case<'_>) -> String {
    match case.phase {
        Phase::Preflight => format!("OPTIONS {}", case.path()),
        Phase::Redirect => format!("the redirect of {}", case.path()),
        Phase::Actual | Phase::Other => format!("{} {}", case.method(), case.path()),
    }
}

/// For requests of opaque origins: `null` must not be put on a list, since any page can have it.
fn any_origin() -> Fix {
    plain(
        "allow-any-origin",
        "serve the page over HTTP so that it has an origin of its own; or, for public data, answer  \
         access-control-allow-origin: *",
    )
}

pub(crate) fn send_cors_on_errors(case: &Case<'_>) -> Fix {
    fix(
        "send-cors-on-errors",
        format!(
            "send  access-control-allow-origin  with the {} to {} too, in the layer that makes the error answer, so that the page can read it",
            case.status(),
            judged(case)
        ),
        params(case),
    )
}

pub(crate) fn fix_server_error(case: &Case<'_>) -> Fix {
    fix(
        "fix-server-error",
        format!(
            "look into the {} of {} {} first: the CORS failure is a consequence",
            case.status(),
            match case.phase {
                Phase::Preflight => "OPTIONS",
                _ => case.method(),
            },
            case.path()
        ),
        FixParams::default(),
    )
}

/// The same with what belongs to it where the server decides by the request.
pub(crate) fn allow_origin_by_name(case: &Case<'_>) -> Vec<Fix> {
    let allow = allow_origin(case);
    match allow.action {
        "allow-origin" => vec![allow, vary_origin(case)],
        _ => vec![allow],
    }
}

pub(crate) fn vary_origin(case: &Case<'_>) -> Fix {
    fix(
        "vary-origin",
        "send  vary: origin  with every answer whose access-control-allow-origin depends on the request, refusals included",
        params(case),
    )
}

pub(crate) fn allow_credentials(case: &Case<'_>) -> Fix {
    fix(
        "allow-credentials",
        "send  access-control-allow-credentials: true  with the preflight's answer and with the actual answer",
        FixParams {
            credentials: Some(true),
            ..params(case)
        },
    )
}

pub(crate) fn exact_origin(case: &Case<'_>) -> Fix {
    let origin = wanted_origin(case);
    fix(
        "allow-origin",
        format!(
            "if the request needs cookies: answer with  access-control-allow-origin: {origin}  and  \
             access-control-allow-credentials: true  instead of *"
        ),
        FixParams {
            credentials: Some(true),
            ..params(case)
        },
    )
}

pub(crate) fn drop_credentials(case: &Case<'_>) -> Fix {
    fix(
        "drop-credentials",
        "if the request needs no cookies: make it without credentials (no credentials: \"include\", no withCredentials)",
        FixParams {
            credentials: Some(false),
            ..params(case)
        },
    )
}

pub(crate) fn dedupe(case: &Case<'_>, name: &str) -> Fix {
    fix(
        "dedupe",
        format!("send {name} from one layer only: remove it in the proxy or in the application"),
        params(case),
    )
}

pub(crate) fn normalise(case: &Case<'_>) -> Fix {
    let origin = wanted_origin(case);
    if origin == crate::fetch::origin::NULL {
        return any_origin();
    }
    if case.is_tainted() {
        return call_final_url(case, case.hop.url());
    }
    fix(
        "normalise-origin",
        format!(
            "answer {} with  access-control-allow-origin: {origin}  exactly as browsers send it",
            judged(case)
        ),
        params(case),
    )
}

pub(crate) fn answer_preflight(case: &Case<'_>) -> Fix {
    let params = params(case);
    let mut text = format!(
        "answer OPTIONS {} with status 204 and  access-control-allow-origin: {}",
        case.path(),
        wanted_origin(case)
    );
    if !params.methods.is_empty() {
        text.push_str(&format!(
            " · access-control-allow-methods: {}",
            params.methods.join(", ")
        ));
    }
    if !params.headers.is_empty() {
        text.push_str(&format!(
            " · access-control-allow-headers: {}",
            params.headers.join(", ")
        ));
    }
    fix("answer-preflight", text, params)
}

pub(crate) fn answer_preflight_before_auth(case: &Case<'_>) -> Fix {
    fix(
        "answer-preflight-before-auth",
        format!(
            "answer OPTIONS {} before authentication: a preflight never carries cookies or Authorization",
            case.path()
        ),
        params(case),
    )
}

pub(crate) fn let_preflights_through(case: &Case<'_>) -> Fix {
    fix(
        "waf-bypass-options",
        "let OPTIONS requests with Access-Control-Request-Method pass the firewall or bot protection",
        params(case),
    )
}

pub(crate) fn add_method(case: &Case<'_>) -> Fix {
    let params = params(case);
    let text = format!(
        "answer OPTIONS {} with  access-control-allow-methods: {}",
        case.path(),
        params.methods.join(", ")
    );
    fix("add-method", text, params)
}

pub(crate) fn add_header(case: &Case<'_>, missing: &[String]) -> Fix {
    let params = params(case);
    let text = format!(
        "add {} to the preflight's answer:  access-control-allow-headers: {}",
        join(missing),
        params.headers.join(", ")
    );
    fix("add-header", text, params)
}

pub(crate) fn remove_request_header(names: &[String]) -> Fix {
    fix(
        "remove-request-header",
        format!(
            "remove {} from the request: these are response headers, which the server must send",
            join(names)
        ),
        FixParams {
            headers: names.to_vec(),
            ..FixParams::default()
        },
    )
}

pub(crate) fn method_case(method: &str) -> Fix {
    let upper = method.to_ascii_uppercase();
    fix(
        "method-case",
        format!(
            "write the method in capitals in the client: {upper} (browsers correct only GET, HEAD, POST, PUT, DELETE and OPTIONS)"
        ),
        FixParams {
            methods: vec![upper],
            ..FixParams::default()
        },
    )
}

pub(crate) fn call_final_url(case: &Case<'_>, target: &str) -> Fix {
    fix(
        "call-final-url",
        format!("call {target} directly, so that no redirect is needed"),
        FixParams {
            final_url: Some(target.to_owned()),
            ..params(case)
        },
    )
}

pub(crate) fn no_login_redirect(case: &Case<'_>) -> Fix {
    fix(
        "answer-401",
        "answer requests of scripts with 401 and CORS headers instead of a redirect to the login page",
        params(case),
    )
}

pub(crate) fn plain(action: &'static str, text: impl Into<String>) -> Fix {
    fix(action, text, FixParams::default())
}
