//! Taking the protection off one record: AEAD, block and stream ciphers of all versions.
//!
//! A record that does not authenticate is refused, so wrong keys never make text.

use super::cbc::Blocks;
use super::key_schedule::{Keys, hmac, keys_from_traffic_secret, ssl3_mac};
use super::record::Head;
use super::suite::{Cipher, Hash, Suite, Version};
use aes::{Aes128, Aes256};
use aes_gcm::AesGcm;
use aes_gcm::aead::array::typenum::{U8, U12, U16};
use aes_gcm::aead::{AeadInOut, KeyInit, Tag};
use ccm::Ccm;
use rc4::StreamCipher;

/// Opens the records of one direction under one set of keys.
pub(crate) enum Opener {
    /// TLS 1.3: nonce from the sequence number (RFC 8446 §5.3).
    Tls13 { aead: Box<dyn Aead>, iv: [u8; 12] },
    /// TLS 1.2 (RFC 5288, RFC 6655, RFC 7905).
    Tls12 {
        aead: Box<dyn Aead>,
        /// 12 bytes: nonce from the sequence number; 4: the rest comes with the record.
        iv: Vec<u8>,
    },
    /// Block cipher in CBC mode.
    Cbc {
        blocks: Box<dyn Blocks>,
        mac: MacKey,
        /// The last block before; `None`: each record brings its own.
        chain: Option<Vec<u8>>,
        is_encrypt_then_mac: bool,
    },
    /// RC4.
    Stream {
        cipher: Option<Box<rc4::Rc4>>,
        mac: MacKey,
    },
}

/// Key and kind of a record's MAC.
pub(crate) struct MacKey {
    hash: Hash,
    key: Vec<u8>,
    version: Version,
}

impl Opener {
    /// For TLS 1.2 and earlier.
    pub(crate) fn new(
        version: Version,
        suite: Suite,
        keys: Keys,
        is_encrypt_then_mac: bool,
    ) -> Option<Self> {
        if suite.is_aead() {
            return Some(Self::Tls12 {
                aead: aead(suite.cipher, &keys.key)?,
                iv: keys.iv,
            });
        }
        let mac = MacKey {
            hash: suite.mac,
            key: keys.mac,
            version,
        };
        Some(match suite.cipher {
            Cipher::Rc4 | Cipher::Rc4Export40 => Self::Stream {
                cipher: Some(Box::new(rc4::Rc4::new_from_slice(&keys.key).ok()?)),
                mac,
            },
            Cipher::Null => Self::Stream { cipher: None, mac },
            block => Self::Cbc {
                blocks: super::cbc::blocks(block, &keys.key)?,
                mac,
                chain: (version <= Version::Tls10).then_some(keys.iv),
                is_encrypt_then_mac,
            },
        })
    }

    /// For TLS 1.3, by a traffic secret.
    pub(crate) fn from_traffic_secret(suite: Suite, secret: &[u8]) -> Option<Self> {
        let keys = keys_from_traffic_secret(suite, secret)?;
        Some(Self::Tls13 {
            aead: aead(suite.cipher, &keys.key)?,
            iv: keys.iv.try_into().ok()?,
        })
    }

    /// Whether a record can be opened although others before it are missing, and tried again after a refusal.
    pub(crate) fn survives_loss(&self) -> bool {
        !matches!(
            self,
            Self::Stream {
                cipher: Some(_),
                ..
            }
        )
    }

    /// Bytes that protection adds to a record's content, as far as that does not depend on the content.
    pub(crate) fn overhead(&self) -> usize {
        match self {
            Self::Tls13 { aead, .. } => aead.tag_len() + 1,
            Self::Tls12 { aead, iv } => aead.tag_len() + if iv.len() == 4 { 8 } else { 0 },
            Self::Cbc {
                blocks, mac, chain, ..
            } => mac.hash.len() + 1 + chain.as_ref().map_or(blocks.len(), |_| 0),
            Self::Stream { mac, .. } => mac.hash.len(),
        }
    }

    /// Whether contents are padded, so that their length cannot be told from the record's.
    pub(crate) fn is_padded(&self) -> bool {
        matches!(self, Self::Cbc { .. })
    }

    /// The nonce that a record of TLS 1.2 brings along; most senders count it up like the sequence number.
    pub(crate) fn explicit_nonce(&self, body: &[u8]) -> Option<u64> {
        match self {
            Self::Tls12 { iv, .. } if iv.len() == 4 => {
                body.first_chunk().map(|nonce| u64::from_be_bytes(*nonce))
            }
            _ => None,
        }
    }

