//! # two-layers
//!
//! Two layers add CORS headers to the same answer, usually a reverse proxy and the application behind it. Browsers want
//! exactly one `Access-Control-Allow-Origin` with one value, even if both values are equal.
//!
//! ## Evidence
//! The field stands in the answer twice, or one line lists several values. `Server` and `Via` show the outer layer.
//!
//! ## What to do
//! Decide for one layer and remove the header from the other: in nginx `proxy_hide_header` before `add_header`, in
//! ingress annotations `enable-cors: "false"`, on Azure either the platform's list or the application's.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::Sign;
use crate::finding::{Confidence, MessageKind};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "two-layers",
    summary: "a proxy and the application both add Access-Control-Allow-Origin",
    file: include_str!("two_layers.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| cell.has(Sign::AllowsSeveral))
        .iter()
        .map(claim)
        .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let values: Vec<_> = cluster
        .cells()
        .next()
        .into_iter()
        .flat_map(|cell| &cell.sample)
        .filter(|fact| fact.field == "access-control-allow-origin")
        .map(|fact| &*fact.value)
        .collect();
    let layers = match (cluster.fact("server"), cluster.fact("via")) {
        (Some(server), _) => format!("{server} and the application behind it"),
        (None, Some(via)) => format!("the proxy ({via}) and the application behind it"),
        (None, None) => "a proxy and the application behind it".to_owned(),
    };
    let host = &cluster.host.name;
    let (confidence, text) = match values.as_slice() {
        [one] => (
            Confidence::Likely,
            format!(
                "{host} sends several origins in one access-control-allow-origin ({one}); a browser accepts exactly one. Either two layers were merged ({layers}) or a list was configured."
            ),
        ),
        [one, other, ..] => (
            Confidence::Definite,
            format!(
                "Access-control-allow-origin is set twice in answers of {host} (`{one}` and `{other}`{}): probably by {layers}. A browser accepts exactly one.",
                match one == other {
                    true => ", equal",
                    false => "",
                }
            ),
        ),
        [] => (
            Confidence::Likely,
            format!(
                "Two layers set access-control-allow-origin in answers of {host}: probably {layers}."
            ),
        ),
    };
    cluster
        .claim(confidence, text)
        .show(
            MessageKind::Recorded,
            ":layers",
            Some(&layers),
            "who may have set it",
        )
        .fix(
            fix::DEDUPE,
            "let one layer set the CORS headers and remove them from the other",
            cluster.params(),
        )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{APP, fetch, first, silent};

    #[test]
    fn the_field_stands_there_twice() {
        let field = "Access-Control-Allow-Origin";
        let case = fetch("GET", "https://api.example.com/x")
            .answer(200, &[("Server", "nginx"), (field, APP), (field, "*")]);
        let cause = first(&[case], "two-layers");
        assert!(
            cause.text.contains("nginx and the application"),
            "{}",
            cause.text
        );
    }

    #[test]
    fn silent_for_one_wrong_value() {
        let fields = [("Access-Control-Allow-Origin", "https://other.example.com")];
        let case = fetch("GET", "https://api.example.com/x").answer(200, &fields);
        silent(&[case], "two-layers");
    }
}
