//! Lines of the browsers' consoles → rules, with the values that the lines name.
//!
//! Wordings of Chromium, Firefox and Safari, as they are now and as they were: people paste from old threads too.

use super::template::{Holes, find, plain};

/// What a console line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The rules that it may come from, most likely first; empty where the line itself does not tell.
    pub(super) rules: Vec<&'static str>,
    /// Names and values that stand in it: `origin`, `url`, `header`, …
    pub(super) values: Vec<(&'static str, String)>,
    /// What to know about this very line.
    pub(super) remark: Option<&'static str>,
}

/// Reads `text`. `None` when no wording of any browser is in it.
pub(super) fn read(text: &str) -> Option<Line> {
    let text = plain(text);
    let wording = WORDINGS.iter().find_map(|wording| {
        let holes = find(wording.text, &text)?;
        Some((wording, holes))
    });
    let (rules, remark, mut values) = match wording {
        Some((wording, holes)) => (rules_for(wording, &text), wording.remark, owned(holes)),
        None => match find("net::{error}", &text) {
            Some(holes) => {
                let code = holes.first().map_or("", |(_, code)| code);
                let (rules, remark) = super::codes::net_error(code)?;
                (rules, remark, owned(holes))
            }
            None => return None,
        },
    };
    for surrounding in SURROUNDINGS {
        for (name, value) in owned(find(surrounding, &text).unwrap_or_default()) {
            if !values.iter().any(|(own, _)| *own == name) {
                values.push((name, value));
            }
        }
    }
    values.retain(|(_, value)| value.len() < 4096);
    Some(Line {
        rules,
        values,
        remark,
    })
}

fn owned(holes: Holes<'_>) -> Vec<(&'static str, String)> {
    holes
        .into_iter()
        .map(|(name, value)| (name, value.to_owned()))
        .collect()
}

/// The same sentence stands for a preflight's answer and for the actual one; the line's beginning tells.
fn rules_for(wording: &Wording, text: &str) -> Vec<&'static str> {
    let is_preflight = PREFLIGHT_MARKS.iter().any(|mark| text.contains(mark));
    let mut rules: Vec<&'static str> = Vec::new();
    if REDIRECT_MARKS.iter().any(|mark| text.contains(mark))
        && !is_preflight
        && wording.can_be_redirect
    {
        rules.push("redirect-response-not-cors");
    }
    let (preflight, actual): (Vec<&str>, Vec<&str>) = wording
        .rules
        .iter()
        .copied()
        .partition(|rule| rule.starts_with("preflight-"));
    match is_preflight {
        true if !preflight.is_empty() => rules.extend(preflight),
        // Chromium always says so where it was the preflight; others do not.
        false if text.contains("CORS policy: ") && !actual.is_empty() => rules.extend(actual),
        _ => rules.extend(wording.rules),
    }
    rules
}

struct Wording {
    text: &'static str,
    rules: &'static [&'static str],
    remark: Option<&'static str>,
    can_be_redirect: bool,
}

