//! A fix as lines that can be copied: header lines that do not fit beside the words before them get lines of their own.

use super::page::{INDENT, Ink, Page};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr as _;

/// Columns by which the header lines stand in from the words.
const IN: usize = 2;

/// Writes `text` behind `label`.
pub(super) fn write<W: Write>(page: &mut Page<W>, label: &str, text: &str) -> io::Result<()> {
    let room = page.prose_width().saturating_sub(INDENT);
    let Some((words, fields)) = cut(text).filter(|_| text.width() > room) else {
        return page.row(label, Ink::Right, text);
    };
    page.row(label, Ink::Right, words)?;
    for field in fields {
        page.spaces(INDENT + IN)?;
        page.wrapped(INDENT + IN, Ink::Right, field)?;
    }
    Ok(())
}

/// The words, and the header lines at the end of `text`: `answer … with  a: b`, `… with status 204 and a: b · c: d`.
fn cut(text: &str) -> Option<(&str, Vec<&str>)> {
    let mut pieces = text.split(" · ");
    let first = pieces.next()?;
    let at = first
        .rfind("  ")
        .or_else(|| first.rfind(" access-control-"))?;
    let (words, field) = first.split_at_checked(at)?;
    let fields: Vec<&str> = std::iter::once(field.trim()).chain(pieces).collect();
    fields
        .iter()
        .all(|field| is_field(field))
        .then_some((words, fields))
}

fn is_field(text: &str) -> bool {
    text.split_once(": ").is_some_and(|(name, value)| {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !name.is_empty() && name.bytes().all(is_name) && !value.is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_lines_at_the_end_are_cut_off() {
        assert_eq!(
            cut(
                "answer OPTIONS /x with status 204 and access-control-allow-origin: a · access-control-allow-methods: PUT"
            ),
            Some((
                "answer OPTIONS /x with status 204 and",
                vec![
                    "access-control-allow-origin: a",
                    "access-control-allow-methods: PUT"
                ]
            ))
        );
        assert_eq!(
            cut("answer GET /x with  vary: origin"),
            Some(("answer GET /x with", vec!["vary: origin"]))
        );
    }

    #[test]
    fn a_header_amid_the_words_stays_there() {
        assert_eq!(cut("send  vary: origin  with every answer: always"), None);
        assert_eq!(cut("open the firewall"), None);
    }
}
