//! Handshake messages (RFC 8446 §4): reassembly over records, and what hellos tell.

use super::suite::Version;

/// Message types that matter.
pub(crate) mod kind {
    pub(crate) const CLIENT_HELLO: u8 = 1;
    pub(crate) const SERVER_HELLO: u8 = 2;
    pub(crate) const END_OF_EARLY_DATA: u8 = 5;
    pub(crate) const ENCRYPTED_EXTENSIONS: u8 = 8;
    pub(crate) const CLIENT_KEY_EXCHANGE: u8 = 16;
    pub(crate) const FINISHED: u8 = 20;
    pub(crate) const KEY_UPDATE: u8 = 24;
}

/// Longest message that is read; a hello with post-quantum keys has some 2 KiB.
const MAX_READ: usize = 64 << 10;

/// Puts messages together.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    held: Vec<u8>,
    /// Bytes still to come of a message that nobody reads.
    skip: usize,
    keeps_all: bool,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) kind: u8,
    /// Empty for messages that nobody reads.
    pub(crate) body: Vec<u8>,
}

impl Messages {
    /// Gives the bodies of all messages.
    pub(crate) fn keep_all(&mut self) {
        self.keeps_all = true;
    }

    /// Takes the content of the next handshake record; gives the messages that end in it.
    pub(crate) fn push(&mut self, content: &[u8]) -> Vec<Message> {
        let skipped = self.skip.min(content.len());
        self.skip = self.skip.saturating_sub(skipped);
        self.held
            .extend_from_slice(content.get(skipped..).unwrap_or_default());
        let mut messages = Vec::new();
        while let Some((&[kind, l0, l1, l2], rest)) = self.held.split_first_chunk::<4>() {
            let len = u32::from_be_bytes([0, l0, l1, l2]) as usize;
            let is_read = (self.keeps_all
                || matches!(
                    kind,
                    kind::CLIENT_HELLO
                        | kind::SERVER_HELLO
                        | kind::ENCRYPTED_EXTENSIONS
                        | kind::KEY_UPDATE
                ))
                && len <= MAX_READ;
            match rest.get(..len) {
                Some(body) => {
                    let body = if is_read { body.to_vec() } else { Vec::new() };
                    messages.push(Message { kind, body });
                    self.held.drain(..len.saturating_add(4));
                }
                None if is_read || kind == kind::FINISHED && len <= MAX_READ => break,
                None => {
                    self.skip = len.saturating_sub(rest.len());
                    self.held.clear();
                }
            }
        }
        messages
    }

    /// Something was lost: the next record begins a message, most likely.
    pub(crate) fn reset(&mut self) {
        self.held.clear();
        self.skip = 0;
    }
}

/// What a ClientHello tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ClientHello {
    pub(crate) random: [u8; 32],
    pub(crate) server_name: Option<Box<str>>,
    /// Early data follows (RFC 8446 §4.2.10).
    pub(crate) has_early_data: bool,
}

/// What a ServerHello tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerHello {
    pub(crate) random: [u8; 32],
    pub(crate) version: Version,
    pub(crate) suite: u16,
    pub(crate) session_id: Box<[u8]>,
    /// Compression method (RFC 3749).
    pub(crate) compression: u8,
    pub(crate) alpn: Option<Box<str>>,
    pub(crate) is_encrypt_then_mac: bool,
    /// The master secret depends on the whole handshake (RFC 7627).
    pub(crate) has_extended_master: bool,
    /// It asks for another ClientHello (RFC 8446 §4.1.4).
    pub(crate) is_retry_request: bool,
}

mod extension {
    pub(super) const SERVER_NAME: u16 = 0;
    pub(super) const ALPN: u16 = 16;
    pub(super) const ENCRYPT_THEN_MAC: u16 = 22;
    pub(super) const EXTENDED_MASTER_SECRET: u16 = 23;
    pub(super) const EARLY_DATA: u16 = 42;
    pub(super) const SUPPORTED_VERSIONS: u16 = 43;
}

impl ClientHello {
    /// Reads a message body (RFC 8446 §4.1.2).
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let mut rest = Reader(body);
        rest.take(2)?;
        let random = rest.array::<32>()?;
        rest.vector8()?;
        rest.vector16()?;
        rest.vector8()?;
        let mut hello = Self {
            random,
            ..Self::default()
        };
        rest.extensions(|kind, mut value| match kind {
            extension::SERVER_NAME => hello.server_name = value.server_name(),
            extension::EARLY_DATA => hello.has_early_data = true,
            _ => {}
        });
        Some(hello)
    }

    /// Reads a hello in the format of SSL 2.0, which old clients sent first (RFC 5246 §E.2): from its length on.
    pub(crate) fn parse_v2(bytes: &[u8]) -> Option<Self> {
        let mut rest = Reader(bytes);
        let [l0, l1] = rest.array::<2>()?;
        let len = usize::from(u16::from_be_bytes([l0 & 0x7f, l1]));
        let mut rest = Reader(rest.take(len)?);
        let [1, 3, _] = rest.array::<3>()? else {
            return None;
        };
        let suites = rest.number16()?;
        let session = rest.number16()?;
        let challenge = rest.number16()?;
        rest.take(usize::from(suites))?;
        rest.take(usize::from(session))?;
        let challenge = rest.take(usize::from(challenge))?;
        // Shorter ones are filled up with zeroes at the left.
        let mut random = [0; 32];
        random
            .get_mut(32_usize.checked_sub(challenge.len())?..)?
            .copy_from_slice(challenge);
        Some(Self {
            random,
            ..Self::default()
        })
    }

    /// Bytes of a hello in the format of SSL 2.0 that begins with `bytes`; `None`: it is none.
    pub(crate) fn v2_len(bytes: &[u8]) -> Option<usize> {
        match bytes {
            [l0, l1, 1, 3, 0..=3, ..] if *l0 >= 0x80 => {
                Some(usize::from(u16::from_be_bytes([l0 & 0x7f, *l1])) + 2)
            }
            _ => None,
        }
    }
}