const fn says(text: &'static str, rules: &'static [&'static str]) -> Wording {
    Wording {
        text,
        rules,
        remark: None,
        can_be_redirect: false,
    }
}

/// A wording of the CORS check itself, which redirects must pass too.
const fn checks(text: &'static str, rules: &'static [&'static str]) -> Wording {
    Wording {
        can_be_redirect: true,
        ..says(text, rules)
    }
}

const fn remarks(
    text: &'static str,
    rules: &'static [&'static str],
    remark: &'static str,
) -> Wording {
    Wording {
        remark: Some(remark),
        ..says(text, rules)
    }
}

const PREFLIGHT_MARKS: [&str; 3] = [
    "Response to preflight request",
    "Response for preflight",
    "Preflight response",
];

/// A redirect's own answer failed. (`redirected from` alone means that the answer *after* the redirect did.)
const REDIRECT_MARKS: [&str; 2] = ["Redirect from '", "Cross-origin redirection to"];

const MISSING: &[&str] = &["allow-origin-missing", "preflight-allow-origin-missing"];
const MISMATCH: &[&str] = &["allow-origin-mismatch", "preflight-allow-origin-mismatch"];
const MULTIPLE: &[&str] = &["allow-origin-multiple", "preflight-allow-origin-multiple"];
const INVALID: &[&str] = &["allow-origin-invalid", "preflight-allow-origin-invalid"];
const WILDCARD: &[&str] = &[
    "allow-origin-wildcard-with-credentials",
    "preflight-allow-origin-wildcard-with-credentials",
];
const CREDENTIALS: &[&str] = &[
    "allow-credentials-not-true",
    "preflight-allow-credentials-not-true",
];
const SOME_ORIGIN: &[&str] = &[
    "allow-origin-missing",
    "allow-origin-mismatch",
    "allow-origin-invalid",
    "preflight-allow-origin-missing",
    "preflight-allow-origin-mismatch",
];

/// First match wins: the more telling wordings come first.
const WORDINGS: &[Wording] = &[
    // Chromium, now.
    checks(
        "No 'Access-Control-Allow-Origin' header is present on the requested resource",
        MISSING,
    ),
    checks(
        "'Access-Control-Allow-Origin' header contains multiple values '{value}', but only one",
        MULTIPLE,
    ),
    checks(
        "'Access-Control-Allow-Origin' header contains the invalid value '{value}'.",
        INVALID,
    ),
    checks(
        "'Access-Control-Allow-Origin' header has a value '{value}' that is not equal to the supplied origin",
        MISMATCH,
    ),
    checks(
        "must not be the wildcard '*' when the request's credentials mode is 'include'",
        WILDCARD,
    ),
    checks(
        "The value of the 'Access-Control-Allow-Credentials' header in the response is '{value}' which must be 'true'",
        CREDENTIALS,
    ),
    says("It does not have HTTP ok status", &["preflight-status"]),
    says(
        "Redirect is not allowed for a preflight request",
        &["preflight-redirect"],
    ),
    says(
        "Method {method} is not allowed by Access-Control-Allow-Methods",
        &["preflight-method-not-allowed"],
    ),
    says(
        "Request header field {header} is not allowed by Access-Control-Allow-Headers",
        &["preflight-header-not-allowed"],
    ),
    says(
        "Cannot parse Access-Control-Allow-Methods response header field",
        &["preflight-allow-methods-unparsable"],
    ),
    says(
        "Cannot parse Access-Control-Allow-Headers response header field",
        &["preflight-allow-headers-unparsable"],
    ),
    says(
        "contains a username and password, which is disallowed for cross-origin requests",
        &["redirect-to-credentials-url"],
    ),
    says(
        "has a disallowed scheme for cross-origin requests",
        &["redirect-to-non-http"],
    ),
    says(
        "Cross origin requests are only supported for",
        &["scheme-not-cors"],
    ),
    says(
        "Permission was denied for this request to access the '{space}' address space",
        &["local-network-access"],
    ),
    says(
        "resource is in more-private address space '{space}'",
        &["local-network-access"],
    ),
    says(
        "Request had a target IP address space of '{space}'",
        &["local-network-access"],
    ),
    says(
        "Request had no target IP address space, yet the resource is in address space '{space}'",
        &["local-network-access"],
    ),
    says(
        "Access-Control-Allow-Private-Network",
        &["preflight-private-network"],
    ),
    says(
        "Request mode is \"no-cors\" but the redirect mode is not \"follow\"",
        &["mode-no-cors-redirect"],
    ),
    says(
        "Request mode is \"same-origin\" but the URL's origin is not same as the request origin {origin}",
        &["mode-same-origin"],
    ),
    says(
        "Mixed Content: The page at '{page}' was loaded over HTTPS, but requested an insecure {kind} '{url}'",
        &["mixed-content"],
    ),
    says(
        "Not allowed to load local resource: {url}",
        &["scheme-not-cors"],
    ),
    says(
        "Cross-Origin Read Blocking (CORB) blocked cross-origin response {url}",
        &["orb-blocked"],
    ),
    says(
        "violates the following Content Security Policy directive",
        &["csp-blocked"],
    ),
    says(
        "Refused to get unsafe header \"{header}\"",
        &["expose-headers-missing"],
    ),
    says(
        "Error during WebSocket handshake: Unexpected response code: 403",
        &["websocket-origin-rejected"],
    ),
    // Chromium, before.
    checks(
        "A wildcard '*' cannot be used in the 'Access-Control-Allow-Origin' header when the credentials flag is true",
        WILDCARD,
    ),
    checks(
        "Credentials flag is 'true', but the 'Access-Control-Allow-Credentials' header is '{value}'",
        CREDENTIALS,
    ),
    says(
        "Response for preflight is invalid (redirect)",
        &["preflight-redirect"],
    ),
    says(
        "which is disallowed for cross-origin requests that require preflight",
        &["preflight-redirect"],
    ),
    says(
        "Response for preflight has invalid HTTP status code {status}",
        &["preflight-status"],
    ),
    says("Invalid HTTP status code {status}", &["preflight-status"]),
    // Firefox.
    says("CORS header 'Access-Control-Allow-Origin' missing", MISSING),
    says(
        "CORS header 'Access-Control-Allow-Origin' does not match '{value}'",
        MISMATCH,
    ),
    says(
        "Multiple CORS header 'Access-Control-Allow-Origin' not allowed",
        MULTIPLE,
    ),
    says(
        "Credential is not supported if the CORS header 'Access-Control-Allow-Origin' is '*'",
        WILDCARD,
    ),
    says(
        "expected 'true' in CORS header 'Access-Control-Allow-Credentials'",
        CREDENTIALS,
    ),
    says(
        "CORS preflight response did not succeed",
        &["preflight-status"],
    ),
    says(
        "CORS preflight channel did not succeed",
        &["preflight-status"],
    ),
    says(
        "Did not find method in CORS header 'Access-Control-Allow-Methods'",
        &["preflight-method-not-allowed"],
    ),
    says(
        "invalid token '{value}' in CORS header 'Access-Control-Allow-Methods'",
        &["preflight-allow-methods-unparsable"],
    ),
    says(
        "invalid token '{value}' in CORS header 'Access-Control-Allow-Headers'",
        &["preflight-allow-headers-unparsable"],
    ),
    says(
        "header '{header}' is not allowed according to header 'Access-Control-Allow-Headers'",
        &["preflight-header-not-allowed"],
    ),
    says(
        "missing token '{header}' in CORS header 'Access-Control-Allow-Headers'",
        &["preflight-header-not-allowed"],
    ),
    says(
        "CORS request external redirect not allowed",
        &["preflight-redirect"],
    ),
    says("CORS request not HTTP", &["scheme-not-cors"]),
    says(
        "header is not covered by the wildcard",
        &["preflight-authorization-under-wildcard"],
    ),
    says(
        "'Authorization' header is not covered",
        &["preflight-authorization-under-wildcard"],
    ),
    says(
        "Blocked loading mixed active content \"{url}\"",
        &["mixed-content"],
    ),
    remarks(
        "CORS request did not succeed",
        &["network-failed", "preflight-no-response"],
        "No answer reached Firefox: the connection failed, or the preflight before it did. This is no statement about headers.",
    ),
    remarks(
        "CORS disabled",
        &[],
        "CORS is switched off in this Firefox: about:config, content.cors.disable.",
    ),
    // Safari. The redirect's wording stands around another one.
    says(
        "Header Access-Control-Allow-Methods has an invalid value: {value}",
        &["preflight-allow-methods-unparsable"],
    ),
    says(
        "Header Access-Control-Allow-Headers has an invalid value: {value}",
        &["preflight-allow-headers-unparsable"],
    ),
    checks(
        "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true",
        WILDCARD,
    ),
    checks(
        "Access-Control-Allow-Origin cannot contain more than one origin",
        MULTIPLE,
    ),
    checks(
        "Credentials flag is true, but Access-Control-Allow-Credentials is not \"true\"",
        CREDENTIALS,
    ),
    says(
        "Preflight response is not successful",
        &[
            "preflight-status",
            "preflight-redirect",
            "preflight-allow-origin-missing",
        ],
    ),
    says("more than 20 redirections", &["redirect-too-many"]),
    says("has credentials", &["redirect-to-credentials-url"]),
    says(
        "not allowed to follow a cross-origin redirection with non CORS scheme",
        &["redirect-to-non-http"],
    ),
    says("non CORS scheme", &["redirect-to-non-http"]),
    says("requested insecure content from {url}", &["mixed-content"]),
    says(
        "was not allowed to run insecure content from {url}",
        &["mixed-content"],
    ),
    says(
        "was not allowed to display insecure content from {url}",
        &["mixed-content"],
    ),
    checks(
        "Origin {origin} is not allowed by Access-Control-Allow-Origin",
        SOME_ORIGIN,
    ),
    says("Blocked by Content Security Policy", &["csp-blocked"]),
    says("Blocked by content extension", &["client-blocked"]),
    says(
        "Unsafe attempt to load URL {url} from",
        &["mode-same-origin"],
    ),
    says(
        "Cross-origin redirection to {url} denied by Cross-Origin Resource Sharing policy",
        &["redirect-response-not-cors"],
    ),
    remarks(
        "due to access control checks",
        SOME_ORIGIN,
        "Safari prints the reason in the line before this one; paste that one for the exact rule.",
    ),
    // Everybody.
    remarks(
        "Failed to load resource: the server responded with a status of {status}",
        SOME_ORIGIN,
        "This line only tells the status. Where a CORS error stands beside it, the error answer carries no CORS headers: repair the status first.",
    ),
    remarks(
        "TypeError: Failed to fetch",
        SOME_ORIGIN,
        "This is all that a script may know. The browser's console tells the reason.",
    ),
    remarks(
        "NetworkError when attempting to fetch resource",
        SOME_ORIGIN,
        "This is all that a script may know. The browser's console tells the reason.",
    ),
    remarks(
        "TypeError: Load failed",
        SOME_ORIGIN,
        "This is all that a script may know. The browser's console tells the reason.",
    ),
    remarks(
        "has been blocked by CORS policy",
        SOME_ORIGIN,
        "The reason, which follows these words, is missing in the line.",
    ),
    remarks(
        "The Same Origin Policy disallows reading the remote resource",
        SOME_ORIGIN,
        "The reason, which follows these words in parentheses, is missing in the line.",
    ),
];

/// What stands around the reason.
const SURROUNDINGS: &[&str] = &[
    "Access to {kind} at '{url}' (redirected from '{redirected from}') from origin '{origin}'",
    "Access to {kind} at '{url}' from origin '{origin}'",
    "Redirect from '{redirected from}' to '{url}'",
    "disallows reading the remote resource at {url}. (Reason",
    "Status code: {status}",
    "HTTP status code {status}",
    "cannot load {url} due to",
    "Fetch API cannot load {url}",
    "XMLHttpRequest cannot load {url}",
    "Failed to load {url}: ",
    "Origin '{origin}' is therefore not allowed",
    "from origin '{origin}' has been blocked",
];

/// Every rule that some wording leads to.
#[cfg(test)]
pub(super) fn all_rules() -> impl Iterator<Item = &'static str> {
    WORDINGS
        .iter()
        .flat_map(|wording| wording.rules.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> &'static str {
        read(text)
            .and_then(|line| line.rules.first().copied())
            .unwrap_or("nothing")
    }

    fn value(text: &str, name: &str) -> Option<String> {
        let line = read(text)?;
        line.values
            .into_iter()
            .find(|(own, _)| *own == name)
            .map(|(_, value)| value)
    }

    #[test]
    fn old_and_new_wordings_of_every_browser_are_known() {
        for (text, rule) in [
            (
                "XMLHttpRequest cannot load http://a/. No 'Access-Control-Allow-Origin' header is present on the requested resource. Origin 'http://b' is therefore not allowed access.",
                "allow-origin-missing",
            ),
            (
                "Failed to load http://a/: Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource. Origin 'http://b' is therefore not allowed access. The response had HTTP status code 405.",
                "preflight-allow-origin-missing",
            ),
            (
                "Failed to load http://a/: Response for preflight has invalid HTTP status code 403.",
                "preflight-status",
            ),
            (
                "Redirect from 'http://a' to 'http://b' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
                "redirect-response-not-cors",
            ),
            (
                "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://a/. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 404.",
                "allow-origin-missing",
            ),
            (
                "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://a/. (Reason: missing token ‘x-a’ in CORS header ‘Access-Control-Allow-Headers’ from CORS preflight channel).",
                "preflight-header-not-allowed",
            ),
            (
                "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://a/. (Reason: CORS request did not succeed). Status code: (null).",
                "network-failed",
            ),
            (
                "[Error] Origin http://b is not allowed by Access-Control-Allow-Origin. Status code: 200",
                "allow-origin-missing",
            ),
            (
                "[Error] Preflight response is not successful. Status code: 404",
                "preflight-status",
            ),
            (
                "Cross-origin redirection to http://c/ denied by Cross-Origin Resource Sharing policy: Origin http://b is not allowed by Access-Control-Allow-Origin. Status code: 302",
                "redirect-response-not-cors",
            ),
            (
                "GET https://a/ net::ERR_BLOCKED_BY_CLIENT",
                "client-blocked",
            ),
            (
                "Refused to get unsafe header \"X-Total-Count\"",
                "expose-headers-missing",
            ),
        ] {
            assert_eq!(first(text), rule, "{text}");
        }
    }

    #[test]
    fn values_are_picked_out() {
        let text = "Access to fetch at 'https://a.example/x' (redirected from 'https://a.example/') from origin 'https://b.example' has been blocked by CORS policy: Request header field x-a is not allowed by Access-Control-Allow-Headers in preflight response.";
        assert_eq!(value(text, "url").as_deref(), Some("https://a.example/x"));
        assert_eq!(value(text, "origin").as_deref(), Some("https://b.example"));
        assert_eq!(value(text, "header").as_deref(), Some("x-a"));
        let firefox = "disallows reading the remote resource at https://a/. (Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://c’).";
        assert_eq!(value(firefox, "value").as_deref(), Some("https://c"));
        assert_eq!(value(firefox, "url").as_deref(), Some("https://a/"));
    }

    #[test]
    fn prose_is_no_console_line() {
        assert_eq!(read("why does my request fail"), None);
        assert_eq!(read(""), None);
    }
}
