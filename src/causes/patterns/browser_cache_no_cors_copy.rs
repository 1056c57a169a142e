//! # browser-cache-no-cors-copy
//!
//! The browser's own cache holds a copy that was loaded without CORS (an `<img>`, a style sheet, a prefetch, a visit) and
//! answers the CORS request with it. A hard reload "mends" it.
//!
//! ## Evidence
//! An earlier load of the same URL whose answer had no usable `Access-Control-Allow-Origin`, and a failing request that
//! was answered from the cache, revalidated with 304, or never reached the network.
//!
//! ## What to do
//! Send `Access-Control-Allow-Origin` also to requests without `Origin`, or `Vary: Origin` on every answer; in the page,
//! put `crossorigin` on the tag that loads it first.

use crate::causes::claim::{Claim, Cluster, Open};
use crate::causes::fix;
use crate::causes::registry::PatternInfo;
use crate::causes::signs::{NetFault, Sign};
use crate::finding::{Confidence, Phase};

pub(in crate::causes) static PATTERN: PatternInfo = PatternInfo {
    name: "browser-cache-no-cors-copy",
    summary: "the browser's cache answers with a copy that was loaded without CORS",
    file: include_str!("browser_cache_no_cors_copy.rs"),
    find,
};

fn find(open: Open<'_>) -> Vec<Claim> {
    open.clusters(|cell, _| {
        cell.phase != Phase::Preflight
            && cell.key.fault == NetFault::None
            && cell.has(Sign::StoredWithoutOrigin)
            && (cell.has(Sign::FromBrowserCache) || cell.has(Sign::Unanswered))
    })
    .iter()
    .map(claim)
    .collect()
}

fn claim(cluster: &Cluster<'_>) -> Claim {
    let host = &cluster.host.name;
    let how = match cluster.cells().any(|cell| cell.status() == Some(304)) {
        true => "was only revalidated (304)",
        false => "came from the browser's cache",
    };
    let text = format!(
        "The failing answer of {host} {how}: the stored copy was loaded before without CORS, so it has no usable access-control-allow-origin."
    );
    cluster.claim(Confidence::Likely, text).fix(
        fix::VARY,
        format!("let {host} send access-control-allow-origin (or Vary: Origin) also to requests without Origin; put crossorigin on the tag that loads the URL first"),
        cluster.params(),
    )
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{fetch, first, silent};
    use crate::cors::{Fate, StoredCopy};
    use crate::http::Locator;
    use crate::time::Timestamp;

    const IMG: &str = "https://cdn.example.net/a.png";

    fn copy() -> StoredCopy {
        StoredCopy {
            locator: Locator::Har { entry: 3 },
            started: Timestamp(0),
            status: 200,
            allow_origin: None,
            cache_control: Some("max-age=600".into()),
            varies_by_origin: false,
            with_origin: false,
        }
    }

    #[test]
    fn an_image_was_loaded_before() {
        let case = fetch("GET", IMG).stored(copy()).fate(Fate::Refused);
        first(&[case], "browser-cache-no-cors-copy");
    }

    #[test]
    fn silent_when_the_server_itself_answered() {
        silent(
            &[fetch("GET", IMG).stored(copy()).answer(200, &[])],
            "browser-cache-no-cors-copy",
        );
    }
}