impl ServerHello {
    /// Reads a message body (RFC 5246 §7.4.1.3, RFC 8446 §4.1.3).
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let mut rest = Reader(body);
        let mut version = rest.number16()?;
        let random = rest.array::<32>()?;
        let session_id = rest.vector8()?.into();
        let suite = rest.number16()?;
        let [compression] = rest.array()?;
        let mut alpn = None;
        let mut is_encrypt_then_mac = false;
        let mut has_extended_master = false;
        rest.extensions(|kind, mut value| match kind {
            extension::ALPN => alpn = value.alpn(),
            extension::ENCRYPT_THEN_MAC => is_encrypt_then_mac = true,
            extension::EXTENDED_MASTER_SECRET => has_extended_master = true,
            extension::SUPPORTED_VERSIONS => version = value.number16().unwrap_or(version),
            _ => {}
        });
        Some(Self {
            random,
            version: Version::from_wire(version)?,
            suite,
            session_id,
            compression,
            alpn,
            is_encrypt_then_mac,
            has_extended_master,
            is_retry_request: random == RETRY_REQUEST,
        })
    }
}

impl Message {
    /// The message as it stands in the hash over a handshake (RFC 5246 §7.4.9).
    pub(crate) fn append_to(&self, transcript: &mut Vec<u8>) {
        let len = u32::try_from(self.body.len()).unwrap_or(u32::MAX);
        let [_, length @ ..] = len.to_be_bytes();
        transcript.push(self.kind);
        transcript.extend(length);
        transcript.extend(&self.body);
    }
}

/// The secret in a ClientKeyExchange, encrypted with RSA: behind its length, but in SSL 3.0 (RFC 5246 §7.4.7.1).
pub(crate) fn encrypted_premaster(version: Version, body: &[u8]) -> Option<&[u8]> {
    match version {
        Version::Ssl3 => Some(body),
        _ => Reader(body).vector16(),
    }
}

/// The protocol chosen in EncryptedExtensions (RFC 8446 §4.3.1).
pub(crate) fn alpn_of_encrypted_extensions(body: &[u8]) -> Option<Box<str>> {
    let mut alpn = None;
    Reader(body).extensions(|kind, mut value| {
        if kind == extension::ALPN {
            alpn = value.alpn();
        }
    });
    alpn
}

/// The random that marks a HelloRetryRequest (RFC 8446 §4.1.3).
const RETRY_REQUEST: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// Takes a message apart from the front.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn number16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    fn vector8(&mut self) -> Option<&'a [u8]> {
        let [len] = self.array()?;
        self.take(usize::from(len))
    }

    fn vector16(&mut self) -> Option<&'a [u8]> {
        let len = self.number16()?;
        self.take(usize::from(len))
    }

    /// Gives each extension; one that is cut ends the walk.
    fn extensions(&mut self, mut each: impl FnMut(u16, Self)) {
        let Some(list) = self.vector16() else { return };
        let mut list = Self(list);
        while let (Some(kind), Some(value)) = (list.number16(), list.vector16()) {
            each(kind, Self(value));
        }
    }

    /// RFC 6066 §3.
    fn server_name(&mut self) -> Option<Box<str>> {
        let mut list = Self(self.vector16()?);
        let [0] = list.array()? else { return None };
        text(list.vector16()?)
    }

    /// RFC 7301 §3.1.
    fn alpn(&mut self) -> Option<Box<str>> {
        text(Self(self.vector16()?).vector8()?)
    }
}

fn text(bytes: &[u8]) -> Option<Box<str>> {
    std::str::from_utf8(bytes)
        .ok()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()))
        .map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_joined_and_long_ones_skipped() {
        let mut messages = Messages::default();
        assert!(messages.push(&[2, 0, 0, 3, 1]).is_empty());
        // The hello's end, a certificate over two records, then Finished.
        let hello = messages.push(&[2, 3, 11, 0, 0, 4, 9]);
        assert_eq!(hello.len(), 1);
        assert_eq!(hello[0].body, [1, 2, 3]);
        let finished = messages.push(&[9, 9, 9, 20, 0, 0, 1, 7]);
        assert_eq!(finished[0].kind, kind::FINISHED);
    }

    #[test]
    fn a_hello_in_the_old_format_gives_its_challenge() {
        let mut bytes = vec![0x80, 9 + 3 + 16, 1, 3, 1, 0, 3, 0, 0, 0, 16, 0, 0, 0x2f];
        bytes.extend([0xab; 16]);
        assert_eq!(ClientHello::v2_len(&bytes), Some(bytes.len()));
        let hello = ClientHello::parse_v2(&bytes).unwrap();
        assert_eq!(hello.random[..16], [0; 16]);
        assert_eq!(hello.random[16..], [0xab; 16]);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_answered(body in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = ClientHello::parse(&body);
            let _ = ClientHello::parse_v2(&body);
            let _ = ServerHello::parse(&body);
            let _ = alpn_of_encrypted_extensions(&body);
            Messages::default().push(&body);
        }
    }
}
