//! # expose-gap
//!
//! Answers carry headers that the page seems to need, but scripts may read only a few headers unless
//! `Access-Control-Expose-Headers` names more. Nothing is blocked; the page sees `null` for the header.
//!
//! ## Evidence
//! Two or more answers with such headers (pagination, `Content-Disposition`, `ETag`, rate limits, …) that are not
//! exposed. Whether the page reads them cannot be seen.
//!
//! ## What to do
//! Name them in `Access-Control-Expose-Headers` on the answer itself, not on the preflight's. `*` does not work with
//! credentials.

use crate::causes::claim::{Claim, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::words;
use crate::finding::{Confidence, FixParams};
use std::collections::BTreeSet;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "expose-gap",
    summary: "headers that the page seems to need are not exposed to scripts",
    file: include_str!("expose_gap.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.hosts()
        .filter_map(|host| {
            let cells: Vec<_> = open
                .cells()
                .map(|(_, cell)| cell)
                .filter(|cell| cell.host == host.index && cell.rule.starts_with("expose-"))
                .collect();
            let answers: u64 = cells.iter().map(|cell| cell.span.count).sum();
            let headers: BTreeSet<String> = cells
                .iter()
                .filter_map(|cell| cell.parameter.as_deref())
                .flat_map(|names| names.split(','))
                .map(|name| name.trim().to_owned())
                .collect();
            let headers: Vec<_> = headers.into_iter().collect();
            let text = format!(
                "{} of {} carry {}, which scripts cannot read: they are not exposed.",
                words::count(answers, "answer"),
                host.name,
                words::list(&headers),
            );
            let advice = format!(
                "send access-control-expose-headers: {} on the answers of {}",
                headers.join(", "),
                host.name
            );
            let params = FixParams {
                expose: headers,
                ..FixParams::default()
            };
            (answers >= 2).then(|| {
                Claim::about_host(open, host, Confidence::Possible, text, |cell| {
                    cell.rule.starts_with("expose-")
                })
                .fix(fix::EXPOSE, advice, params)
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::causes::Patterns;
    use crate::causes::testing::{fetch, finding};
    use crate::finding::{Phase, Severity};
    use crate::limits::Limits;

    fn run(count: i64) -> Vec<crate::finding::Cause> {
        let mut patterns = Patterns::new(&Limits::default());
        for n in 0..count {
            let case = fetch("GET", "https://api.example.com/items").at(n).ok();
            let hop = &case.fetch.hops[0];
            let name = Some("x-total-count".to_owned());
            let mut gap = finding(
                &case.fetch,
                hop,
                "expose-headers-missing",
                Phase::Actual,
                name,
            );
            gap.severity = Severity::Depends;
            patterns.observe(&case.fetch, &[gap]);
        }
        patterns.finish()
    }

    #[test]
    fn pagination_cannot_be_read() {
        let causes = run(3);
        assert_eq!(causes[0].cause, "expose-gap");
        assert_eq!(causes[0].fix[0].params.expose, ["x-total-count"]);
        assert_eq!(causes[0].explains.len(), 1);
    }

    #[test]
    fn silent_for_a_single_answer() {
        assert!(run(1).is_empty());
    }
}
