//! Heads of messages: start line and field section, as views on the bytes.
//!
//! httparse reads what is well-formed; a loose reader of lines takes the rest, since a capture shows what was sent and
//! not what should have been.

use super::super::field::Place;
use super::super::{Interest, Version};
use super::places;
use super::section::Section;
use super::start::Start;
use httparse::{Header, ParserConfig, Status};
use std::mem::MaybeUninit;

/// A request's head.
pub(super) struct RequestHead<'h, 'b> {
    pub(super) method: &'b str,
    pub(super) target: &'b [u8],
    pub(super) version: Version,
    pub(super) fields: Section<'h, 'b>,
    /// Its length in bytes, as far as it is there.
    pub(super) length: usize,
}

/// An answer's head.
pub(super) struct AnswerHead<'h, 'b> {
    pub(super) status: u16,
    pub(super) version: Version,
    pub(super) fields: Section<'h, 'b>,
}

/// How reading a head went.
pub(super) enum Parsed<T> {
    /// It is whole and this many bytes long.
    Complete(T, usize),
    /// Its end is not there yet.
    Partial,
    /// It is no head.
    Bad,
}

/// Reads the request head at the start of `bytes` and shows it to `read`. Fields that `interest` does not want may be
/// left out.
pub(super) fn request<T>(
    bytes: &[u8],
    most_fields: usize,
    interest: Interest,
    read: impl FnOnce(&RequestHead<'_, '_>) -> T,
) -> Parsed<T> {
    let mut fields = [const { MaybeUninit::uninit() }; places::MOST];
    let mut parsed = httparse::Request::new(&mut []);
    let status =
        ParserConfig::default().parse_request_with_uninit_headers(&mut parsed, bytes, &mut fields);
    match status {
        Ok(Status::Complete(length)) => {
            let mut room = [Place::default(); places::MOST];
            let head = RequestHead {
                method: parsed.method.unwrap_or_default(),
                target: parsed.path.unwrap_or_default().as_bytes(),
                version: version_of_minor(parsed.version),
                fields: Section::read(bytes, parsed.headers, false, interest, &mut room),
                length,
            };
            Parsed::Complete(read(&head), length)
        }
        Ok(Status::Partial) => Parsed::Partial,
        Err(_) => loose(bytes, most_fields, |line, fields, length| {
            let head = loose_request(line, fields, length)?;
            Some(read(&head))
        }),
    }
}

/// Reads the answer head at the start of `bytes` and shows it to `read`. Fields that `interest` does not want may be left
/// out.
pub(super) fn answer<T>(
    bytes: &[u8],
    most_fields: usize,
    interest: Interest,
    read: impl FnOnce(&AnswerHead<'_, '_>) -> T,
) -> Parsed<T> {
    // Folded lines are rare, and a strict pass shows that there are none.
    match httparse_answer(bytes, false, interest, read) {
        Ok(parsed) => parsed,
        Err(read) => match httparse_answer(bytes, true, interest, read) {
            Ok(parsed) => parsed,
            Err(read) => loose(bytes, most_fields, |line, fields, _| {
                let head = loose_answer(line, fields)?;
                Some(read(&head))
            }),
        },
    }
}

/// Reads a well-formed answer head; gives `read` back when it is not.
fn httparse_answer<T, R: FnOnce(&AnswerHead<'_, '_>) -> T>(
    bytes: &[u8],
    may_fold: bool,
    interest: Interest,
    read: R,
) -> Result<Parsed<T>, R> {
    let mut fields = [const { MaybeUninit::uninit() }; places::MOST];
    let mut parsed = httparse::Response::new(&mut []);
    let mut config = ParserConfig::default();
    config
        .allow_obsolete_multiline_headers_in_responses(may_fold)
        .allow_spaces_after_header_name_in_responses(true);
    match config.parse_response_with_uninit_headers(&mut parsed, bytes, &mut fields) {
        Ok(Status::Complete(length)) => {
            let mut room = [Place::default(); places::MOST];
            let head = AnswerHead {
                status: parsed.code.unwrap_or_default(),
                version: version_of_minor(parsed.version),
                fields: Section::read(bytes, parsed.headers, may_fold, interest, &mut room),
            };
            Ok(Parsed::Complete(read(&head), length))
        }
        Ok(Status::Partial) => Ok(Parsed::Partial),
        Err(_) => Err(read),
    }
}

