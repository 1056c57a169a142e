//! # slow-preflight
//!
//! Preflights are slow, about as slow as the requests that they delay. Nothing fails; users wait twice.
//!
//! ## Evidence
//! At least ten preflights; 95 % of them take more than 300 ms and more than 0.8 of the requests' own time; or most of
//! their time goes into connecting, since browsers use another connection for requests without credentials.
//!
//! ## What to do
//! Answer `OPTIONS` at the edge (CDN, gateway) instead of the application, and keep the answers:
//! `Access-Control-Max-Age: 7200`.

use crate::causes::claim::{Claim, Open};
use crate::causes::fix;
use crate::causes::host::Host;
use crate::causes::registry::PatternInfo;
use crate::causes::words;
use crate::finding::{Confidence, FixParams};
use std::time::Duration;

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "slow-preflight",
    summary: "preflights take as long as the requests that they delay",
    file: include_str!("slow_preflight.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.hosts()
        .filter(|host| is_slow(host))
        .map(|host| claim(open, host))
        .collect()
}

fn is_slow(host: &Host) -> bool {
    let own = host.preflight_times.percentile(95);
    let others = host.actual_times.percentile(95);
    host.preflight_times.count() >= 10
        && own > Duration::from_millis(300)
        && own.saturating_mul(10) > others.saturating_mul(8)
}

fn claim(open: Open<'_>, host: &Host) -> Claim {
    let times = &host.preflight_times;
    let connects = host.preflight_connect.saturating_mul(2) > times.total();
    let why = match connects {
        true => "; most of it goes into connecting",
        false => "",
    };
    let text = format!(
        "Preflights to {} take {} (95 % of {}), the requests themselves {}{why}.",
        host.name,
        words::duration(times.percentile(95)),
        words::count(times.count(), "preflight"),
        words::duration(host.actual_times.percentile(95)),
    );
    Claim::about_host(open, host, Confidence::Definite, text, |_| false).fix(
        fix::MAX_AGE,
        format!(
            "answer OPTIONS at the edge in front of {}, and send access-control-max-age: 7200",
            host.name
        ),
        FixParams::default(),
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{Case, causes, fetch, silent};
    use std::sync::Arc;
    use std::time::Duration;

    fn call(n: i64, millis: u64) -> Case {
        let mut case = fetch("PUT", "https://api.example.com/x")
            .at(n)
            .preflight_ok()
            .ok();
        let preflight = Arc::make_mut(&mut case.fetch.hops[0].preflights[0]);
        preflight.duration = Some(Duration::from_millis(millis));
        case
    }

    #[test]
    fn half_a_second_before_each_call() {
        let cases: Vec<_> = (0..12).map(|n| call(n, 500)).collect();
        let causes = causes(&cases);
        assert_eq!(causes[0].cause, "slow-preflight");
        assert!(
            causes[0].text.contains("95 % of 12 preflights"),
            "{}",
            causes[0].text
        );
    }

    #[test]
    fn silent_when_they_are_fast() {
        let cases: Vec<_> = (0..12).map(|n| call(n, 20)).collect();
        silent(&cases, "slow-preflight");
    }
}
