//! # auth-before-cors
//!
//! Authentication stands before the CORS layer, so that it refuses preflights. Browsers never send cookies or
//! `Authorization` with a preflight, by design: it can only be answered without them.
//!
//! ## Evidence
//! `OPTIONS` is answered with 401 or 403, surely so with `WWW-Authenticate` or when the preflight asks for
//! `authorization`; tools that send credentials at once (curl, Postman) work.
//!
//! ## What to do
//! Answer preflights before authentication: put the CORS middleware first, or exempt `OPTIONS` requests that carry
//! `Access-Control-Request-Method`.

use crate::causes::cell::Cell;
use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::Sign;
use crate::causes::words;
use crate::finding::{Confidence, Phase};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "auth-before-cors",
    summary: "authentication refuses preflights, which never carry credentials",
    file: include_str!("auth_before_cors.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| is_unauthorized(cell) && !cell.has(Sign::Negotiate))
        .iter()
        .map(claim)
        .collect()
}

/// Whether a preflight was refused for want of credentials.
pub(in crate::causes) fn is_unauthorized(cell: &Cell) -> bool {
    let is_hinted = cell.has(Sign::Challenge) || cell.has(Sign::AsksAuthorization);
    cell.phase == Phase::Preflight
        && !cell.has(Sign::RefusedInWords)
        && !cell.has(Sign::AmazonGateway)
        && match cell.status() {
            Some(401) => true,
            Some(403) => is_hinted || cell.tag == Some("auth-before-cors"),
            _ => false,
        }
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let is_sure = cluster
        .cells()
        .any(|cell| cell.status() == Some(401) || cell.has(Sign::Challenge));
    let confidence = match is_sure {
        true => Confidence::Definite,
        false => Confidence::Likely,
    };
    let host = &cluster.host.name;
    let challenge = match cluster.fact("www-authenticate") {
        Some(value) => format!(" (www-authenticate: {value})"),
        None => String::new(),
    };
    let text = format!(
        "{host} asks for authentication before it looks at CORS: {} answered {}{challenge}, but a browser never sends credentials with a preflight.",
        match cluster.failed() {
            1 => "the preflight was".to_owned(),
            count => format!("{} were", words::count(count, "preflight")),
        },
        cluster.statuses(),
    );
    let mut params = cluster.params();
    if !params.headers.iter().any(|name| name == "authorization")
        && cluster
            .cells()
            .any(|cell| cell.has(Sign::AsksAuthorization))
    {
        params.headers.push("authorization".to_owned());
    }
    cluster.claim(confidence, text).fix(
        fix::ANSWER_PREFLIGHT_BEFORE_AUTH,
        format!("answer OPTIONS with access-control-request-method before authentication on {host}: put the CORS layer first, or exempt preflights from it"),
        params,
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const USERS: &str = "https://api.example.com/users";

    #[test]
    fn preflights_are_unauthorized() {
        let challenge = [("WWW-Authenticate", "Bearer realm=\"api\"")];
        let case = fetch("GET", USERS)
            .asks("authorization")
            .preflight(401, &challenge);
        let cause = first(&[case], "auth-before-cors");
        assert!(
            cause.text.contains("the preflight was answered 401"),
            "{}",
            cause.text
        );
        assert_eq!(cause.fix[0].action, "answer-preflight-before-auth");
        assert_eq!(cause.fix[0].params.headers, ["authorization"]);
    }

    #[test]
    fn silent_when_the_actual_request_is_unauthorized() {
        let case = fetch("GET", USERS)
            .asks("authorization")
            .preflight_ok()
            .answer(401, &[]);
        silent(&[case], "auth-before-cors");
    }
}
