//! What of a recipe a rule is about: which header, on which answer. It stops at one sentence; the recipe is `fixes/`.

use corsight::fixes::{Kind, Platform, Policy};
use corsight::rules::{Family, RuleInfo};

/// The sentence that stands above the recipe of `platform`.
pub(super) fn of(rule: &RuleInfo, platform: &Platform) -> &'static str {
    if platform.kind == Kind::DevProxy {
        return PROXY;
    }
    let own = SENTENCES
        .iter()
        .find(|(names, _)| names.contains(&rule.name))
        .map(|(_, sentence)| *sentence);
    own.unwrap_or(match rule.family {
        Family::Preflight => PREFLIGHT,
        Family::Response => ACTUAL,
        Family::Risk => LIST,
        _ => NOTHING,
    })
}

/// Puts an example where the rule is about something that was not named; gives the sentence that tells so.
pub(super) fn fill(
    policy: &mut Policy,
    rule: &RuleInfo,
    platform: &Platform,
) -> Option<&'static str> {
    if platform.kind == Kind::DevProxy {
        return None;
    }
    let names = |word: &str| rule.name.contains(word);
    if names("method") && policy.methods.is_empty() {
        policy.methods = ["PUT", "PATCH", "DELETE"].map(str::to_owned).to_vec();
        return Some(
            "PUT, PATCH and DELETE stand for the methods of your pages: name them with --method.",
        );
    }
    if (names("header-not-allowed") || names("allow-headers") || names("authorization"))
        && policy.headers.is_empty()
    {
        policy.headers = ["authorization", "content-type"]
            .map(str::to_owned)
            .to_vec();
        return Some(
            "authorization and content-type stand for the headers that your pages set: name them with --header.",
        );
    }
    if names("expose") && policy.expose.is_empty() {
        policy.expose = vec!["x-total-count".to_owned()];
        return Some(
            "x-total-count stands for the header that your page wants to read: name it with --expose.",
        );
    }
    None
}

const PROXY: &str = "No header of CORS is needed here: the call becomes one of the page's own origin, and the proxy makes it. The page must call the relative URL.";
const PREFLIGHT: &str = "For this rule look at the answer to the preflight (OPTIONS): it must be 2xx and carry the fields below, before authentication, redirects and rate limits see the request.";
const ACTUAL: &str = "For this rule look at Access-Control-Allow-Origin on the answer to the request itself, errors (401, 404, 500) included.";
const LIST: &str = "For this rule look at the list of origins: the recipe allows those that are written out and no other.";
const VARY: &str = "For this rule look at Vary: Origin, which must be on every answer, also to requests without an Origin and to origins that are refused. A CDN in front must have Origin in its cache key.";
const NOTHING: &str = "No header of CORS mends this rule: the recipe is right for the server, but will not let this request pass. What helps stands above.";

const SENTENCES: &[(&[&str], &str)] = &[
    (
        &["allow-origin-multiple", "preflight-allow-origin-multiple"],
        "For this rule one layer must write Access-Control-Allow-Origin: the recipe removes what the application sends, where the server can; else turn it off there.",
    ),
    (
        &[
            "preflight-allow-origin-missing",
            "preflight-allow-origin-mismatch",
            "preflight-allow-origin-invalid",
        ],
        "For this rule look at Access-Control-Allow-Origin on the answer to the preflight (OPTIONS): the list of origins, and that nothing answers OPTIONS before it.",
    ),
    (
        &[
            "allow-origin-wildcard-with-credentials",
            "preflight-allow-origin-wildcard-with-credentials",
            "risk-allow-credentials-with-wildcard-config",
        ],
        "For this rule look at Access-Control-Allow-Origin, on the preflight's answer and on the request's: with credentials it must be the asking origin, out of a list, never *.",
    ),
    (
        &[
            "allow-credentials-not-true",
            "preflight-allow-credentials-not-true",
        ],
        "For this rule look at Access-Control-Allow-Credentials: true, on the preflight's answer and on the request's.",
    ),
    (
        &[
            "preflight-method-not-allowed",
            "preflight-allow-methods-unparsable",
            "method-case",
        ],
        "For this rule look at the methods: Access-Control-Allow-Methods on the answer to the preflight (OPTIONS). Case counts.",
    ),
    (
        &[
            "preflight-header-not-allowed",
            "preflight-allow-headers-unparsable",
            "preflight-authorization-under-wildcard",
            "wildcard-literal-with-credentials",
            "header-without-effect",
        ],
        "For this rule look at the request headers: Access-Control-Allow-Headers on the answer to the preflight (OPTIONS). With credentials * names nothing, and authorization must always be named.",
    ),
    (
        &["expose-headers-missing", "expose-wildcard-with-credentials"],
        "For this rule look at Access-Control-Expose-Headers on the answer to the request itself; on a preflight it does nothing.",
    ),
    (
        &[
            "max-age-missing",
            "max-age-invalid",
            "max-age-capped",
            "risk-max-age-long",
        ],
        "For this rule look at Access-Control-Max-Age on the answer to the preflight (OPTIONS).",
    ),
    (
        &[
            "risk-vary-origin-missing",
            "risk-vary-only-when-origin-present",
            "response-blocked-from-cache",
        ],
        VARY,
    ),
    (
        &[
            "preflight-only-headers",
            "actual-only-headers",
            "blocked-but-executed",
        ],
        "For this rule look at both answers: Allow-Origin and Allow-Credentials belong on the preflight's and on the request's, Allow-Methods, Allow-Headers and Max-Age on the preflight's alone, Expose-Headers on the request's alone.",
    ),
    (
        &[
            "redirect-origin-became-null",
            "redirect-to-credentials-url",
            "redirect-to-non-http",
            "redirect-too-many",
        ],
        NOTHING,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use corsight::rules;

    #[test]
    fn every_name_is_a_rule() {
        let names = SENTENCES.iter().flat_map(|(names, _)| *names);
        for name in names {
            assert!(rules::find(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_rule_names_its_header_and_the_answer_that_carries_it() {
        let on = |name, server| {
            of(
                rules::find(name).unwrap(),
                corsight::fixes::find(server).unwrap(),
            )
        };
        let of = |name| on(name, "nginx");
        assert!(
            of("preflight-method-not-allowed")
                .contains("Allow-Methods on the answer to the preflight")
        );
        assert!(of("allow-origin-missing").contains("errors (401, 404, 500) included"));
        assert!(of("mixed-content").contains("No header of CORS mends"));
        assert!(on("allow-origin-missing", "vite").contains("relative URL"));
    }
}