/// Reads as much of a request head as is there; the last line counts only when it is whole.
pub(super) fn partial_request<T>(
    bytes: &[u8],
    most_fields: usize,
    read: impl FnOnce(&RequestHead<'_, '_>) -> T,
) -> Option<T> {
    let Some((line, fields)) = lines(bytes, most_fields) else {
        return cut_request_line(bytes).map(|head| read(&head));
    };
    loose_request(line, &fields, bytes.len()).map(|head| read(&head))
}

/// A request line that was cut within its version: method and target are whole.
fn cut_request_line(bytes: &[u8]) -> Option<RequestHead<'_, '_>> {
    let last = memchr::memrchr(b' ', bytes)?;
    let (rest, cut) = (bytes.get(..last)?, bytes.get(last + 1..)?);
    let is_version = !cut.is_empty()
        && [b"HTTP/1.1\r", b"HTTP/1.0\r"]
            .iter()
            .any(|version| version.starts_with(cut));
    let space = memchr::memchr(b' ', rest)?;
    let method = std::str::from_utf8(rest.get(..space)?).ok()?;
    let target = rest.get(space + 1..)?;
    (is_version && super::super::field::is_token(method) && !target.is_empty()).then_some(
        RequestHead {
            method,
            target,
            version: loose_version(cut.trim_ascii_end()),
            fields: Section::EMPTY,
            length: bytes.len(),
        },
    )
}

/// Reads as much of an answer head as is there; the last line counts only when it is whole.
pub(super) fn partial_answer<T>(
    bytes: &[u8],
    most_fields: usize,
    read: impl FnOnce(&AnswerHead<'_, '_>) -> T,
) -> Option<T> {
    let Some((line, fields)) = lines(bytes, most_fields) else {
        // A status code with a space behind it is enough to answer a request.
        let has_code = bytes.len() > 12 && super::start::answer_start(bytes) == Start::Yes;
        let head = has_code.then(|| loose_answer(bytes, &[]))?;
        return head.map(|head| read(&head));
    };
    loose_answer(line, &fields).map(|head| read(&head))
}

/// The length of the head at the start of `bytes`, when its end is there. Nothing before `from` ends it.
pub(super) fn find_end(bytes: &[u8], from: usize) -> Option<usize> {
    let start = from.saturating_sub(2);
    memchr::memchr_iter(b'\n', bytes.get(start..)?)
        .map(|at| start + at + 1)
        .find_map(|after| match bytes.get(after..)? {
            [b'\n', ..] => Some(after + 1),
            [b'\r', b'\n', ..] => Some(after + 2),
            _ => None,
        })
}

fn version_of_minor(minor: Option<u8>) -> Version {
    match minor {
        Some(0) => Version::Http10,
        _ => Version::Http11,
    }
}

fn loose<'b, T>(
    bytes: &'b [u8],
    most_fields: usize,
    read: impl FnOnce(&'b [u8], &[Header<'b>], usize) -> Option<T>,
) -> Parsed<T> {
    if super::start::is_simple_request(bytes) {
        let read = read(bytes, &[], bytes.len());
        return read.map_or(Parsed::Bad, |read| Parsed::Complete(read, bytes.len()));
    }
    let Some(length) = find_end(bytes, 0) else {
        return Parsed::Partial;
    };
    let head = bytes.get(..length).unwrap_or(bytes);
    let Some((line, fields)) = lines(head, most_fields) else {
        return Parsed::Bad;
    };
    read(line, &fields, length).map_or(Parsed::Bad, |read| Parsed::Complete(read, length))
}

