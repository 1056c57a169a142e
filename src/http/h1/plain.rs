//! Heads as nearly all are written, in one pass: a start line and lines of `name: value`, each ending with CRLF.
//!
//! Agrees with the readers of `head.rs` about whatever it reads, and leaves all else to them.

use super::super::Version;
use super::super::field::{Mark, Names, Place, is_token_byte};
use super::head::{AnswerHead, RequestHead};
use super::section::Section;

/// Room for the lines of one head.
pub(super) type Room = [Place; MOST];

/// Lines read, without those that nobody wants; heads with more are left to others.
pub(super) const MOST: usize = 64;

/// Bytes read: enough for any head, and offsets stay small.
const LONGEST: usize = 1 << 24;

/// One in each byte of a word.
const EACH: u64 = 0x0101_0101_0101_0101;

/// Reads the request head at the start of `bytes`, without the fields that are `idle`.
pub(super) fn request<'r, 'b>(
    bytes: &'b [u8],
    idle: &Names,
    room: &'r mut Room,
) -> Option<RequestHead<'r, 'b>> {
    let end = memchr::memchr(b'\n', bytes)?;
    let (method, target, version) = request_line(bytes.get(..end)?)?;
    let (places, length) = field_lines(bytes, end + 1, idle, room)?;
    Some(RequestHead {
        method,
        target,
        version,
        fields: Section::Plain(bytes, places),
        length,
    })
}

/// Reads the answer head at the start of `bytes`, without the fields that are `idle`; gives its length, too.
pub(super) fn answer<'r, 'b>(
    bytes: &'b [u8],
    idle: &Names,
    room: &'r mut Room,
) -> Option<(AnswerHead<'r, 'b>, usize)> {
    let end = memchr::memchr(b'\n', bytes)?;
    let (status, version) = status_line(bytes.get(..end)?)?;
    let (places, length) = field_lines(bytes, end + 1, idle, room)?;
    let head = AnswerHead {
        status,
        version,
        fields: Section::Plain(bytes, places),
    };
    Some((head, length))
}

/// Reads `method SP target SP HTTP/1.x CR`.
fn request_line(line: &[u8]) -> Option<(&str, &[u8], Version)> {
    let (line, version) = line.split_last_chunk::<10>()?;
    let version = match version {
        b" HTTP/1.1\r" => Version::Http11,
        b" HTTP/1.0\r" => Version::Http10,
        _ => return None,
    };
    let method_end = line.iter().position(|byte| !is_token_byte(*byte))?;
    let (method, target) = line.split_at_checked(method_end)?;
    let target = target.strip_prefix(b" ")?;
    let is_whole = !method.is_empty() && !target.is_empty() && has_bare_ends(target);
    let method = std::str::from_utf8(method).ok()?;
    is_whole.then_some((method, target, version))
}

/// Reads `HTTP/1.x SP ddd`, with or without a reason, and `CR`.
fn status_line(line: &[u8]) -> Option<(u16, Version)> {
    let version = match line.first_chunk()? {
        b"HTTP/1.1 " => Version::Http11,
        b"HTTP/1.0 " => Version::Http10,
        _ => return None,
    };
    let (
        [
            hundreds @ b'0'..=b'9',
            tens @ b'0'..=b'9',
            ones @ b'0'..=b'9',
            b' ' | b'\r',
        ],
        Some(b'\r'),
    ) = (line.get(9..)?.first_chunk()?, line.last())
    else {
        return None;
    };
    let digit = |byte: &u8| u16::from(byte - b'0');
    Some((
        digit(hundreds) * 100 + digit(tens) * 10 + digit(ones),
        version,
    ))
}

/// Reads the field lines of `head` from `start` on; gives those that are not `idle`, and the head's length.
fn field_lines<'r>(
    head: &[u8],
    start: usize,
    idle: &Names,
    room: &'r mut Room,
) -> Option<(&'r [Place], usize)> {
    let head = head.get(..LONGEST).unwrap_or(head);
    let (mut at, mut count) = (start, 0);
    loop {
        let rest = head.get(at..)?;
        if let [b'\r', b'\n', ..] = rest {
            return Some((room.get(..count)?, at + 2));
        }
        let colon = name_length(rest)?;
        let (name, after) = rest.split_at_checked(colon)?;
        let line_end = find_line_feed(after)?;
        let [b':', value @ .., b'\r'] = after.get(..line_end)? else {
            return None;
        };
        let (lead, value) = trim(value)?;
        let mark = Mark::of(name);
        if !idle.has_marked(mark, name) {
            let value_start = at + colon + 1 + lead;
            *room.get_mut(count)? = Place {
                name: at as u32,
                colon: (at + colon) as u32,
                value: value_start as u32,
                end: (value_start + value) as u32,
                mark,
            };
            count += 1;
        }
        at += colon + line_end + 1;
    }
}

