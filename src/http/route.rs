//! Routes: the path of a URL with the parts that name single things replaced, so that equal work has an equal name.

/// Path segments that count; deeper paths share a route.
const SEGMENTS: usize = 12;
/// Characters of a segment that count.
const SEGMENT_CHARS: usize = 48;
/// What stands for a part that names a single thing.
const IDENTIFIER: &str = "{id}";

/// The path of an absolute URL, without query and fragment.
pub fn path(url: &str) -> &str {
    let rest = behind_authority(url);
    let end = rest.bytes().position(|byte| matches!(byte, b'?' | b'#'));
    match rest.get(..end.unwrap_or(rest.len())) {
        Some("") | None => "/",
        Some(path) => path,
    }
}

/// Writes the route of `url` to `out`, in place of what is there: its path, identifiers replaced by `{id}`.
pub fn write_template(url: &str, out: &mut String) {
    out.clear();
    push_template(url, out);
}

/// The same behind what is there.
pub fn push_template(url: &str, out: &mut String) {
    let mut rest = behind_authority(url);
    if !rest.starts_with('/') {
        return out.push('/');
    }
    for _ in 0..SEGMENTS {
        let Some(segments) = rest.strip_prefix('/') else {
            break;
        };
        let shape = Shape::of_first(segments);
        let (segment, tail) = segments.split_at_checked(shape.len).unwrap_or_default();
        out.push('/');
        out.push_str(match shape.is_identifier() {
            true => IDENTIFIER,
            false => shortened(segment),
        });
        rest = tail;
    }
}

/// Path, query and fragment.
fn behind_authority(url: &str) -> &str {
    // Byte by byte: what is looked for stands within a few dozen.
    let mut colons = url.bytes().enumerate().filter(|(_, byte)| *byte == b':');
    let scheme = colons.find_map(|(at, _)| url.get(at..)?.strip_prefix("://"));
    let rest = scheme.unwrap_or(url);
    let is_end = |byte: u8| matches!(byte, b'/' | b'?' | b'#');
    let end = rest.bytes().position(is_end).unwrap_or(rest.len());
    rest.get(end..).unwrap_or_default()
}

/// What a segment is made of.
struct Shape {
    len: usize,
    digits: usize,
    /// Kinds that all of its bytes are of.
    kinds: u8,
}

impl Shape {
    /// Of what stands before the next slash or the end of the path.
    fn of_first(segments: &str) -> Self {
        let mut shape = Self {
            len: 0,
            digits: 0,
            kinds: u8::MAX,
        };
        for byte in segments.bytes() {
            let kinds = KINDS.get(usize::from(byte)).copied().unwrap_or_default();
            if kinds & END != 0 {
                break;
            }
            shape.len += 1;
            shape.digits += usize::from(kinds & DIGIT != 0);
            shape.kinds &= kinds;
        }
        shape
    }

    /// Whether it names one thing of many: a number, a UUID, a hash, a date, a token.
    fn is_identifier(&self) -> bool {
        let is_all = |kind| self.kinds & kind != 0;
        self.digits > 0
            && (is_all(DATE)
                || is_all(HEX) && self.len >= 8
                || is_all(WORD) && self.len >= 16 && self.digits >= 3)
    }
}

const DIGIT: u8 = 1;
/// Of numbers, dates and times.
const DATE: u8 = 2;
/// Of hashes and UUIDs.
const HEX: u8 = 4;
/// Of tokens.
const WORD: u8 = 8;
/// Behind a segment.
const END: u8 = 16;

const KINDS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = match byte as u8 {
            b'0'..=b'9' => DIGIT | DATE | HEX | WORD,
            b'-' => DATE | HEX | WORD,
            b'T' => DATE | WORD,
            b'.' | b':' | b',' => DATE,
            b'a'..=b'f' | b'A'..=b'F' => HEX | WORD,
            b'/' | b'?' | b'#' => END,
            b'g'..=b'z' | b'G'..=b'Z' | b'_' | b'=' | b'~' => WORD,
            _ => 0,
        };
        byte += 1;
    }
    table
};

fn shortened(segment: &str) -> &str {
    if segment.len() <= SEGMENT_CHARS {
        return segment;
    }
    let end = segment
        .char_indices()
        .nth(SEGMENT_CHARS)
        .map_or(segment.len(), |(index, _)| index);
    segment.get(..end).unwrap_or(segment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
            ("https://a.test//x", "//x"),
            ("https://a.test?x=/1/", "/"),
            ("a.test/T-1:00", "/{id}"),
            ("", "/"),
        ];
        for (url, route) in rows {
            let mut out = String::new();
            write_template(url, &mut out);
            assert_eq!(out, route, "{url}");
        }
    }

    #[test]
    fn long_segments_and_deep_paths_are_cut() {
        let mut out = String::from("what was there");
        write_template(&format!("https://a.test/{}", "ü".repeat(60)), &mut out);
        assert_eq!(out, format!("/{}", "ü".repeat(SEGMENT_CHARS)));
        write_template(&format!("https://a.test{}", "/x".repeat(20)), &mut out);
        assert_eq!(out, "/x".repeat(SEGMENTS));
    }

    /// The same in many passes.
    fn is_identifier(segment: &str) -> bool {
        let digits = segment.bytes().filter(u8::is_ascii_digit).count();
        let only = |more: &str| {
            segment
                .chars()
                .all(|c| c.is_ascii_digit() || more.contains(c))
        };
        let is_hex = segment.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
        let is_word = segment
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_=~".contains(c));
        digits > 0
            && (only("-.:,T")
                || is_hex && segment.len() >= 8
                || is_word && segment.len() >= 16 && digits >= 3)
    }

    proptest! {
        #[test]
        fn a_route_is_its_segments_one_by_one(
            url in "(https?://)?[a-z.:]{0,6}(/([a-z]{0,5}|[0-9a-fA-F-]{0,12}|[0-9T:.,-]{0,9}|[a-zA-Z0-9_=~é-]{0,60})){0,15}[?#]?[a-z/:0-9]{0,9}",
        ) {
            let mut out = String::new();
            write_template(&url, &mut out);
            let segments = path(&url).split('/').skip(1).take(SEGMENTS);
            let parts = segments.map(|segment| match is_identifier(segment) {
                true => format!("/{IDENTIFIER}"),
                false => format!("/{}", shortened(segment)),
            });
            prop_assert_eq!(out, parts.collect::<String>());
        }
    }
}
