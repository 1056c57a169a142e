//! Sentences with holes: finds `Method {method} is not allowed` in a pasted line and gives what stands in the hole.

/// What stood in the holes, by name.
pub(super) type Holes<'t> = Vec<(&'static str, &'t str)>;

/// Looks for `template` anywhere in `text`. Holes take as little as possible; a hole at the end takes a word.
///
/// Letters must match; what stands before the first and after the last piece does not matter.
pub(super) fn find<'t>(template: &'static str, text: &'t str) -> Option<Holes<'t>> {
    let mut holes = Vec::new();
    let mut rest = text;
    let mut open: Option<&'static str> = None;
    for (index, part) in template.split(['{', '}']).enumerate() {
        let is_hole = index % 2 == 1;
        if is_hole {
            open = Some(part);
            continue;
        }
        if part.is_empty() {
            continue;
        }
        let at = rest.find(part)?;
        let (before, after) = rest.split_at_checked(at)?;
        if let Some(name) = open.take() {
            holes.push((name, before));
        }
        rest = after.get(part.len()..)?;
    }
    if let Some(name) = open {
        let end = rest
            .find(|c: char| c.is_whitespace() || c == ')')
            .unwrap_or(rest.len());
        let word = rest.get(..end)?.trim_end_matches(['.', ',', ';']);
        holes.push((name, word));
    }
    Some(holes)
}

/// One spelling for all quotes and white space: browsers print typographic quotes, chat programs change them again.
pub(super) fn plain(text: &str) -> String {
    let text = text
        .replace(['‘', '’', '`', '´'], "'")
        .replace(['“', '”'], "\"");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_filled_from_the_line() {
        assert_eq!(
            find(
                "at '{url}' from origin '{origin}'",
                "Access at 'https://a' from origin 'null' was"
            ),
            Some(vec![("url", "https://a"), ("origin", "null")])
        );
        assert_eq!(
            find("Status code: {status}", "x. Status code: 404."),
            Some(vec![("status", "404")])
        );
        assert_eq!(find("Method {method} is not", "Method PUT is"), None);
    }

    #[test]
    fn quotes_and_spaces_do_not_matter() {
        assert_eq!(
            plain("header ‘Access-Control-Allow-Origin’\u{a0} missing\n"),
            "header 'Access-Control-Allow-Origin' missing"
        );
    }
}
