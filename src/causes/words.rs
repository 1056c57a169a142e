//! Phrases for the reader: counts, lists, durations.

use std::fmt::Write as _;
use std::time::Duration;

/// `a`, `a and b`, `a, b and c`; beyond five items the rest is counted.
pub(super) fn list<T: AsRef<str>>(items: &[T]) -> String {
    let (shown, rest) = match items.len() {
        0..=5 => (items, 0),
        count => (items.get(..4).unwrap_or_default(), count - 4),
    };
    let mut text = String::new();
    for (index, item) in shown.iter().enumerate() {
        let is_last = index + 1 == shown.len() && rest == 0;
        text.push_str(match index {
            0 => "",
            _ if is_last => " and ",
            _ => ", ",
        });
        text.push_str(item.as_ref());
    }
    if rest > 0 {
        let _ = write!(text, " and {rest} more");
    }
    text
}

/// `1 request`, `3 requests`.
pub(super) fn count(number: u64, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}

/// `the only answer`, `all 14 answers`, `13 of 14 answers`.
pub(super) fn share(part: u64, whole: u64, what: &str) -> String {
    match (part, whole) {
        (1, 1) => format!("the only {what}"),
        _ if part == whole => format!("all {whole} {what}s"),
        _ => format!("{part} of {whole} {what}s"),
    }
}

/// `380 µs`, `38 ms`, `2.4 s`, `61 s`, `5 min`.
pub(super) fn duration(time: Duration) -> String {
    let millis = time.as_millis();
    match millis {
        0 => format!("{} µs", time.as_micros()),
        1..1000 => format!("{millis} ms"),
        1000..10_000 => format!("{:.1} s", time.as_secs_f64()),
        10_000..300_000 => format!("{:.0} s", time.as_secs_f64()),
        _ => format!("{} min", time.as_secs() / 60),
    }
}

/// `380 bytes`, `12 KB`, `2.4 MB`.
pub(super) fn bytes(size: u64) -> String {
    match size {
        0..1000 => format!("{size} bytes"),
        1000..1_000_000 => format!("{} KB", size / 1000),
        _ => format!("{}.{} MB", size / 1_000_000, size / 100_000 % 10),
    }
}

/// `part` of `whole` in percent, rounded down.
pub(super) fn percent(part: u64, whole: u64) -> u64 {
    part.saturating_mul(100).checked_div(whole).unwrap_or(0)
}

/// The first characters of a text on one line, without markup noise.
pub(super) fn head(text: &str, chars: usize) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.chars().nth(chars).is_some() {
            line = line.chars().take(chars).collect();
            line.push('…');
            break;
        }
    }
    line
}

/// Whether `text` contains `part`, ASCII case aside.
pub(super) fn has(text: &str, part: &str) -> bool {
    !part.is_empty()
        && text
            .as_bytes()
            .windows(part.len())
            .any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

/// Whether a list holds `*`, which counts for requests without credentials only.
pub(super) fn lists_all(list: Option<&str>) -> bool {
    list.is_some_and(|list| list.split(',').any(|own| own.trim() == "*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_read_naturally() {
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(
            list(&["a", "b", "c", "d", "e", "f"]),
            "a, b, c, d and 2 more"
        );
        assert_eq!(share(1, 1, "answer"), "the only answer");
        assert_eq!(share(3, 3, "answer"), "all 3 answers");
        assert_eq!(share(2, 3, "answer"), "2 of 3 answers");
        assert_eq!(duration(Duration::from_millis(38)), "38 ms");
        assert_eq!(duration(Duration::from_millis(60_020)), "60 s");
        assert_eq!(bytes(2_450_000), "2.4 MB");
        assert_eq!(head("<html>\n  <b>Bad   gateway</b>", 12), "<html> <b>Ba…");
        assert!(has("X-Cache: HIT", "hit") && !has("", "hit"));
    }
}