    /// Takes the protection off `body` into `out`. `false`: it does not authenticate as record number `seq`.
    pub(crate) fn open(&mut self, seq: u64, head: Head, body: &[u8], out: &mut Vec<u8>) -> bool {
        out.clear();
        self.try_open(seq, head, body, out).is_some()
    }

    fn try_open(&mut self, seq: u64, head: Head, body: &[u8], out: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::Tls13 { aead, iv } => {
                out.extend_from_slice(body);
                aead.open(&xored(*iv, seq), &head.to_bytes(), out)
            }
            Self::Tls12 { aead, iv } => {
                let (nonce, sealed) = match <[u8; 12]>::try_from(iv.as_slice()) {
                    Ok(iv) => (xored(iv, seq), body),
                    Err(_) => {
                        let (explicit, sealed) = body.split_first_chunk::<8>()?;
                        let mut nonce = [0; 12];
                        nonce.get_mut(..4)?.copy_from_slice(iv.get(..4)?);
                        nonce.get_mut(4..)?.copy_from_slice(explicit);
                        (nonce, sealed)
                    }
                };
                let len = sealed.len().checked_sub(aead.tag_len())?;
                out.extend_from_slice(sealed);
                aead.open(&nonce, &pseudo_header(seq, head, len)?, out)
            }
            Self::Cbc {
                blocks,
                mac,
                chain,
                is_encrypt_then_mac,
            } => {
                let mut sealed = body;
                if *is_encrypt_then_mac {
                    // RFC 7366 §3: the MAC covers the IV and what is encrypted.
                    let (covered, tag) =
                        body.split_at_checked(body.len().checked_sub(mac.hash.len())?)?;
                    mac.check(seq, head, covered, tag)?;
                    sealed = covered;
                }
                let last = sealed.get(sealed.len().checked_sub(blocks.len())?..)?;
                let next = chain.is_some().then(|| last.to_vec());
                match chain {
                    Some(chain) => {
                        out.extend_from_slice(sealed);
                        blocks.decrypt(chain, out)?;
                    }
                    None => {
                        let (iv, sealed) = sealed.split_at_checked(blocks.len())?;
                        out.extend_from_slice(sealed);
                        blocks.decrypt(iv, out)?;
                    }
                }
                let result = unpad(mac.version, out).and_then(|()| {
                    if *is_encrypt_then_mac {
                        Some(())
                    } else {
                        mac.take(seq, head, out)
                    }
                });
                if result.is_some() && next.is_some() {
                    *chain = next;
                }
                result
            }
            Self::Stream { cipher, mac } => {
                out.extend_from_slice(body);
                if let Some(cipher) = cipher {
                    cipher.try_apply_keystream(out).ok()?;
                }
                mac.take(seq, head, out)
            }
        }
    }

    /// Takes notice of missing bytes: a chained cipher cannot open the record after them.
    pub(crate) fn break_chain(&mut self) {
        if let Self::Cbc {
            chain: Some(chain), ..
        } = self
        {
            chain.clear();
        }
    }

    /// Takes notice of a record that was not opened: the next one of a chained cipher needs its last block.
    pub(crate) fn pass(&mut self, body: &[u8]) {
        if let Self::Cbc {
            blocks,
            chain: Some(chain),
            ..
        } = self
            && let Some(last) = body
                .len()
                .checked_sub(blocks.len())
                .and_then(|at| body.get(at..))
        {
            *chain = last.to_vec();
        }
    }
}

impl MacKey {
    fn check(&self, seq: u64, head: Head, content: &[u8], tag: &[u8]) -> Option<()> {
        let header = pseudo_header(seq, head, content.len())?;
        let expected = if self.version == Version::Ssl3 {
            // SSL 3.0 leaves out the version.
            let (before, after) = (header.get(..9)?, header.get(11..)?);
            ssl3_mac(self.hash, &self.key, &[before, after, content])
        } else {
            hmac(self.hash, &self.key, &[&header, content])
        };
        (expected == tag).then_some(())
    }

    /// Checks the MAC at the end of `out` and removes it.
    fn take(&self, seq: u64, head: Head, out: &mut Vec<u8>) -> Option<()> {
        let len = out.len().checked_sub(self.hash.len())?;
        let (content, tag) = out.split_at_checked(len)?;
        self.check(seq, head, content, tag)?;
        out.truncate(len);
        Some(())
    }
}

