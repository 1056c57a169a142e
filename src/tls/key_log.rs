//! NSS key logs (`SSLKEYLOGFILE`): which secrets belong to which client random.
//!
//! Browsers, curl, OpenSSL and others write one line per secret: `LABEL <client random> <secret>`, both in hexadecimal.
//! Capture files carry the same text in their decryption secrets blocks. Several logs are merged; a line that is not
//! understood is counted, never fatal. Private keys of servers, in PEM, may stand among the lines.

use super::private_key::PrivateKey;
use std::collections::HashMap;

/// Secrets of TLS and QUIC connections.
#[derive(Debug, Clone, Default)]
pub struct KeyLog {
    connections: HashMap<[u8; 32], Secrets>,
    /// Master secrets by session id, from lines that name no client random.
    sessions: HashMap<Box<[u8]>, Secret>,
    private_keys: Vec<PrivateKey>,
    ignored: u64,
}

/// The secrets of one connection, as far as the log names them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Secrets {
    /// The master secret of TLS 1.2 and earlier.
    pub(crate) master: Option<Secret>,
    pub(crate) client_early: Option<Secret>,
    pub(crate) client_handshake: Option<Secret>,
    pub(crate) server_handshake: Option<Secret>,
    pub(crate) client_application: Option<Secret>,
    pub(crate) server_application: Option<Secret>,
}

/// One secret: 48 bytes for TLS 1.2, as long as the suite's hash for TLS 1.3.
#[derive(Clone, Copy)]
pub(crate) struct Secret {
    bytes: [u8; Self::MAX],
    len: u8,
}

impl Secret {
    const MAX: usize = 64;

    /// `None` when there is nothing or too much of it.
    pub(crate) fn new(secret: &[u8]) -> Option<Self> {
        let mut bytes = [0; Self::MAX];
        bytes
            .get_mut(..secret.len())
            .filter(|slot| !slot.is_empty())?
            .copy_from_slice(secret);
        Some(Self {
            bytes,
            len: u8::try_from(secret.len()).ok()?,
        })
    }

    /// The bytes.
    pub(crate) fn as_slice(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

/// Never shows the secret.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secret({} bytes)", self.len)
    }
}

impl KeyLog {
    /// Reads a log. Comments and empty lines mean nothing; other lines that are not understood are counted.
    pub fn parse(text: &[u8]) -> Self {
        let mut log = Self::default();
        log.extend(text);
        log
    }

    /// Adds the lines of another log. What is known already stands.
    pub fn extend(&mut self, text: &[u8]) {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let mut block: Option<Block> = None;
        for line in text.split(|byte| matches!(byte, b'\n' | b'\r')) {
            let line = line.trim_ascii();
            if line.starts_with(b"-----BEGIN ") {
                block = Some(Block::new(line));
            } else if line.starts_with(b"-----END ") {
                self.end(block.take());
            } else if let Some(block) = &mut block {
                block.text.extend_from_slice(line);
            } else if !line.is_empty() && !line.starts_with(b"#") && self.line(line).is_none() {
                self.ignored = self.ignored.saturating_add(1);
            }
        }
    }

    /// Number of connections of which a secret is known, and of private keys.
    pub fn len(&self) -> usize {
        self.connections
            .len()
            .saturating_add(self.sessions.len())
            .saturating_add(self.private_keys.len())
    }

    /// Whether no secret is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of lines that were not understood.
    pub fn ignored(&self) -> u64 {
        self.ignored
    }

    /// What is known of the connection whose client random this is.
    pub(crate) fn connection(&self, client_random: &[u8; 32]) -> Option<&Secrets> {
        self.connections.get(client_random)
    }

    /// The master secret of a session, by its id.
    pub(crate) fn session(&self, id: &[u8]) -> Option<Secret> {
        self.sessions.get(id).copied()
    }

    /// Servers' private keys.
    pub(crate) fn private_keys(&self) -> &[PrivateKey] {
        &self.private_keys
    }

    fn end(&mut self, block: Option<Block>) {
        let Some(block) = block.filter(|block| block.is_private_key) else {
            return;
        };
        match PrivateKey::from_base64(&block.text) {
            Some(key) => self.private_keys.push(key),
            None => self.ignored = self.ignored.saturating_add(1),
        }
    }

