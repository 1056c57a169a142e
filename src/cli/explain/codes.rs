//! The browsers' codes → rules, in any spelling.

use corsight::rules::RuleInfo;

/// The rules that a code stands for. `None` when it is no browser's code.
pub(super) fn rules(
    code: &str,
    all: &[&'static RuleInfo],
) -> Option<(Vec<&'static str>, Option<&'static str>)> {
    let code = code.trim();
    let is_net_error = code.starts_with("net::") || code.to_ascii_uppercase().starts_with("ERR_");
    if is_net_error {
        return net_error(code.trim_start_matches("net::"));
    }
    let wanted = normal(code);
    if wanted.is_empty() {
        return None;
    }
    let mut found: Vec<&'static str> = ALIASES
        .iter()
        .filter(|(alias, _)| normal(alias) == wanted)
        .flat_map(|(_, rules)| rules.iter().copied())
        .collect();
    for rule in all {
        let codes = [rule.codes.chromium, rule.codes.firefox, rule.codes.webkit];
        if codes.into_iter().flatten().any(|own| normal(own) == wanted)
            && !found.contains(&rule.name)
        {
            found.push(rule.name);
        }
    }
    (!found.is_empty()).then_some((found, None))
}

/// Chromium's network errors.
pub(super) fn net_error(code: &str) -> Option<(Vec<&'static str>, Option<&'static str>)> {
    let code = code.to_ascii_uppercase();
    let code = code.trim_start_matches("NET::");
    if !code.starts_with("ERR_") {
        return None;
    }
    if code == "ERR_FAILED" {
        return Some((
            vec![
                "allow-origin-missing",
                "preflight-allow-origin-missing",
                "preflight-status",
            ],
            Some(
                "ERR_FAILED only says that the load was refused. The console line before it, and `corsight check` on an export, name the reason.",
            ),
        ));
    }
    let rule = NET_ERRORS
        .iter()
        .find(|(part, _)| code.contains(part))
        .map_or("network-failed", |(_, rule)| rule);
    Some((vec![rule], None))
}

/// Part of the error's name and its rule; anything else is a failed connection.
const NET_ERRORS: [(&str, &str); 9] = [
    ("INVALID_REDIRECT", "preflight-redirect"),
    ("UNEXPECTED_PROXY_AUTH", "preflight-proxy-auth"),
    ("UNSAFE_REDIRECT", "redirect-to-non-http"),
    ("TOO_MANY_REDIRECTS", "redirect-too-many"),
    ("BLOCKED_BY_RESPONSE", "corp-blocked"),
    ("BLOCKED_BY_ORB", "orb-blocked"),
    ("BLOCKED_BY_CLIENT", "client-blocked"),
    ("BLOCKED_BY_CSP", "csp-blocked"),
    ("NETWORK_ACCESS_CHECKS", "local-network-access"),
];

/// Without the marks that differ between source code, protocol and console: `kFoo`, `CorsError::kFoo`, `CORSFoo2`.
fn normal(code: &str) -> String {
    let bare = code.rsplit("::").next().unwrap_or(code);
    let bare = bare.rsplit('.').next().unwrap_or(bare);
    let bare = match bare.strip_prefix('k') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_uppercase()) => rest,
        _ => bare,
    };
    let letters: String = bare
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    letters
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .to_owned()
}

