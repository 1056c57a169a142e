//! # method-not-listed
//!
//! The preflight passes, but its answer does not list the method. Methods are compared byte for byte: `patch` is not
//! `PATCH`, and browsers turn only `DELETE`, `GET`, `HEAD`, `OPTIONS`, `POST` and `PUT` into capitals by themselves.
//!
//! ## Evidence
//! `Access-Control-Request-Method` and `Access-Control-Allow-Methods`.
//!
//! ## What to do
//! Add the method, or write it in capitals in the page's code.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::words;
use crate::finding::{Confidence, MessageKind};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "method-not-listed",
    summary: "the preflight's answer does not list the method",
    file: include_str!("method_not_listed.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    let clusters = open.clusters_by(|cell, _| match cell.rule {
        "preflight-method-not-allowed" => Some(false),
        "preflight-allow-methods-unparsable" => Some(true),
        _ => None,
    });
    clusters
        .iter()
        .map(|(is_unparsable, cluster)| claim(*is_unparsable, cluster))
        .collect()
}

fn claim(is_unparsable: bool, cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let listed = cluster.fact("access-control-allow-methods");
    let methods = cluster.methods();
    let names = words::list(&methods);
    let differs_in_case = methods.iter().find(|method| {
        listed
            .unwrap_or_default()
            .split(',')
            .any(|own| own.trim() != method.as_str() && own.trim().eq_ignore_ascii_case(method))
    });
    let shown = listed.unwrap_or("nothing");
    let text = match differs_in_case {
        _ if is_unparsable => format!(
            "{host} sends access-control-allow-methods: {shown}, which is not a comma-separated list of methods."
        ),
        Some(method) => format!(
            "The page asks {host} for {method} in another case than the server lists ({shown}); methods are compared byte for byte."
        ),
        None if words::lists_all(listed) => format!(
            "{host} lists * in access-control-allow-methods, which does not count for requests with credentials: {names} must be named."
        ),
        None => format!(
            "{host} does not allow {names} across origins: its preflight answer lists {shown}."
        ),
    };
    let claim = cluster.claim(Confidence::Definite, text).show(
        MessageKind::PreflightResponse,
        "access-control-allow-methods",
        listed,
        match is_unparsable {
            true => "not a list of methods".to_owned(),
            false => format!("{names} is not in it"),
        },
    );
    match differs_in_case {
        _ if is_unparsable => claim.fix(
            fix::ADD_METHOD,
            format!(
                "write access-control-allow-methods of {host} as names with commas between them"
            ),
            cluster.params(),
        ),
        Some(method) => claim.fix(
            fix::METHOD_CASE,
            format!(
                "write the method as {} in the page's code",
                method.to_ascii_uppercase()
            ),
            cluster.params(),
        ),
        None => claim.fix(
            fix::ADD_METHOD,
            format!("add {names} to access-control-allow-methods on {host}"),
            cluster.params(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{APP, fetch, first, silent};

    const X: &str = "https://api.example.com/x";
    const FIELDS: [(&str, &str); 2] = [
        ("Access-Control-Allow-Origin", APP),
        ("Access-Control-Allow-Methods", "GET, PATCH"),
    ];

    #[test]
    fn delete_is_not_listed() {
        let cause = first(
            &[fetch("DELETE", X).preflight(204, &FIELDS)],
            "method-not-listed",
        );
        assert_eq!(cause.fix[0].action, "add-method");
    }

    #[test]
    fn patch_in_lower_case() {
        let cause = first(
            &[fetch("patch", X).preflight(204, &FIELDS)],
            "method-not-listed",
        );
        assert!(cause.fix[0].text.contains("PATCH"), "{:?}", cause.fix);
    }

    #[test]
    fn silent_when_it_is_listed() {
        silent(
            &[fetch("PATCH", X).preflight(204, &FIELDS).ok()],
            "method-not-listed",
        );
    }
}
