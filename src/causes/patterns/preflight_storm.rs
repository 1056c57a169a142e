//! # preflight-storm
//!
//! A large share of all requests are preflights, and users wait for them: each costs one round trip before the request
//! may go. Nothing fails; it is slow.
//!
//! ## Evidence
//! At least 20 preflights to a host that make up 40 % or more of the requests, or preflights of the same request
//! repeated within ten minutes. Recordings with "disable cache" do not count. The report gives the time that preflights
//! cost in all, half of them and 95 % of them.
//!
//! ## What to do
//! `Access-Control-Max-Age: 7200` (Chromium's maximum; Safari keeps 600) where it is missing or 0. If every URL is new
//! (identifiers in path or query) no cache can help: serve the API under the page's own origin, or make the requests
//! simple. List `Authorization` by name instead of `*`: Chromium does not cache such a preflight otherwise.

use crate::causes::claim::{Claim, Open};
use crate::causes::fix;
use crate::causes::host::Host;
use crate::causes::registry::PatternInfo;
use crate::causes::words;
use crate::finding::{Confidence, FixParams, MessageKind};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "preflight-storm",
    summary: "preflights make up a large share of all requests and cost time",
    file: include_str!("preflight_storm.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.hosts()
        .filter(|host| is_storm(host))
        .map(|host| claim(open, host))
        .collect()
}

fn is_storm(host: &Host) -> bool {
    let preflights = host.fresh.saturating_add(host.repeated);
    let share = words::percent(preflights, preflights.saturating_add(actuals(host)));
    let cache_was_off = host.no_cache.saturating_mul(2) > host.seen.count;
    let passing = host.preflights.sum(|_| true).with;
    passing >= 20 && (share >= 40 || host.repeated >= 20) && !cache_was_off
}

fn actuals(host: &Host) -> u64 {
    host.answers.sum(|_| true).count()
}

fn claim(open: Open<'_>, host: &Host) -> Claim {
    let preflights = host.fresh.saturating_add(host.repeated);
    let times = &host.preflight_times;
    let cost = match times.count() {
        0 => String::new(),
        _ => format!(
            " They cost {} in all (half of them {} or less, 95 % {} or less).",
            words::duration(times.total()),
            words::duration(times.percentile(50)),
            words::duration(times.percentile(95)),
        ),
    };
    let (reason, advice) = reason(host);
    let share = words::percent(preflights, preflights.saturating_add(actuals(host)));
    let text = format!(
        "{preflights} of {} requests to {} are preflights ({share} %): {reason}.{cost}",
        preflights.saturating_add(actuals(host)),
        host.name,
    );
    Claim::about_host(open, host, Confidence::Definite, text, |cell| {
        cell.rule == "max-age-missing"
    })
    .show(
        MessageKind::Recorded,
        ":preflights",
        Some(&preflights.to_string()),
        format!("{} repeat an earlier one within ten minutes", host.repeated),
    )
    .fix(fix::MAX_AGE, advice, FixParams::default())
}

/// Why the browser could not spare them, and what to do.
fn reason(host: &Host) -> (String, String) {
    let name = &host.name;
    let missing = host.max_ages.get("").map_or(0, |row| row.passed.count);
    let zero = host.max_ages.get("0").map_or(0, |row| row.passed.count);
    let passing = host.preflights.sum(|_| true).with;
    match () {
        () if host.starred_authorization.saturating_mul(2) > passing => (
            "authorization is allowed only by `*`, and Chromium does not cache that".to_owned(),
            format!("list authorization by name in access-control-allow-headers on {name}"),
        ),
        () if host.repeated.saturating_mul(4) < host.fresh => (
            "almost every URL is new, so no preflight cache can help".to_owned(),
            format!(
                "serve {name} under the page's own origin, or move identifiers from the URL to the body"
            ),
        ),
        () if missing.saturating_mul(2) > passing => (
            "access-control-max-age is missing, so browsers keep the answer 5 seconds at most"
                .to_owned(),
            format!("send access-control-max-age: 7200 on preflight answers of {name}"),
        ),
        () if zero.saturating_mul(2) > passing => (
            "access-control-max-age is 0".to_owned(),
            format!("send access-control-max-age: 7200 on preflight answers of {name}"),
        ),
        () => (
            "the same ones are repeated although the answer may be kept".to_owned(),
            format!(
                "check that access-control-max-age of {name} is long enough, and that requests of one URL do not differ in method or headers"
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{Case, causes, fetch, silent};

    fn calls(count: i64, step: i64) -> Vec<Case> {
        (0..count)
            .map(|n| {
                fetch("PUT", "https://api.example.com/x")
                    .at(n * step)
                    .preflight_ok()
                    .ok()
            })
            .collect()
    }

    #[test]
    fn one_preflight_for_each_call() {
        let causes = causes(&calls(30, 10));
        assert_eq!(causes[0].cause, "preflight-storm");
        assert!(
            causes[0].text.starts_with("30 of 60 requests to https://api.example.com are preflights (50 %): access-control-max-age is missing"),
            "{}", causes[0].text
        );
        assert!(
            causes[0].text.contains("They cost 1.2 s in all"),
            "{}",
            causes[0].text
        );
    }

    #[test]
    fn every_url_is_new() {
        let cases: Vec<_> = (0..30)
            .map(|n| {
                fetch("PUT", &format!("https://api.example.com/x/{n}"))
                    .at(n)
                    .preflight_ok()
                    .ok()
            })
            .collect();
        assert!(causes(&cases)[0].text.contains("almost every URL is new"));
    }

    #[test]
    fn silent_when_the_cache_was_disabled() {
        let cases: Vec<_> = calls(30, 10)
            .into_iter()
            .map(|case| case.request(&[("Cache-Control", "no-cache"), ("Pragma", "no-cache")]))
            .collect();
        silent(&cases, "preflight-storm");
    }

    #[test]
    fn silent_for_a_few() {
        silent(&calls(10, 10), "preflight-storm");
    }
}
