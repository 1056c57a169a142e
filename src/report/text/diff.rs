//! The difference of two origins, so that `http` against `https` or a final slash is seen at once.

use std::ops::Range;

/// The bytes of `got` in which it differs from `wanted`: without the common beginning and end, widened to whole
/// scheme, host label or port. Empty at the end when `got` only lacks something.
pub(super) fn differing(wanted: &str, got: &str) -> Range<usize> {
    let start = got
        .char_indices()
        .zip(wanted.chars())
        .find(|((_, a), b)| a != b)
        .map_or(got.len().min(wanted.len()), |((at, _), _)| at);
    let tail: usize = got
        .get(start..)
        .unwrap_or_default()
        .chars()
        .rev()
        .zip(wanted.get(start..).unwrap_or_default().chars().rev())
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a.len_utf8())
        .sum();
    widen(got, start..got.len().saturating_sub(tail).max(start))
}

/// To the separators around it.
fn widen(text: &str, range: Range<usize>) -> Range<usize> {
    let is_separator = |c: char| matches!(c, ':' | '/' | '.');
    let start = text
        .get(..range.start)
        .and_then(|before| before.rfind(is_separator))
        .map_or(0, |at| at + 1);
    let end = text
        .get(range.end..)
        .and_then(|after| after.find(is_separator))
        .map_or(text.len(), |at| range.end + at);
    start.min(range.start)..end.max(range.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(wanted: &'static str, got: &'static str) -> &'static str {
        &got[differing(wanted, got)]
    }

    #[test]
    fn the_part_that_differs_is_marked_whole() {
        assert_eq!(
            shown("http://localhost:3000", "http://localhost:8080"),
            "8080"
        );
        assert_eq!(shown("https://a.example", "http://a.example"), "http");
        assert_eq!(
            shown("https://app.example.com", "https://www.example.com"),
            "www"
        );
        assert_eq!(shown("https://a.example", "https://a.example/"), "example/");
        assert_eq!(
            shown("http://localhost:1", "http://127.0.0.1:1"),
            "127.0.0.1"
        );
    }
}