/// Codes that stand for several rules, or that the rules' own list does not hold: DevTools' issues, Firefox' reasons,
/// Chromium's former names.
const ALIASES: &[(&str, &[&str])] = &[
    (
        "CORSMissingAllowOrigin",
        &["allow-origin-missing", "preflight-allow-origin-missing"],
    ),
    (
        "CORSAllowOriginNotMatchingOrigin",
        &[
            "allow-origin-mismatch",
            "preflight-allow-origin-mismatch",
            "allow-origin-invalid",
        ],
    ),
    (
        "CORSMultipleAllowOriginNotAllowed",
        &["allow-origin-multiple", "preflight-allow-origin-multiple"],
    ),
    (
        "CORSNotSupportingCredentials",
        &[
            "allow-origin-wildcard-with-credentials",
            "preflight-allow-origin-wildcard-with-credentials",
        ],
    ),
    (
        "CORSMissingAllowCredentials",
        &[
            "allow-credentials-not-true",
            "preflight-allow-credentials-not-true",
        ],
    ),
    (
        "CORSDidNotSucceed",
        &["network-failed", "preflight-no-response"],
    ),
    ("CORSRequestNotHttp", &["scheme-not-cors"]),
    ("CORSExternalRedirectNotAllowed", &["preflight-redirect"]),
    ("CORSPreflightDidNotSucceed", &["preflight-status"]),
    (
        "CORSInvalidAllowMethod",
        &["preflight-allow-methods-unparsable"],
    ),
    ("CORSMethodNotFound", &["preflight-method-not-allowed"]),
    (
        "CORSInvalidAllowHeader",
        &["preflight-allow-headers-unparsable"],
    ),
    (
        "CORSMissingAllowHeaderFromPreflight",
        &["preflight-header-not-allowed"],
    ),
    (
        "CORSAllowHeaderFromPreflightDeprecation",
        &["preflight-authorization-under-wildcard"],
    ),
    (
        "AuthorizationCoveredByWildcard",
        &["preflight-authorization-under-wildcard"],
    ),
    ("MissingAllowOriginHeader", &["allow-origin-missing"]),
    ("MultipleAllowOriginValues", &["allow-origin-multiple"]),
    ("InvalidAllowOriginValue", &["allow-origin-invalid"]),
    ("AllowOriginMismatch", &["allow-origin-mismatch"]),
    (
        "WildcardOriginNotAllowed",
        &["allow-origin-wildcard-with-credentials"],
    ),
    ("InvalidAllowCredentials", &["allow-credentials-not-true"]),
    (
        "PreflightMissingAllowOriginHeader",
        &["preflight-allow-origin-missing"],
    ),
    (
        "PreflightMultipleAllowOriginValues",
        &["preflight-allow-origin-multiple"],
    ),
    (
        "PreflightInvalidAllowOriginValue",
        &["preflight-allow-origin-invalid"],
    ),
    (
        "PreflightAllowOriginMismatch",
        &["preflight-allow-origin-mismatch"],
    ),
    (
        "PreflightWildcardOriginNotAllowed",
        &["preflight-allow-origin-wildcard-with-credentials"],
    ),
    (
        "PreflightInvalidAllowCredentials",
        &["preflight-allow-credentials-not-true"],
    ),
    ("PreflightInvalidStatus", &["preflight-status"]),
    ("PreflightDisallowedRedirect", &["preflight-redirect"]),
    (
        "InvalidAllowMethodsPreflightResponse",
        &["preflight-allow-methods-unparsable"],
    ),
    (
        "InvalidAllowHeadersPreflightResponse",
        &["preflight-allow-headers-unparsable"],
    ),
    (
        "MethodDisallowedByPreflightResponse",
        &["preflight-method-not-allowed"],
    ),
    (
        "HeaderDisallowedByPreflightResponse",
        &["preflight-header-not-allowed"],
    ),
    (
        "RedirectContainsCredentials",
        &["redirect-to-credentials-url"],
    ),
    ("CorsDisabledScheme", &["scheme-not-cors"]),
    ("DisallowedByMode", &["mode-same-origin"]),
    ("NoCorsRedirectModeNotFollow", &["mode-no-cors-redirect"]),
    ("InvalidResponse", &["preflight-no-response"]),
    (
        "PreflightMissingAllowPrivateNetwork",
        &["preflight-private-network"],
    ),
    (
        "PreflightInvalidAllowPrivateNetwork",
        &["preflight-private-network"],
    ),
    (
        "PreflightMissingAllowExternal",
        &["preflight-private-network"],
    ),
    (
        "PreflightInvalidAllowExternal",
        &["preflight-private-network"],
    ),
    (
        "PreflightAllowPrivateNetworkError",
        &["preflight-private-network"],
    ),
    ("InsecurePrivateNetwork", &["local-network-access"]),
    ("InsecureLocalNetwork", &["local-network-access"]),
    ("InvalidPrivateNetworkAccess", &["local-network-access"]),
    ("InvalidLocalNetworkAccess", &["local-network-access"]),
    ("UnexpectedPrivateNetworkAccess", &["local-network-access"]),
    (
        "PrivateNetworkAccessPermissionDenied",
        &["local-network-access"],
    ),
    (
        "LocalNetworkAccessPermissionDenied",
        &["local-network-access"],
    ),
    (
        "InvalidHeaders",
        &[
            "allow-origin-missing",
            "allow-origin-multiple",
            "allow-origin-invalid",
            "preflight-allow-origin-missing",
        ],
    ),
    (
        "OriginMismatch",
        &["allow-origin-mismatch", "preflight-allow-origin-mismatch"],
    ),
    (
        "WildcardOriginWithCredentials",
        &[
            "allow-origin-wildcard-with-credentials",
            "preflight-allow-origin-wildcard-with-credentials",
        ],
    ),
    (
        "AllowCredentialsRequired",
        &[
            "allow-credentials-not-true",
            "preflight-allow-credentials-not-true",
        ],
    ),
    (
        "PreflightResponseInvalid",
        &["preflight-status", "preflight-redirect"],
    ),
    ("OpaqueResponseBlocking", &["orb-blocked"]),
    ("mixed-content", &["mixed-content"]),
];

/// Every rule that some code leads to.
#[cfg(test)]
pub(super) fn all_rules() -> impl Iterator<Item = &'static str> {
    let aliases = ALIASES.iter().flat_map(|(_, rules)| rules.iter().copied());
    aliases.chain(NET_ERRORS.iter().map(|(_, rule)| *rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(code: &str) -> &'static str {
        rules(code, &[])
            .and_then(|(rules, _)| rules.first().copied())
            .unwrap_or("nothing")
    }

    #[test]
    fn every_spelling_leads_to_the_rule() {
        for (code, rule) in [
            (
                "PreflightMissingAllowOriginHeader",
                "preflight-allow-origin-missing",
            ),
            ("kMissingAllowOriginHeader", "allow-origin-missing"),
            (
                "network::mojom::CorsError::kMissingAllowOriginHeader",
                "allow-origin-missing",
            ),
            ("CORSMissingAllowOrigin", "allow-origin-missing"),
            ("CORSMissingAllowOrigin2", "allow-origin-missing"),
            (
                "corsmissingallowheaderfrompreflight2",
                "preflight-header-not-allowed",
            ),
            ("CorsIssue::OriginMismatch", "allow-origin-mismatch"),
            ("net::ERR_FAILED", "allow-origin-missing"),
            ("ERR_BLOCKED_BY_ORB", "orb-blocked"),
            ("net::ERR_CERT_AUTHORITY_INVALID", "network-failed"),
            ("nonsense", "nothing"),
        ] {
            assert_eq!(first(code), rule, "{code}");
        }
    }
}
