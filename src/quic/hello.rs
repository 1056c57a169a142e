//! What the TLS handshake in CRYPTO frames tells (RFC 8446 §4.1, RFC 7301): client random, server name, protocols, suite.

/// The messages of one direction and level, in order, as far as they came.
#[derive(Debug, Default)]
pub(super) struct Messages {
    /// Bytes that are not read yet.
    bytes: Vec<u8>,
}

/// What a message tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    Client(ClientHello),
    /// The suite that the server chose, by number.
    Server(u16),
    /// The protocol that the server chose, if it chose one.
    Protocol(Option<String>),
    Nothing,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct ClientHello {
    pub(super) random: [u8; 32],
    /// The name asked for, the outer one where the inner is encrypted.
    pub(super) server_name: Option<String>,
    pub(super) protocols: Vec<String>,
}

impl Messages {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The next complete message.
    pub(super) fn next(&mut self) -> Option<Told> {
        let [kind, l0, l1, l2] = *self.bytes.first_chunk::<4>()?;
        let end = u32::from_be_bytes([0, l0, l1, l2]) as usize + 4;
        let body = self.bytes.get(4..end)?;
        let told = match kind {
            1 => client_hello(body).map(Told::Client),
            2 => server_hello(body).map(Told::Server),
            8 => protocol(body).map(Told::Protocol),
            _ => None,
        };
        self.bytes.drain(..end);
        Some(told.unwrap_or(Told::Nothing))
    }
}

fn client_hello(mut body: &[u8]) -> Option<ClientHello> {
    let input = &mut body;
    taken(input, 2)?;
    let random = *taken(input, 32)?.first_chunk()?;
    short(input)?;
    long(input)?;
    short(input)?;
    let mut hello = ClientHello {
        random,
        server_name: None,
        protocols: Vec::new(),
    };
    let mut extensions = long(input)?;
    while let Some((kind, mut data)) = extension(&mut extensions) {
        match kind {
            0 => hello.server_name = server_name(&mut data),
            16 => hello.protocols = protocols(&mut data),
            _ => {}
        }
    }
    Some(hello)
}

fn server_hello(mut body: &[u8]) -> Option<u16> {
    let input = &mut body;
    taken(input, 34)?;
    short(input)?;
    number(input)
}

/// EncryptedExtensions.
fn protocol(mut body: &[u8]) -> Option<Option<String>> {
    let mut extensions = long(&mut body)?;
    while let Some((kind, mut data)) = extension(&mut extensions) {
        if kind == 16 {
            return Some(protocols(&mut data).into_iter().next());
        }
    }
    Some(None)
}

fn extension<'a>(input: &mut &'a [u8]) -> Option<(u16, &'a [u8])> {
    Some((number(input)?, long(input)?))
}

/// RFC 6066 §3.
fn server_name(input: &mut &[u8]) -> Option<String> {
    let mut names = long(input)?;
    let kind = taken(&mut names, 1)?;
    let name = long(&mut names)?;
    (kind == [0]).then(|| String::from_utf8_lossy(name).into_owned())
}

fn protocols(input: &mut &[u8]) -> Vec<String> {
    let mut list = long(input).unwrap_or_default();
    std::iter::from_fn(|| short(&mut list))
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .collect()
}

/// A vector with one byte of length.
fn short<'a>(input: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = *taken(input, 1)?.first()?;
    taken(input, usize::from(len))
}

/// A vector with two bytes of length.
fn long<'a>(input: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = number(input)?;
    taken(input, usize::from(len))
}

fn number(input: &mut &[u8]) -> Option<u16> {
    taken(input, 2)?
        .first_chunk()
        .copied()
        .map(u16::from_be_bytes)
}

fn taken<'a>(input: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (bytes, rest) = input.split_at_checked(len)?;
    *input = rest;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message() -> Vec<u8> {
        let mut body = vec![3, 3];
        body.extend_from_slice(&[7; 32]);
        body.extend_from_slice(b"\x00\x00\x02\x13\x01\x01\x00");
        let extensions =
            b"\x00\x00\x00\x10\x00\x0e\x00\x00\x0bexample.com\x00\x10\x00\x05\x00\x03\x02h3";
        body.extend_from_slice(&(extensions.len() as u16).to_be_bytes());
        body.extend_from_slice(extensions);
        let mut message = vec![1, 0, 0, body.len() as u8];
        message.extend_from_slice(&body);
        message
    }

    #[test]
    fn a_client_hello_in_pieces() {
        let mut messages = Messages::default();
        let message = message();
        let (start, end) = message.split_at(40);
        messages.push(start);
        assert_eq!(messages.next(), None);
        messages.push(end);
        assert_eq!(
            messages.next(),
            Some(Told::Client(ClientHello {
                random: [7; 32],
                server_name: Some("example.com".into()),
                protocols: vec!["h3".into()],
            }))
        );
        assert_eq!(messages.len(), 0);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200), kind in 0u8..9) {
            let mut messages = Messages::default();
            messages.push(&[kind, 0, 0, bytes.len() as u8]);
            messages.push(&bytes);
            while messages.next().is_some() {}
        }
    }
}
