//! Packet protection (RFC 9001 §5, RFC 9369 §3.3).

use super::packet::{Packet, VERSION_2, full_number};
use crate::net::Direction;
use crate::tls::key_schedule::expand_label;
use crate::tls::protect::{Aead, aead, xored};
use crate::tls::suite::{Cipher, Hash, Suite};
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};

/// What opens the packets of one direction at one level.
pub(crate) struct Keys {
    aead: Box<dyn Aead>,
    iv: [u8; 12],
    header: HeaderKey,
}

enum HeaderKey {
    Aes128(Box<aes::Aes128Enc>),
    Aes256(Box<aes::Aes256Enc>),
    ChaCha20([u8; 32]),
}

/// A packet without its protection.
pub(crate) struct Opened {
    pub(crate) number: u64,
    pub(crate) payload: Vec<u8>,
}

/// A packet whose header protection was removed.
pub(crate) struct Header {
    pub(crate) number: u64,
    /// Key phase of packets with a short header.
    pub(crate) phase: bool,
    bytes: Vec<u8>,
}

impl Keys {
    /// Keys from a traffic secret.
    pub(crate) fn new(version: u32, suite: Suite, secret: &[u8]) -> Option<Self> {
        let mut key = vec![0; suite.cipher.key_len()];
        let mut header = vec![0; suite.cipher.key_len()];
        let mut iv = [0; 12];
        let [key_label, iv_label, header_label, _] = labels(version);
        expand_label(suite.prf, secret, key_label, &mut key)?;
        expand_label(suite.prf, secret, iv_label, &mut iv)?;
        expand_label(suite.prf, secret, header_label, &mut header)?;
        let header = match suite.cipher {
            Cipher::ChaCha20Poly1305 => HeaderKey::ChaCha20(header.try_into().ok()?),
            Cipher::Aes256Gcm => {
                HeaderKey::Aes256(Box::new(aes::Aes256Enc::new_from_slice(&header).ok()?))
            }
            _ => HeaderKey::Aes128(Box::new(aes::Aes128Enc::new_from_slice(&header).ok()?)),
        };
        Some(Self {
            aead: aead(suite.cipher, &key)?,
            iv,
            header,
        })
    }

    /// Keys of Initial packets, which follow from the client's first destination id (RFC 9001 §5.2).
    pub(crate) fn initial(version: u32, id: &[u8], direction: Direction) -> Option<Self> {
        let (_, secret) = hkdf::Hkdf::<sha2::Sha256>::extract(Some(salt(version)?), id);
        let mut initial = [0; 32];
        let label: &[u8] = match direction {
            Direction::ToServer => b"tls13 client in",
            Direction::ToClient => b"tls13 server in",
        };
        let info: [&[u8]; 4] = [&[0, 32], &[15], label, &[0]];
        secret.expand_multi_info(&info, &mut initial).ok()?;
        Self::new(version, Suite::from_wire(0x1301)?, &initial)
    }

    /// Keys after a key update: the header key stays (RFC 9001 §6.1).
    pub(crate) fn updated(&self, version: u32, suite: Suite, secret: &[u8]) -> Option<Self> {
        let new = Self::new(version, suite, secret)?;
        Some(Self {
            header: match &self.header {
                HeaderKey::Aes128(key) => HeaderKey::Aes128(key.clone()),
                HeaderKey::Aes256(key) => HeaderKey::Aes256(key.clone()),
                HeaderKey::ChaCha20(key) => HeaderKey::ChaCha20(*key),
            },
            ..new
        })
    }

    /// Removes header protection (RFC 9001 §5.4). `expected` is the number that would come next.
    pub(crate) fn header(&self, packet: &Packet<'_>, expected: u64) -> Option<Header> {
        let sample = packet
            .bytes
            .get(packet.number_at.checked_add(4)?..)?
            .first_chunk::<16>()?;
        let [mask0, mask @ ..] = self.mask(*sample);
        let &first = packet.bytes.first()?;
        let bits = if first & 0x80 == 0 { 0x1f } else { 0x0f };
        let first = first ^ (mask0 & bits);
        let len = usize::from(first & 3) + 1;
        let end = packet.number_at.checked_add(len)?;
        let mut bytes = packet.bytes.get(..end)?.to_vec();
        *bytes.first_mut()? = first;
        let mut truncated = 0_u64;
        for (byte, mask) in bytes.get_mut(packet.number_at..)?.iter_mut().zip(mask) {
            *byte ^= mask;
            truncated = truncated << 8 | u64::from(*byte);
        }
        Some(Header {
            number: full_number(expected, truncated, 8 * u32::try_from(len).ok()?),
            phase: first & 0x04 != 0,
            bytes,
        })
    }

