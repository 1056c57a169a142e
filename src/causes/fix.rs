//! Machine names of what to change (RULES: fix actions), and the sentences that several patterns share.

use super::claim::{Claim, Cluster};
use super::words;
use crate::finding::FixParams;

pub(super) const ADD_HEADER: &str = "add-header";
pub(super) const ADD_METHOD: &str = "add-method";
pub(super) const ALLOW_CREDENTIALS: &str = "allow-credentials";
pub(super) const ALLOW_EMBEDDING: &str = "allow-embedding";
pub(super) const ALLOW_ORIGIN: &str = "allow-origin";
pub(super) const ANSWER_401: &str = "answer-401";
pub(super) const ANSWER_PREFLIGHT: &str = "answer-preflight";
pub(super) const ANSWER_PREFLIGHT_BEFORE_AUTH: &str = "answer-preflight-before-auth";
pub(super) const METHOD_CASE: &str = "method-case";
pub(super) const REMOVE_HEADER: &str = "remove-request-header";
pub(super) const SEND_HEADER: &str = "send-request-header";
pub(super) const DROP_CREDENTIALS: &str = "drop-credentials";
pub(super) const DEDUPE: &str = "dedupe";
pub(super) const DEV_PROXY: &str = "dev-proxy";
pub(super) const EXPOSE: &str = "expose-headers";
pub(super) const HTTPS_API: &str = "https-api";
pub(super) const MAX_AGE: &str = "set-max-age";
pub(super) const CALL_FINAL_URL: &str = "call-final-url";
pub(super) const NORMALISE: &str = "normalise-origin";
pub(super) const REPAIR: &str = "repair";
pub(super) const SEND_CORS_ON_ERRORS: &str = "send-cors-on-errors";
pub(super) const VARY: &str = "vary-origin";
pub(super) const WAF_BYPASS: &str = "waf-bypass-options";

/// Something to repair that no CORS field can mend.
pub(super) fn repair(claim: Claim, text: impl Into<String>) -> Claim {
    claim.fix(REPAIR, text, FixParams::default())
}

/// Send CORS fields on error answers too, with the hint for the server that was seen.
pub(super) fn headers_on_errors(claim: Claim, cluster: &Cluster<'_>) -> Claim {
    let server = cluster.fact("server").unwrap_or_default();
    let hint = match () {
        () if words::has(server, "nginx") || words::has(server, "openresty") => {
            "; in nginx add_header works on errors only with `always`"
        }
        () if words::has(server, "uvicorn") || words::has(server, "hypercorn") => {
            "; in Starlette and FastAPI the 500 of an unhandled exception is made outside of CORSMiddleware: wrap the whole application"
        }
        () if words::has(server, "kestrel") => {
            "; ASP.NET Core's exception handler clears the headers: call UseCors before it"
        }
        () if words::has(server, "haproxy") => "; in HAProxy use http-after-response",
        () if words::has(server, "apache") => "; in Apache use `Header always set`",
        () => "",
    };
    let text = format!("send the CORS headers on error answers as well{hint}");
    claim.fix(SEND_CORS_ON_ERRORS, text, cluster.params())
}

/// Answer `OPTIONS` on the cluster's routes with what was asked for.
pub(super) fn answer_preflight(claim: Claim, cluster: &Cluster<'_>) -> Claim {
    let params = cluster.params();
    let path = params.path.clone().unwrap_or_else(|| "/".to_owned());
    let methods = words::list(&params.methods);
    let headers = match params.headers.is_empty() {
        true => String::new(),
        false => format!(
            " and access-control-allow-headers: {}",
            params.headers.join(", ")
        ),
    };
    let origin = params
        .origins
        .first()
        .map_or("the page's origin", |own| own);
    let text = format!(
        "answer OPTIONS {path}… with 204, access-control-allow-origin: {origin}, access-control-allow-methods: {methods}{headers}, before routing"
    );
    claim.fix(ANSWER_PREFLIGHT, text, params)
}
