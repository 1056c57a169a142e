//! Whether bytes look like the start of a message: for finding HTTP on any port, and finding it again after damage.

/// How sure it is that a message starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// A whole start line is there.
    Yes,
    /// So far it could be one.
    Maybe,
    /// It is something else.
    No,
}

/// Longest method that is believed; the registry's longest has 17 letters.
const LONGEST_METHOD: usize = 32;

/// Whether a request line starts here: `method SP target SP HTTP/…`.
#[inline]
pub(crate) fn request_start(bytes: &[u8]) -> Start {
    let is_method = |byte: &u8| super::super::field::is_token_byte(*byte);
    let method = bytes.iter().take_while(|byte| is_method(byte)).count();
    match bytes.get(method) {
        None if method <= LONGEST_METHOD => return Start::Maybe,
        Some(b' ' | b'\t') if (1..=LONGEST_METHOD).contains(&method) => {}
        _ => return Start::No,
    }
    let rest = bytes.get(method + 1..).unwrap_or_default();
    let line = match memchr::memchr2(b'\n', 0, rest) {
        Some(end) if rest.get(end) == Some(&b'\n') => {
            rest.get(..end).unwrap_or_default().trim_ascii_end()
        }
        Some(_) => return Start::No,
        None => return Start::Maybe,
    };
    let version = line.rsplit(|byte| *byte == b' ' || *byte == b'\t').next();
    let is_http = version.is_some_and(|version| {
        version.len() < line.len()
            && version.len() <= 12
            && version
                .first_chunk::<5>()
                .is_some_and(|name| name.eq_ignore_ascii_case(b"HTTP/"))
    });
    match is_http {
        true => Start::Yes,
        false => Start::No,
    }
}

/// Whether a request line of HTTP/0.9 is all there is: `GET SP path`.
pub(crate) fn is_simple_request(bytes: &[u8]) -> bool {
    let Some(rest) = bytes.strip_prefix(b"GET /") else {
        return false;
    };
    let line = rest.strip_suffix(b"\n").unwrap_or(rest);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    line.len() < rest.len() && line.iter().all(u8::is_ascii_graphic)
}

/// Whether a status line starts here: `HTTP/d.d SP ddd`.
#[inline]
pub(crate) fn answer_start(bytes: &[u8]) -> Start {
    const SHAPE: &[u8; 12] = b"HTTP/d.d ddd";
    let mut shape = SHAPE.iter().zip(bytes);
    let fits = shape.all(|(shape, byte)| match shape {
        b'd' => byte.is_ascii_digit(),
        _ => shape == byte,
    });
    match (fits, bytes.len() >= SHAPE.len()) {
        (true, true) => Start::Yes,
        (true, false) => Start::Maybe,
        (false, _) => Start::No,
    }
}

/// Whether a server that is not strict may have started an answer here.
pub(crate) fn loose_answer_start(bytes: &[u8]) -> Start {
    let bytes = bytes.trim_ascii_start();
    let known = [b"HTTP".as_slice(), b"ICY "];
    let is_start_of = |name: &&[u8]| {
        let len = name.len().min(bytes.len());
        name.get(..len)
            .zip(bytes.get(..len))
            .is_some_and(|(name, bytes)| name.eq_ignore_ascii_case(bytes))
    };
    match known.iter().find(|name| is_start_of(name)) {
        Some(name) if bytes.len() >= name.len() => Start::Yes,
        Some(_) => Start::Maybe,
        None => Start::No,
    }
}

/// The first place in `bytes` where a message may start that is not the very beginning: after a line end, or, for
/// answers, anywhere.
pub(crate) fn find_request(bytes: &[u8]) -> Option<usize> {
    if is_long_request_line(bytes) {
        return Some(0);
    }
    let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', bytes).map(|at| at + 1));
    starts
        .into_iter()
        .find(|at| request_start(bytes.get(*at..).unwrap_or_default()) == Start::Yes)
}

/// Whether bytes begin a request line that ends in a later packet: then only a method that is registered, and what starts
/// a target, are believed.
fn is_long_request_line(bytes: &[u8]) -> bool {
    const METHODS: [&[u8]; 7] = [
        b"GET ",
        b"POST ",
        b"PUT ",
        b"PATCH ",
        b"DELETE ",
        b"OPTIONS ",
        b"HEAD ",
    ];
    let target = METHODS
        .iter()
        .find_map(|method| bytes.strip_prefix(*method));
    target.is_some_and(|target| {
        (target.starts_with(b"/") || target.starts_with(b"http"))
            && target.iter().all(u8::is_ascii_graphic)
    })
}

/// The first place in `bytes` where an answer starts.
pub(crate) fn find_answer(bytes: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(bytes, b"HTTP/1.")
        .find(|at| answer_start(bytes.get(*at..).unwrap_or_default()) == Start::Yes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_protocols_do_not_look_like_http() {
        for text in [
            "EHLO mail.test\r\n",
            "MAIL FROM:<a@b.test>\r\n",
            "INVITE sip:a@b.test SIP/2.0\r\n",
            "DESCRIBE rtsp://a.test RTSP/1.0\r\n",
            "SSH-2.0-x\r\n",
            "NICK HTTP/\r\n",
            "\x16\x03\x01\x02\0\x01",
        ] {
            assert_eq!(request_start(text.as_bytes()), Start::No, "{text}");
        }
        for text in [
            "220 mail.test ESMTP\r\n",
            "HTTP/1.1200 OK",
            "http/1.1 200 OK",
        ] {
            assert_eq!(answer_start(text.as_bytes()), Start::No, "{text}");
        }
    }

    #[test]
    fn unknown_and_lower_case_methods_are_requests() {
        for text in [
            "GET / HTTP/1.1\r\n",
            "m-search * HTTP/1.1\n",
            "X /a b HTTP/1.0\r\n",
        ] {
            assert_eq!(request_start(text.as_bytes()), Start::Yes, "{text}");
        }
        assert_eq!(request_start(b"GE"), Start::Maybe);
        assert_eq!(request_start(b"GET /long"), Start::Maybe);
    }

    #[test]
    fn starts_are_found_behind_the_rest_of_another_message() {
        assert_eq!(find_request(b"x: y\r\n\r\nPUT / HTTP/1.1\r\n"), Some(8));
        assert_eq!(find_answer(b"0\r\n\r\nHTTP/1.1 204 \r\n"), Some(5));
        assert_eq!(
            find_request(b"GET /a-target-that-goes-on-in-another-packet"),
            Some(0)
        );
        assert_eq!(find_request(b"GET well soon"), None);
    }
}
