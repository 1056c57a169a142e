//! # redirect-to-credentials-url
//!
//! ## What happened
//! A server redirected a cross-origin request to a URL that holds a user name or password (`https://user:pass@host/`).
//!
//! ## Why the browser refuses
//! Such a URL would let one site make the browser log in at another in the page's name. The standard forbids the
//! combination of a CORS request and user information in a redirect's target.
//!
//! ## How corsight tells
//! `Location` of a redirect in a CORS request has user information, and the target is not the page's own origin.
//! The password is not printed.
//!
//! ## Example
//! ```text
//! GET /export HTTP/1.1                   HTTP/1.1 302 Found
//! Origin: https://app.example.com        Access-Control-Allow-Origin: *
//!                                        Location: https://user:…@files.example.com/export.csv
//! ```
//!
//! ## Fix
//! Remove the user information from the redirect. If the target needs authorization, use a signed URL or a token that
//! the page sends itself.
//!
//! ## Browsers' messages
//! - Chromium: Redirect location '…' contains a username and password, which is disallowed for cross-origin requests.
//!   (`RedirectContainsCredentials`)
//! - Firefox: CORS request did not succeed. (`CORSDidNotSucceed2`)
//! - Safari: … redirection URL … has credentials
//!
//! ## Standard
//! Fetch, HTTP-redirect fetch: <https://fetch.spec.whatwg.org/#http-redirect-fetch>

use crate::finding::{Evidence, Severity};
use crate::rules::case::{Case, Draft};
use crate::rules::codes::{W_USERINFO, codes};
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::{remedy, tags};
use url::Url;

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "redirect-to-credentials-url",
    family: Family::Response,
    summary: "a redirect leads to a URL with user name or password",
    severity: Severity::Blocked,
    codes: codes(
        Some("RedirectContainsCredentials"),
        Some("CORSDidNotSucceed2"),
        Some(W_USERINFO),
    ),
    file: include_str!("redirect_to_credentials_url.rs"),
};

pub(crate) fn draft(case: &Case<'_>) -> Draft {
    let target = tags::target(case).unwrap_or_default();
    let clean = without_userinfo(&target);
    let note = "holds a user name or password";
    Draft::new(
        &RULE,
        format!("the redirect leads to {clean} with a user name or password in the URL, which browsers refuse in CORS requests"),
    )
    .evidence([
        case.status_line(""),
        Evidence {
            message: case.message(),
            field: "location".into(),
            value: Some(clean.clone()),
            note: note.to_owned(),
            span: None,
        },
    ])
    .fix([
        remedy::plain("strip-userinfo", format!("redirect to {clean} without user name and password")),
        remedy::call_final_url(case, &clean),
    ])
}

fn without_userinfo(target: &str) -> String {
    let Ok(mut url) = Url::parse(target) else {
        return String::new();
    };
    // Both fail only for URLs that have neither.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}
