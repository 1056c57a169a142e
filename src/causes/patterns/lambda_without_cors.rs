//! # lambda-without-cors
//!
//! Amazon's API Gateway answers the preflight from its own configuration, but with a proxy integration it adds nothing
//! to the function's answers: each return of the function, errors included, must carry the CORS headers itself.
//!
//! ## Evidence
//! Answers with `x-amzn-…`, `x-amz-apigw-id` or `apigw-requestid` and without `Access-Control-Allow-Origin`, although
//! the preflight passed.
//!
//! ## What to do
//! Return the headers from the function on every path, and set the gateway responses `DEFAULT_4XX` and `DEFAULT_5XX`
//! for errors that API Gateway makes itself. For errors, look at the status first: it is the fault.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::Sign;
use crate::finding::Confidence;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "lambda-without-cors",
    summary: "a Lambda function behind API Gateway does not send the CORS headers itself",
    file: include_str!("lambda_without_cors.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| {
        cell.is_actual() && cell.lacks_origin() && cell.has(Sign::AmazonGateway)
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let is_error = cluster
        .cells()
        .all(|cell| cell.status().is_some_and(|status| status >= 400));
    let passed = match cluster.cells().any(|cell| cell.has(Sign::PreflightPassed)) {
        true => ", which API Gateway adds to the preflight only",
        false => "",
    };
    let text = match is_error {
        true => format!(
            "The real fault is the {} of the function behind {host}; its answer carries no CORS headers{passed}.",
            cluster.statuses()
        ),
        false => format!(
            "The function behind {host} sends no CORS headers{passed}: with a Lambda proxy integration it must add them itself."
        ),
    };
    let confidence = match passed.is_empty() {
        true => Confidence::Likely,
        false => Confidence::Definite,
    };
    cluster.claim(confidence, text).fix(
        fix::SET_ALLOW_ORIGIN,
        "return the CORS headers from the function on every path, errors included, and set the gateway responses DEFAULT_4XX and DEFAULT_5XX",
        cluster.params(),
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const X: &str = "https://a1.execute-api.eu-west-1.amazonaws.com/prod/x";

    #[test]
    fn the_function_answers_400() {
        let case = fetch("POST", X)
            .asks("content-type")
            .preflight_ok()
            .answer(400, &[("x-amzn-RequestId", "1")]);
        let cause = first(&[case], "lambda-without-cors");
        assert!(
            cause.text.contains("the 400 of the function"),
            "{}",
            cause.text
        );
    }

    #[test]
    fn silent_elsewhere() {
        let case = fetch("POST", X)
            .preflight_ok()
            .answer(400, &[("Server", "nginx")]);
        silent(&[case], "lambda-without-cors");
    }
}