/// The start line and the fields of a head, as far as whole lines go. Lines that are no fields are left out.
fn lines(bytes: &[u8], most_fields: usize) -> Option<(&[u8], Vec<Header<'_>>)> {
    let start_end = memchr::memchr(b'\n', bytes)?;
    let start_line = bytes.get(..start_end)?;
    let mut fields: Vec<Header<'_>> = Vec::new();
    // Where the last field's value starts, for lines folded onto it.
    let mut value_start = 0;
    let mut at = start_end + 1;
    while let Some(length) = memchr::memchr(b'\n', bytes.get(at..)?) {
        let line = bytes.get(at..at + length)?;
        match (line.first(), fields.last_mut()) {
            (Some(b' ' | b'\t'), Some(field)) => {
                field.value = bytes.get(value_start..at + length)?.trim_ascii();
            }
            _ => {
                if let Some((field, offset)) = field(line)
                    && fields.len() < most_fields
                {
                    value_start = at + offset;
                    fields.push(field);
                }
            }
        }
        at += length + 1;
    }
    Some((start_line, fields))
}

/// `name: value`, and where the value starts.
fn field(line: &[u8]) -> Option<(Header<'_>, usize)> {
    let colon = memchr::memchr(b':', line)?;
    let name = std::str::from_utf8(line.get(..colon)?).ok()?.trim();
    let value = line.get(colon + 1..)?.trim_ascii();
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic());
    is_name.then_some((Header { name, value }, colon + 1))
}

fn loose_request<'h, 'b>(
    line: &'b [u8],
    fields: &'h [Header<'b>],
    length: usize,
) -> Option<RequestHead<'h, 'b>> {
    let line = line.trim_ascii();
    let is_space = |byte: &u8| *byte == b' ' || *byte == b'\t';
    let method_end = line.iter().position(is_space)?;
    let method = std::str::from_utf8(line.get(..method_end)?).ok()?;
    if !super::super::field::is_token(method) {
        return None;
    }
    let rest = line.get(method_end..)?.trim_ascii();
    let last = rest.iter().rposition(is_space).map_or(0, |at| at + 1);
    let version = rest.get(last..)?;
    if !version
        .first_chunk::<5>()
        .is_some_and(|name| name.eq_ignore_ascii_case(b"HTTP/"))
    {
        let is_simple = method == "GET" && rest.first() == Some(&b'/') && fields.is_empty();
        return is_simple.then_some(RequestHead {
            method,
            target: rest,
            version: Version::Http09,
            fields: Section::EMPTY,
            length,
        });
    }
    let target = rest.get(..last)?.trim_ascii();
    (!target.is_empty()).then_some(RequestHead {
        method,
        target,
        version: loose_version(version),
        fields: Section::Other {
            fields,
            may_fold: true,
        },
        length,
    })
}