/// White space in front of a value, and the value's length without what is behind it.
#[inline]
fn trim(value: &[u8]) -> Option<(usize, usize)> {
    if let [b' ', own @ ..] = value
        && has_bare_ends(own)
    {
        return Some((1, own.len()));
    }
    let is_other = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let lead = value.iter().take_while(|byte| !is_other(byte)).count();
    let length = value.iter().rposition(is_other).map_or(0, |last| last + 1);
    let own = value.get(lead..length).unwrap_or_default();
    has_bare_ends(own).then_some((lead, own.len()))
}

/// Whether neither the first byte nor the last is white space or a control.
#[inline]
fn has_bare_ends(text: &[u8]) -> bool {
    let is_bare = |byte: Option<&u8>| byte.is_none_or(|byte| *byte > b' ');
    is_bare(text.first()) && is_bare(text.last())
}

/// Where the first line feed stands. Values are short: setting up a search of memchr's would cost more.
#[inline]
fn find_line_feed(text: &[u8]) -> Option<usize> {
    // Without an early exit it is one comparison of vectors.
    let has_end = |block: &[u8; 16]| block.iter().fold(false, |has, byte| has | (*byte == b'\n'));
    let blocks = text.as_chunks().0;
    let mut before = blocks.iter().take_while(|block| !has_end(block)).count() * 16;
    while let Some(next) = text.get(before..)?.first_chunk() {
        let ends = (u64::from_le_bytes(*next) ^ (EACH * b'\n' as u64)).wrapping_sub(EACH);
        let ends = ends & !u64::from_le_bytes(*next) & (EACH * 0x80);
        if ends != 0 {
            return Some(before + (ends.trailing_zeros() / 8) as usize);
        }
        before += size_of::<u64>();
    }
    let rest = text.get(before..)?;
    Some(before + rest.iter().position(|byte| *byte == b'\n')?)
}

/// Length of the name at the start of `line`, up to its colon: what can be seen, and no white space.
#[inline]
fn name_length(line: &[u8]) -> Option<usize> {
    let mut length = 0;
    while let Some(next) = line.get(length..)?.first_chunk() {
        let others = others(u64::from_le_bytes(*next));
        if others != 0 {
            length += (others.trailing_zeros() / 8) as usize;
            return (length > 0 && line.get(length) == Some(&b':')).then_some(length);
        }
        length += size_of::<u64>();
    }
    let is_name = |byte: &u8| byte.is_ascii_graphic() && *byte != b':';
    length += line.get(length..)?.iter().position(|byte| !is_name(byte))?;
    (length > 0 && line.get(length) == Some(&b':')).then_some(length)
}

/// Of eight bytes the upper bits of those that are no part of a name; right for the lowest of them.
#[inline]
const fn others(word: u64) -> u64 {
    // What overflows is a byte that is none itself, or stands behind one.
    let is_colon = (word ^ (EACH * b':' as u64)).wrapping_sub(EACH);
    let is_space = word.wrapping_sub(EACH * b'!' as u64);
    let is_delete = word.wrapping_add(EACH);
    (is_colon | is_space | is_delete | word) & (EACH * 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_ends_where_byte_by_byte_it_does() {
        for byte in 0..=255u8 {
            for at in 0..20 {
                let mut line = b"abcdefghijklmnopqrst: x".to_vec();
                line[at] = byte;
                let end = line
                    .iter()
                    .position(|byte| !byte.is_ascii_graphic() || *byte == b':');
                let expected = end.filter(|end| *end > 0 && line[*end] == b':');
                assert_eq!(name_length(&line), expected, "{line:?}");
                assert_eq!(
                    name_length(&line[..at + 1]),
                    (byte == b':' && at > 0).then_some(at)
                );
            }
        }
    }

    #[test]
    fn a_line_feed_is_found_wherever_it_stands() {
        for length in 0..70 {
            let mut text = vec![b'x'; length];
            assert_eq!(find_line_feed(&text), None);
            for at in (0..length).rev() {
                text[at] = b'\n';
                assert_eq!(find_line_feed(&text), Some(at));
            }
        }
    }
}
