//! The difference of two origins, so that `http` against `https` or a final slash is seen at once.

use std::ops::Range;

/// The parts of `got` that differ from `wanted`: scheme, host labels, port, and whatever an origin does not have. The
/// whole where it only lacks something.
pub(super) fn differing(wanted: &str, got: &str) -> Vec<Range<usize>> {
    let (Some(want), Some(have)) = (Parts::of(wanted), Parts::of(got)) else {
        return whole(got);
    };
    let text = |range: &Range<usize>| got.get(range.clone()).unwrap_or_default();
    let wanted = |range: &Range<usize>| wanted.get(range.clone()).unwrap_or_default();
    let mut marked = Vec::new();
    if text(&have.scheme) != wanted(&want.scheme) {
        marked.push(have.scheme.clone());
    }
    if text(&have.host) != wanted(&want.host) {
        let own = own_labels(text(&have.host), wanted(&want.host));
        marked.push(have.host.start..have.host.start + own);
    }
    if text(&have.port) != wanted(&want.port) {
        marked.push(have.port.clone());
    }
    marked.push(have.rest);
    marked.retain(|range| !range.is_empty());
    match marked.is_empty() {
        true => whole(got),
        false => marked,
    }
}

fn whole(text: &str) -> Vec<Range<usize>> {
    std::iter::once(0..text.len()).collect()
}

/// Bytes of `host` before the labels that it shares with `wanted`; all of it where it has none of its own.
fn own_labels(host: &str, wanted: &str) -> usize {
    let shared = host
        .rsplit('.')
        .zip(wanted.rsplit('.'))
        .take_while(|(a, b)| a == b);
    let shared: usize = shared.map(|(label, _)| label.len() + 1).sum();
    match host.len().saturating_sub(shared) {
        0 => host.len(),
        own => own,
    }
}

/// Where the parts of an origin stand.
struct Parts {
    scheme: Range<usize>,
    host: Range<usize>,
    port: Range<usize>,
    rest: Range<usize>,
}

impl Parts {
    fn of(text: &str) -> Option<Self> {
        let scheme = text.find("://")?;
        let start = scheme + 3;
        let after = text.get(start..)?;
        let end = start + after.find(['/', '?', '#']).unwrap_or(after.len());
        let authority = text.get(start..end)?;
        // The colons of an IPv6 address stand in brackets.
        let bare = authority.rfind(']').map_or(0, |at| at + 1);
        let colon = authority.get(bare..)?.rfind(':').map(|at| bare + at);
        let host = start..start + colon.unwrap_or(authority.len());
        Some(Self {
            scheme: 0..scheme,
            port: colon.map_or(end, |at| start + at + 1)..end,
            host,
            rest: end..text.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown<'t>(wanted: &str, got: &'t str) -> Vec<&'t str> {
        let ranges = differing(wanted, got).into_iter();
        ranges.map(|range| &got[range]).collect()
    }

    #[test]
    fn each_part_that_differs_is_marked_whole() {
        for (wanted, got, marked) in [
            (
                "http://localhost:3000",
                "http://localhost:8080",
                &["8080"][..],
            ),
            ("https://a.example", "http://a.example", &["http"]),
            (
                "https://app.example.com",
                "https://www.example.com",
                &["www"],
            ),
            ("https://a.example", "https://a.example/", &["/"]),
            ("http://localhost:1", "http://127.0.0.1:1", &["127.0.0.1"]),
            (
                "http://shop.test",
                "https://www.shop.test",
                &["https", "www"],
            ),
            ("http://[::1]:1", "http://[::1]:2", &["2"]),
        ] {
            assert_eq!(shown(wanted, got), marked, "{got}");
        }
    }

    #[test]
    fn what_lacks_something_is_marked_as_a_whole() {
        for (wanted, got, marked) in [
            ("http://www.shop.test", "http://shop.test", "shop.test"),
            (
                "http://localhost:3000",
                "http://localhost",
                "http://localhost",
            ),
            ("null", "http://a.example", "http://a.example"),
        ] {
            assert_eq!(shown(wanted, got), [marked], "{got}");
        }
    }
}
