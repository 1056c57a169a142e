//! # preflight-no-response
//!
//! ## What happened
//! The browser asked for permission with an `OPTIONS` request, and got no HTTP answer at all: the connection was closed,
//! reset, or nothing came before the time was up.
//!
//! ## Why the browser refuses
//! Without permission the actual request is not sent. To the page it looks like a network failure; only the fact that
//! simple requests to the same server work shows that `OPTIONS` is the problem.
//!
//! ## How corsight tells
//! There is an `OPTIONS` with `Access-Control-Request-Method`, and no status line follows. Browsers try again (Chromium
//! once, Firefox up to nine times); the tries are counted as one. Damaged captures do not count, nor do aborted ones.
//!
//! ## Example
//! ```text
//! OPTIONS /users/7 HTTP/1.1              (connection closed)
//! Origin: https://app.example.com
//! Access-Control-Request-Method: PUT
//! ```
//!
//! ## Fix
//! Find out who closes the connection: a firewall or load balancer that drops unknown methods, a server that crashes on
//! `OPTIONS`, a wrong port. Then answer the preflight with 204 and the CORS headers.
//! `curl -i -X OPTIONS -H 'Origin: …' -H 'Access-Control-Request-Method: PUT' URL` shows the same.
//!
//! ## Browsers' messages
//! - Chromium: `net::ERR_EMPTY_RESPONSE`, `net::ERR_CONNECTION_RESET`, … on the actual request (no CORS message)
//! - Firefox: CORS request did not succeed. Status code: (null). (`CORSDidNotSucceed2`)
//! - Safari: The network connection was lost.
//!
//! ## Standard
//! Fetch, CORS-preflight fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>

use crate::finding::{MessageKind, Severity};
use crate::rules::case::{Case, Draft, evidence};
use crate::rules::codes::{W_NETWORK, codes};
use crate::rules::registry::{Family, RuleInfo};
use crate::rules::remedy;

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "preflight-no-response",
    family: Family::Preflight,
    summary: "the preflight got no answer",
    severity: Severity::Blocked,
    codes: codes(None, Some("CORSDidNotSucceed2"), Some(W_NETWORK)),
    file: include_str!("no_response.rs"),
};

pub(crate) fn draft(case: &Case<'_>) -> Draft {
    let tries = case.hop.preflights.len();
    let count = match tries {
        0 | 1 => String::new(),
        tries => format!(" ({tries} tries)"),
    };
    let error = case
        .exchange()
        .and_then(|exchange| exchange.observed.as_ref()?.net_error.as_deref())
        .filter(|error| !error.is_empty());
    let mut draft = Draft::new(
        &RULE,
        format!(
            "the preflight for {} got no answer{count}, so the request was not sent",
            case.method()
        ),
    )
    .evidence([evidence(
        MessageKind::PreflightRequest,
        ":method",
        "OPTIONS",
        format!("no answer{count}"),
    )])
    .evidence([case.origin_line()])
    .fix([
        remedy::plain(
            "check-listener",
            "find out who closes the connection on OPTIONS: firewall, load balancer or server",
        ),
        remedy::answer_preflight(case),
    ]);
    if let Some(error) = error {
        draft.parameter = Some(error.to_owned());
        draft
            .evidence
            .push(evidence(MessageKind::Recorded, "error", error, ""));
    }
    draft
}
