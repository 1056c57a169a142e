//! Routes: a URL's path with the parts that name single things replaced, so that equal work has an equal name.

/// Writes the route of `url` to `out`: its path, without query, identifiers replaced by `{id}`.
pub(super) fn template(url: &str, out: &mut String) {
    out.clear();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find('/').and_then(|start| rest.get(start..));
    let path = path.unwrap_or("/");
    let end = path.find(['?', '#']).unwrap_or(path.len());
    let path = path.get(..end).unwrap_or(path);
    for segment in path.split('/').skip(1).take(SEGMENTS) {
        out.push('/');
        match is_identifier(segment) {
            true => out.push_str("{id}"),
            false => out.push_str(shortened(segment)),
        }
    }
    if out.is_empty() {
        out.push('/');
    }
}

/// Whether a path segment names one thing of many: a number, a UUID, a hash, a date, a token.
fn is_identifier(segment: &str) -> bool {
    let digits = segment.bytes().filter(u8::is_ascii_digit).count();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if digits == 0 || !segment.bytes().all(plain) {
        return false;
    }
    let is_hex = segment
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    digits == segment.bytes().filter(|byte| *byte != b'-').count()
        || (is_hex && segment.len() >= 8)
        || (segment.len() >= 16 && digits >= 3)
}

fn shortened(segment: &str) -> &str {
    let end = segment
        .char_indices()
        .nth(SEGMENT_CHARS)
        .map_or(segment.len(), |(index, _)| index);
    segment.get(..end).unwrap_or(segment)
}

/// Path segments that count; deeper paths share a route.
const SEGMENTS: usize = 12;
/// Characters of a segment that count.
const SEGMENT_CHARS: usize = 48;

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
            template(url, &mut out);
            assert_eq!(out, route, "{url}");
        }
    }
}
