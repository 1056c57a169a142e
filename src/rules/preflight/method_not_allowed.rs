//! # preflight-method-not-allowed
//!
//! ## What happened
//! The preflight asked whether a method is allowed, and `Access-Control-Allow-Methods` in the answer does not list it.
//! The actual request was not sent.
//!
//! ## Why the browser refuses
//! `GET`, `HEAD` and `POST` need no entry; every other method does, in the exact spelling. `*` stands for all methods only
//! when the request has no credentials. `Allow` is not looked at.
//!
//! ## How corsight tells
//! `Access-Control-Request-Method` is compared with the list, byte for byte. A listed method in other letters gets the tag
//! `method-case`: browsers turn `put` and `delete` into capitals, but leave `patch` as it is.
//!
//! ## Example
//! ```text
//! OPTIONS /users/7 HTTP/1.1              HTTP/1.1 204 No Content
//! Origin: https://app.example.com        Access-Control-Allow-Origin: https://app.example.com
//! Access-Control-Request-Method: DELETE  Access-Control-Allow-Methods: GET, POST
//! ```
//!
//! ## Fix
//! Add the method: `Access-Control-Allow-Methods: GET, POST, DELETE`. With the tag `method-case` write it in capitals on
//! the side that has it wrong.
//!
//! ## Browsers' messages
//! - Chromium: Method DELETE is not allowed by Access-Control-Allow-Methods in preflight response.
//!   (`MethodDisallowedByPreflightResponse`)
//! - Firefox: Did not find method in CORS header 'Access-Control-Allow-Methods'. (`CORSMethodNotFound`)
//! - Safari: Method DELETE is not allowed by Access-Control-Allow-Methods.
//!
//! ## Standard
//! Fetch, CORS-preflight fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>

use crate::fetch::list::TokenList;
use crate::finding::{MessageKind, Severity};
use crate::rules::case::{Case, Draft, evidence};
use crate::rules::codes::{W_METHOD, codes};
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::remedy;

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "preflight-method-not-allowed",
    family: Family::Preflight,
    summary: "the method is not in Access-Control-Allow-Methods",
    severity: Severity::Blocked,
    codes: codes(
        Some("MethodDisallowedByPreflightResponse"),
        Some("CORSMethodNotFound"),
        Some(W_METHOD),
    ),
    file: include_str!("method_not_allowed.rs"),
};

pub(crate) fn draft(case: &Case<'_>) -> Draft {
    // The preflight's word, which may differ from the actual request's spelling.
    let method = case
        .hop
        .preflight()
        .and_then(|preflight| preflight.request_field("access-control-request-method"))
        .unwrap_or_default();
    let allowed = TokenList::of(case.fields(), "access-control-allow-methods");
    let (tag, note) = special(&allowed, method, case);
    let cause = match tag {
        Some("method-case") => {
            format!("{method} is listed in other letters only, and methods are compared exactly")
        }
        Some("wildcard-with-credentials") => {
            format!(
                "* in access-control-allow-methods does not count for a request with credentials, so {method} is not allowed"
            )
        }
        _ if allowed.tokens.is_empty() => {
            format!("the preflight's answer lists no methods, so {method} is not allowed")
        }
        _ => format!(
            "the preflight's answer allows {}, but not {method}",
            allowed.tokens.join(", ")
        ),
    };
    let is_client_fault = method.bytes().any(|byte| byte.is_ascii_lowercase());
    let mut draft = Draft::new(&RULE, cause)
        .parameter(method)
        .tag(tag)
        .evidence([
            evidence(
                MessageKind::PreflightRequest,
                "access-control-request-method",
                method,
                "",
            ),
            case.field("access-control-allow-methods", note, Some("")),
        ]);
    if case.fields().has("allow") {
        draft
            .evidence
            .push(case.field("allow", "browsers do not look at it", None));
    }
    if is_client_fault {
        draft.fix.push(remedy::method_case(method));
    }
    draft.fix.push(remedy::add_method(case));
    draft
}

fn special(allowed: &TokenList, method: &str, case: &Case<'_>) -> (Option<&'static str>, String) {
    if allowed.has_ignoring_case(method) {
        return (Some("method-case"), format!("not spelt {method}"));
    }
    if allowed.has_wildcard() && case.with_credentials {
        return (
            Some("wildcard-with-credentials"),
            "* is taken literally with credentials".to_owned(),
        );
    }
    let note = match allowed.is_present {
        true => format!("{method} is not listed"),
        false => "absent".to_owned(),
    };
    (None, note)
}