/// `HTTP/1.1 200 OK`, however spaced or numbered, as long as a status code can be found.
fn loose_answer<'h, 'b>(line: &'b [u8], fields: &'h [Header<'b>]) -> Option<AnswerHead<'h, 'b>> {
    let line = line.trim_ascii();
    let mut words = line
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    let version = words.next()?;
    let code = words.next()?;
    let digits = code.get(..3)?;
    if !digits.iter().all(u8::is_ascii_digit) || code.get(3).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    Some(AnswerHead {
        status: std::str::from_utf8(digits).ok()?.parse().ok()?,
        version: loose_version(version),
        fields: Section::Other {
            fields,
            may_fold: true,
        },
    })
}

fn loose_version(version: &[u8]) -> Version {
    match version {
        [.., b'.', b'0'] => Version::Http10,
        [.., b'.', b'1'] => Version::Http11,
        _ => Version::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAMES: [&[u8]; 11] = [
        b"Host:",
        b"Vary : ",
        b"Origin: ",
        b"x: ",
        b"NEL: ",
        b"Accept-Encoding:",
        b"a\"b: ",
        b" folded: ",
        b"\xc3: ",
        b": ",
        b"Access-Control-Allow-Origin: ",
    ];
    const VALUES: [&[u8]; 9] = [
        b"",
        b" ",
        b"a b",
        b"\xc3\xa9 \t",
        b"\xff",
        b"x\ry",
        b"\x0c",
        b"https://app.test",
        b"y\r",
    ];

    fn fields_of(bytes: &[u8]) -> Option<(u16, Vec<(String, String)>)> {
        let parsed = answer(bytes, 100, Interest::All, |head| {
            let fields = head.fields.keep(Interest::All);
            let fields = fields.iter().map(|(n, v)| (n.to_owned(), v.to_owned()));
            (head.status, fields.collect())
        });
        match parsed {
            Parsed::Complete(read, _) => Some(read),
            _ => None,
        }
    }

    #[test]
    fn folded_lines_are_joined() {
        let bytes = b"HTTP/1.1 200 OK\r\nA: b\r\n  c\r\nD: e\r\n\r\n";
        let fields = fields_of(bytes).unwrap().1;
        assert_eq!(
            fields,
            [("A".into(), "b c".into()), ("D".into(), "e".into())]
        );
    }

    #[test]
    fn odd_lines_do_not_hide_the_others() {
        let bytes = b"HTTP/1.1 204 ok\r\nno field\r\nA\x01: x\r\nVary : Origin\n\r\n";
        let (status, fields) = fields_of(bytes).unwrap();
        assert_eq!(status, 204);
        assert_eq!(fields, [("Vary".into(), "Origin".into())]);
    }

    #[test]
    fn a_head_ends_at_its_empty_line_however_written() {
        assert_eq!(find_end(b"a\r\n\r\nb", 0), Some(5));
        assert_eq!(find_end(b"a\n\nb", 0), Some(3));
        assert_eq!(find_end(b"a\r\nb\r\n", 0), None);
        assert_eq!(find_end(b"a\r\n\r\nb", 4), Some(5));
    }

    #[test]
    fn more_fields_than_usual_are_read() {
        let mut bytes = b"GET / HTTP/1.1\r\n".to_vec();
        for index in 0..300 {
            bytes.extend(format!("x-{index}: y\r\n").into_bytes());
        }
        bytes.extend(b"\r\n");
        let Parsed::Complete(count, length) =
            request(&bytes, 512, Interest::All, |head| head.fields.len())
        else {
            panic!("no head");
        };
        assert_eq!((count, length), (300, bytes.len()));
    }

    proptest! {
        /// Lines that are copied as they stand are the same as field by field.
        #[test]
        fn copied_lines_are_the_same_as_single_fields(
            start in prop_oneof![
                Just("GET /a HTTP/1.1"), Just("OPTIONS * HTTP/1.0"), Just("PUT  /a b\" HTTP/1.1"), Just("GET /\t HTTP/1.1"),
                Just("HTTP/1.1 200 OK"), Just("HTTP/1.0 404"), Just("HTTP/1.1 2000"), Just("HTTP/1.1 204 \x01"),
            ],
            lines in proptest::collection::vec((0usize..NAMES.len(), 0usize..VALUES.len(), 0usize..8), 0..12),
            noise in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..3),
        ) {
            let mut bytes = start.as_bytes().to_vec();
            for (name, value, end) in lines {
                bytes.extend_from_slice(if end == 0 { b"\n" } else { b"\r\n" });
                bytes.extend_from_slice(NAMES[name]);
                bytes.extend_from_slice(VALUES[value]);
            }
            bytes.extend_from_slice(b"\r\n\r\nrest");
            for (at, byte) in noise {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            let single = |bytes: &[u8]| {
                let mut fields = [httparse::EMPTY_HEADER; places::MOST];
                let count = match httparse::parse_headers(bytes, &mut fields) {
                    Ok(Status::Complete((_, fields))) => fields.len(),
                    _ => return None,
                };
                let fields = &fields[..count];
                let mut room = [Place::default(); places::MOST];
                let plain = Section::read(bytes, fields, false, Interest::Cors, &mut room).keep(Interest::Cors);
                let other = Section::Other { fields, may_fold: false }.keep(Interest::Cors);
                Some((plain, other))
            };
            let at = bytes.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            if let Some((plain, other)) = single(&bytes[at..]) {
                prop_assert_eq!(plain, other);
            }
        }

        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(
            prop_oneof![Just(b'\n'), Just(b' '), Just(b':'), Just(b'\r'), any::<u8>()], 0..200)) {
            let mut bytes = bytes;
            let _ = request(&bytes, 10, Interest::All, |head| head.fields.keep(Interest::All).len());
            let _ = partial_request(&bytes, 10, |head| head.fields.keep(Interest::All).len());
            bytes.splice(0..0, *b"HTTP/1.1 200 \n");
            let _ = answer(&bytes, 10, Interest::All, |head| head.fields.keep(Interest::All).len());
            let _ = partial_answer(&bytes, 10, |head| head.fields.keep(Interest::All).len());
        }
    }
}
