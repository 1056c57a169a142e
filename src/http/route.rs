//! Routes: the path of a URL with the parts that name single things replaced, so that equal work has an equal name.

/// Path segments that count; deeper paths share a route.
const SEGMENTS: usize = 12;
/// Characters of a segment that count.
const SEGMENT_CHARS: usize = 48;

/// The path of an absolute URL, without query and fragment.
pub fn path(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = match after_scheme.find(['/', '?', '#']) {
        Some(start) => after_scheme.get(start..).unwrap_or_default(),
        None => "",
    };
    let end = path.find(['?', '#']).unwrap_or(path.len());
    match path.get(..end) {
        Some("") | None => "/",
        Some(path) => path,
    }
}

/// Writes the route of `url` to `out`, in place of what is there: its path, identifiers replaced by `{id}`.
pub fn write_template(url: &str, out: &mut String) {
    out.clear();
    for segment in path(url).split('/').skip(1).take(SEGMENTS) {
        out.push('/');
        out.push_str(match is_identifier(segment) {
            true => "{id}",
            false => shortened(segment),
        });
    }
}

/// Whether a path segment names one thing of many: a number, a UUID, a hash, a date, a token.
fn is_identifier(segment: &str) -> bool {
    let bytes = segment.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    if bytes.is_empty() || digits == 0 {
        return false;
    }
    let only = |extra: &[u8]| {
        bytes
            .iter()
            .all(|byte| byte.is_ascii_digit() || extra.contains(byte))
    };
    let is_hex = bytes
        .iter()
        .all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    let is_word = bytes
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_=~".contains(byte));
    only(b"-.:,T") || (is_hex && bytes.len() >= 8) || (is_word && bytes.len() >= 16 && digits >= 3)
}

fn shortened(segment: &str) -> &str {
    let end = segment
        .char_indices()
        .nth(SEGMENT_CHARS)
        .map_or(segment.len(), |(index, _)| index);
    segment.get(..end).unwrap_or(segment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_give_way_and_words_stay() {
        let rows = [
            ("https://a.test/users/7?x=1#y", "/users/{id}"),
            (
                "https://a.test/v1/o/3f2b8c1e-0d4a-4b7e-9f00-aabbccddeeff/items",
                "/v1/o/{id}/items",
            ),
            ("https://a.test/report/2026-11-20", "/report/{id}"),
            ("https://a.test/f/deadbeef01.js", "/f/deadbeef01.js"),
            ("https://a.test/api/v2/facade", "/api/v2/facade"),
            ("https://a.test/t/aZ93kdJ20skd93kdLs", "/t/{id}"),
            ("https://a.test", "/"),
            ("https://a.test/", "/"),
            ("https://a.test/items/", "/items/"),
            ("", "/"),
        ];
        for (url, route) in rows {
            let mut out = String::new();
            write_template(url, &mut out);
            assert_eq!(out, route, "{url}");
        }
    }
}
