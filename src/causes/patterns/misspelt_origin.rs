//! # misspelt-origin
//!
//! The server means to allow this origin, but spells it so that no browser can match it: with a slash or path at the
//! end, capital letters, without a scheme, with a `*` inside, or the word `undefined` of an unset variable.
//!
//! ## Evidence
//! The value of `Access-Control-Allow-Origin`, compared byte for byte with the origin.
//!
//! ## What to do
//! Write the origin as the browser sends it: `https://app.example.com`. Patterns must be resolved by the server, which
//! then answers with the one origin that asked.

use crate::causes::cell::Cell;
use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::fetch::Difference;
use crate::finding::Confidence;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "misspelt-origin",
    summary: "the allowed origin is spelt so that no browser can match it",
    file: include_str!("misspelt_origin.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| is_misspelt(cell))
        .iter()
        .map(claim)
        .collect()
}

fn is_misspelt(cell: &Cell) -> bool {
    if cell.rule.ends_with("allow-origin-invalid") {
        return true;
    }
    let value = cell.fact("access-control-allow-origin");
    cell.rule.ends_with("mismatch")
        && value.is_some_and(|value| {
            matches!(
                Difference::between(value, &cell.origin),
                Difference::HostCase
                    | Difference::Path
                    | Difference::TrailingSlash
                    | Difference::WildcardPattern
            )
        })
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let value = cluster.fact("access-control-allow-origin").unwrap_or("");
    let origin = cluster.origins().into_iter().next().unwrap_or_default();
    let is_invalid = cluster.cells().all(|cell| cell.rule.ends_with("invalid"));
    let why = match is_invalid {
        true if matches!(value, "undefined" | "null" | "None" | "") => {
            "a variable of the configuration is not set"
        }
        true => "it is no origin; the scheme may be missing",
        false => Difference::between(value, &origin).text(),
    };
    let text = format!(
        "{host} sends access-control-allow-origin: {value}, which can never match {origin}: {why}."
    );
    cluster.claim(Confidence::Definite, text).fix(
        fix::NORMALISE,
        format!("write the origin in the configuration of {host} exactly as {origin}"),
        cluster.params(),
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};

    const X: &str = "https://api.example.com/x";

    fn answered(value: &str) -> crate::causes::testing::Case {
        fetch("GET", X).answer(200, &[("Access-Control-Allow-Origin", value)])
    }

    #[test]
    fn a_slash_at_the_end() {
        let cause = first(&[answered("https://app.example.com/")], "misspelt-origin");
        assert!(cause.text.contains("no slash at its end"), "{}", cause.text);
    }

    #[test]
    fn an_unset_variable() {
        assert!(
            first(&[answered("undefined")], "misspelt-origin")
                .text
                .contains("not set")
        );
    }

    #[test]
    fn silent_for_another_site() {
        silent(&[answered("https://other.example.org")], "misspelt-origin");
    }
}