    /// Opens the payload behind `header`. `None`: it does not authenticate.
    pub(crate) fn open(&self, packet: &Packet<'_>, header: &Header) -> Option<Opened> {
        let mut payload = packet.bytes.get(header.bytes.len()..)?.to_vec();
        let nonce = xored(self.iv, header.number);
        self.aead.open(&nonce, &header.bytes, &mut payload)?;
        Some(Opened {
            number: header.number,
            payload,
        })
    }

    fn mask(&self, sample: [u8; 16]) -> [u8; 5] {
        let mut block = sample.into();
        match &self.header {
            HeaderKey::Aes128(key) => key.encrypt_block(&mut block),
            HeaderKey::Aes256(key) => key.encrypt_block(&mut block),
            HeaderKey::ChaCha20(key) => {
                let [c0, c1, c2, c3, nonce @ ..] = sample;
                let mut cipher = ChaCha20::new(key.into(), &nonce.into());
                let counter = u64::from(u32::from_le_bytes([c0, c1, c2, c3]));
                let mut mask = [0; 5];
                // Only a counter at the very end of its range fails; the packet is then refused.
                if cipher.try_seek(counter * 64).is_ok() {
                    let _ = cipher.try_apply_keystream(&mut mask);
                }
                return mask;
            }
        }
        let [b0, b1, b2, b3, b4, ..]: [u8; 16] = block.into();
        [b0, b1, b2, b3, b4]
    }
}

/// The secret of the next key phase (RFC 9001 §6.1).
pub(crate) fn next_secret(version: u32, hash: Hash, secret: &[u8]) -> Option<Vec<u8>> {
    let [.., label] = labels(version);
    let mut next = vec![0; hash.len()];
    expand_label(hash, secret, label, &mut next)?;
    Some(next)
}

fn labels(version: u32) -> [&'static [u8]; 4] {
    if version == VERSION_2 {
        [
            b"tls13 quicv2 key",
            b"tls13 quicv2 iv",
            b"tls13 quicv2 hp",
            b"tls13 quicv2 ku",
        ]
    } else {
        [
            b"tls13 quic key",
            b"tls13 quic iv",
            b"tls13 quic hp",
            b"tls13 quic ku",
        ]
    }
}

fn salt(version: u32) -> Option<&'static [u8; 20]> {
    Some(match version {
        VERSION_2 => {
            b"\x0d\xed\xe3\xde\xf7\x00\xa6\xdb\x81\x93\x81\xbe\x6e\x26\x9d\xcb\xf9\xbd\x2e\xd9"
        }
        1 => b"\x38\x76\x2c\xf7\xf5\x59\x34\xb3\x4d\x17\x9a\xe6\xa4\xc8\x0c\xad\xcc\xbb\x7f\x0a",
        // Drafts 29 to 32 and 33 to 34, then 23 to 28.
        0xff00_001d..=0xff00_0020 => {
            b"\xaf\xbf\xec\x28\x99\x93\xd2\x4c\x9e\x97\x86\xf1\x9c\x61\x11\xe0\x43\x90\xa8\x99"
        }
        0xff00_0021..=0xff00_0022 => {
            b"\x38\x76\x2c\xf7\xf5\x59\x34\xb3\x4d\x17\x9a\xe6\xa4\xc8\x0c\xad\xcc\xbb\x7f\x0a"
        }
        0xff00_0017..=0xff00_001c => {
            b"\xc3\xee\xf7\x12\xc7\x2e\xbb\x5a\x11\xa7\xd2\x43\x2b\xb4\x63\x65\xbe\xf9\xf5\x02"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::packet::take;
    use super::*;

    fn unhex(text: &str) -> Vec<u8> {
        (0..text.len() / 2)
            .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
            .collect()
    }

    #[test]
    fn the_servers_initial_packet_of_the_standard() {
        // RFC 9001 §A.3.
        let bytes = unhex(
            "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb3\
             8cc5a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84\
             022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc42158407dd074ee",
        );
        let id = unhex("8394c8f03e515708");
        let keys = Keys::initial(1, &id, Direction::ToClient).unwrap();
        let packet = take(&mut bytes.as_slice(), 0).unwrap();
        let header = keys.header(&packet, 0).unwrap();
        assert_eq!(header.number, 1);
        assert!(keys.open(&packet, &header).is_some());
    }

    #[test]
    fn the_chacha20_packet_of_the_standard() {
        // RFC 9001 §A.5.
        let bytes = unhex("4cfe4189655e5cd55c41f69080575d7999c25a5bfb");
        let secret = unhex("9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b");
        let suite = Suite::from_wire(0x1303).unwrap();
        let keys = Keys::new(1, suite, &secret).unwrap();
        let packet = take(&mut bytes.as_slice(), 0).unwrap();
        let header = keys.header(&packet, 654_360_564).unwrap();
        assert_eq!(header.number, 654_360_564);
        assert_eq!(keys.open(&packet, &header).unwrap().payload, [1]);
    }
}