    fn line(&mut self, line: &[u8]) -> Option<()> {
        let mut words = line
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty());
        let label = words.next()?;
        let first = words.next()?;
        let second = words.next()?;
        if label == b"RSA" {
            return self.session_line(first, second);
        }
        let label = label.strip_prefix(b"QUIC_").unwrap_or(label);
        let random = unhex(first).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())?;
        let secret = Secret::new(&unhex(second)?)?;
        let slot: fn(&mut Secrets) -> &mut Option<Secret> = match label {
            b"CLIENT_RANDOM" => |secrets| &mut secrets.master,
            b"CLIENT_EARLY_TRAFFIC_SECRET" => |secrets| &mut secrets.client_early,
            b"CLIENT_HANDSHAKE_TRAFFIC_SECRET" => |secrets| &mut secrets.client_handshake,
            b"SERVER_HANDSHAKE_TRAFFIC_SECRET" => |secrets| &mut secrets.server_handshake,
            b"CLIENT_TRAFFIC_SECRET_0" => |secrets| &mut secrets.client_application,
            b"SERVER_TRAFFIC_SECRET_0" => |secrets| &mut secrets.server_application,
            // Valid, but nothing on the wire is encrypted with them.
            b"EXPORTER_SECRET" | b"EARLY_EXPORTER_SECRET" | b"EARLY_EXPORTER_MASTER_SECRET" => {
                return Some(());
            }
            _ => return None,
        };
        slot(self.connections.entry(random).or_default()).get_or_insert(secret);
        Some(())
    }

    /// `RSA Session-ID:<id> Master-Key:<secret>`, as OpenSSL's command line prints it.
    fn session_line(&mut self, first: &[u8], second: &[u8]) -> Option<()> {
        let id = unhex(first.strip_prefix(b"Session-ID:")?)?;
        let secret = Secret::new(&unhex(second.strip_prefix(b"Master-Key:")?)?)?;
        self.sessions.entry(id.into_boxed_slice()).or_insert(secret);
        Some(())
    }
}

/// A block of PEM (RFC 7468).
struct Block {
    /// Certificates stand beside keys.
    is_private_key: bool,
    text: Vec<u8>,
}

impl Block {
    fn new(line: &[u8]) -> Self {
        Self {
            is_private_key: line.ends_with(b"PRIVATE KEY-----"),
            text: Vec::new(),
        }
    }
}

fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || text.len() > 2 * Secret::MAX {
        return None;
    }
    text.chunks_exact(2)
        .map(|pair| {
            let digit = |at: usize| char::from(*pair.get(at)?).to_digit(16);
            u8::try_from(digit(0)? << 4 | digit(1)?).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_all_kinds_are_told_apart() {
        let random = "ab".repeat(32);
        let log = KeyLog::parse(
            format!(
                "# comment\r\n\r\nCLIENT_RANDOM {random} {}\r\n  SERVER_TRAFFIC_SECRET_0 {random} {}\n\
                 EXPORTER_SECRET {random} 00\nQUIC_CLIENT_TRAFFIC_SECRET_0 {random} 0102\n\
                 RSA Session-ID:0a0b Master-Key:{}\nECH_SECRET {random} 00\nCLIENT_RANDOM {random}\n\
                 CLIENT_RANDOM 12 34\nnonsense",
                "01".repeat(48),
                "02".repeat(32),
                "03".repeat(48),
            )
            .as_bytes(),
        );
        assert_eq!(log.len(), 2);
        assert_eq!(log.ignored(), 4);
        let secrets = log.connection(&[0xab; 32]).unwrap();
        assert_eq!(secrets.master.unwrap().as_slice(), [1; 48]);
        assert_eq!(secrets.server_application.unwrap().as_slice(), [2; 32]);
        assert_eq!(secrets.client_application.unwrap().as_slice(), [1, 2]);
        assert!(secrets.client_handshake.is_none());
        assert_eq!(log.session(&[10, 11]).unwrap().as_slice(), [3; 48]);
    }

    #[test]
    fn several_logs_become_one() {
        let mut log = KeyLog::parse(format!("CLIENT_RANDOM {} 01", "aa".repeat(32)).as_bytes());
        log.extend(format!("CLIENT_RANDOM {} 02", "bb".repeat(32)).as_bytes());
        assert_eq!(log.len(), 2);
    }

    #[test]
    fn secrets_are_not_printed() {
        let secret = Secret::new(&[0x42; 48]).unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(48 bytes)");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_answered(text in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            KeyLog::parse(&text);
        }
    }
}