/// Removes the padding of a block cipher (RFC 5246 §6.2.3.2).
fn unpad(version: Version, out: &mut Vec<u8>) -> Option<()> {
    let padding = *out.last()?;
    let len = out.len().checked_sub(usize::from(padding) + 1)?;
    let is_sound = version == Version::Ssl3 || out.get(len..)?.iter().all(|byte| *byte == padding);
    out.truncate(len);
    is_sound.then_some(())
}

/// What MACs and additional data cover beside the content (RFC 5246 §6.2.3.1).
fn pseudo_header(seq: u64, head: Head, len: usize) -> Option<[u8; 13]> {
    let mut header = [0; 13];
    let [major, minor] = head.version;
    let [l0, l1] = u16::try_from(len).ok()?.to_be_bytes();
    header.get_mut(..8)?.copy_from_slice(&seq.to_be_bytes());
    header
        .get_mut(8..)?
        .copy_from_slice(&[head.kind, major, minor, l0, l1]);
    Some(header)
}

/// The nonce of record `seq`: the IV, combined with the number by exclusive or.
pub(crate) fn xored(mut iv: [u8; 12], seq: u64) -> [u8; 12] {
    for (byte, other) in iv.iter_mut().skip(4).zip(seq.to_be_bytes()) {
        *byte ^= other;
    }
    iv
}

/// An authenticating cipher with its key.
pub(crate) trait Aead: Send + Sync {
    /// Decrypts `sealed`, which ends with the tag, in place. `None`: it does not authenticate.
    fn open(&self, nonce: &[u8; 12], additional: &[u8], sealed: &mut Vec<u8>) -> Option<()>;
    /// Bytes of the tag.
    fn tag_len(&self) -> usize;
}

struct Of<C> {
    cipher: C,
    tag_len: usize,
}

impl<C: AeadInOut<NonceSize = U12> + Send + Sync> Aead for Of<C> {
    fn open(&self, nonce: &[u8; 12], additional: &[u8], sealed: &mut Vec<u8>) -> Option<()> {
        let len = sealed.len().checked_sub(self.tag_len)?;
        let (content, tag) = sealed.split_at_mut_checked(len)?;
        let tag = Tag::<C>::try_from(&*tag).ok()?;
        self.cipher
            .decrypt_inout_detached(nonce.into(), additional, content.into(), &tag)
            .ok()?;
        sealed.truncate(len);
        Some(())
    }

    fn tag_len(&self) -> usize {
        self.tag_len
    }
}

/// The AEAD cipher with `key`; `None` for other ciphers and keys of wrong length.
pub(crate) fn aead(cipher: Cipher, key: &[u8]) -> Option<Box<dyn Aead>> {
    fn of<C>(key: &[u8], tag_len: usize) -> Option<Box<dyn Aead>>
    where
        C: AeadInOut<NonceSize = U12> + KeyInit + Send + Sync + 'static,
    {
        let cipher = C::new_from_slice(key).ok()?;
        Some(Box::new(Of { cipher, tag_len }))
    }
    match cipher {
        Cipher::Aes128Gcm => of::<aes_gcm::Aes128Gcm>(key, 16),
        Cipher::Aes256Gcm => of::<aes_gcm::Aes256Gcm>(key, 16),
        Cipher::Aria128Gcm => of::<AesGcm<aria::Aria128, U12>>(key, 16),
        Cipher::Aria256Gcm => of::<AesGcm<aria::Aria256, U12>>(key, 16),
        Cipher::Camellia128Gcm => of::<AesGcm<camellia::Camellia128, U12>>(key, 16),
        Cipher::Camellia256Gcm => of::<AesGcm<camellia::Camellia256, U12>>(key, 16),
        Cipher::Aes128Ccm => of::<Ccm<Aes128, U16, U12>>(key, 16),
        Cipher::Aes256Ccm => of::<Ccm<Aes256, U16, U12>>(key, 16),
        Cipher::Aes128Ccm8 => of::<Ccm<Aes128, U8, U12>>(key, 8),
        Cipher::Aes256Ccm8 => of::<Ccm<Aes256, U8, U12>>(key, 8),
        Cipher::ChaCha20Poly1305 => of::<chacha20poly1305::ChaCha20Poly1305>(key, 16),
        _ => None,
    }
}
