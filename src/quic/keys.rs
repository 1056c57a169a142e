//! From a secret to the keys of one direction of one level (RFC 9001 §5.1), and the ciphers that use them.

use super::version::Version;
use aes::cipher::{Block, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes256};
use aes_gcm::aead::{AeadInOut, Nonce, Tag};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use ccm::Ccm;
use ccm::consts::{U12, U16};
use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use chacha20poly1305::ChaCha20Poly1305;
use hkdf::Hkdf;
use sha2::{Sha256, Sha384};

/// Length of every authentication tag (RFC 9001 §5.3).
pub(super) const TAG: usize = 16;
/// Length of the sample that header protection uses (§5.4.2).
pub(super) const SAMPLE: usize = 16;

/// A cipher suite of TLS 1.3 that QUIC may use and that is understood here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suite {
    Aes128Gcm,
    Aes256Gcm,
    ChaCha20Poly1305,
    Aes128Ccm,
}

impl Suite {
    /// By its number (RFC 8446 §B.4).
    pub(super) fn from_wire(suite: u16) -> Option<Self> {
        match suite {
            0x1301 => Some(Self::Aes128Gcm),
            0x1302 => Some(Self::Aes256Gcm),
            0x1303 => Some(Self::ChaCha20Poly1305),
            0x1304 => Some(Self::Aes128Ccm),
            _ => None,
        }
    }

    /// The suites that a secret of this length can belong to, the usual one first.
    pub(super) fn candidates(secret: &[u8]) -> &'static [Self] {
        match secret.len() {
            32 => &[Self::Aes128Gcm, Self::ChaCha20Poly1305, Self::Aes128Ccm],
            48 => &[Self::Aes256Gcm],
            _ => &[],
        }
    }

    fn expand<const N: usize>(self, secret: &[u8], label: &str) -> Option<[u8; N]> {
        let mut out = [0; N];
        self.expand_into(secret, label, &mut out)?;
        Some(out)
    }

    /// HKDF-Expand-Label with an empty context (RFC 8446 §7.1).
    fn expand_into(self, secret: &[u8], label: &str, out: &mut [u8]) -> Option<()> {
        let len = u16::try_from(out.len()).ok()?.to_be_bytes();
        let label_len = u8::try_from(label.len().checked_add(6)?).ok()?;
        let info: [&[u8]; 5] = [&len, &[label_len], b"tls13 ", label.as_bytes(), &[0]];
        match self {
            Self::Aes256Gcm => Hkdf::<Sha384>::from_prk(secret)
                .ok()?
                .expand_multi_info(&info, out)
                .ok(),
            Self::Aes128Gcm | Self::ChaCha20Poly1305 | Self::Aes128Ccm => {
                Hkdf::<Sha256>::from_prk(secret)
                    .ok()?
                    .expand_multi_info(&info, out)
                    .ok()
            }
        }
    }
}

/// The secrets of both sides' Initial packets, which follow from a connection ID alone (RFC 9001 §5.2).
pub(super) fn initial_secrets(version: Version, cid: &[u8]) -> Option<([u8; 32], [u8; 32])> {
    let (initial, _) = Hkdf::<Sha256>::extract(Some(version.salt()), cid);
    let suite = Suite::Aes128Gcm;
    Some((
        suite.expand(&initial, "client in")?,
        suite.expand(&initial, "server in")?,
    ))
}

/// The secret that follows `secret` when keys are updated (RFC 9001 §6.1).
pub(super) fn next_secret(suite: Suite, version: Version, secret: &[u8]) -> Option<Vec<u8>> {
    let mut next = vec![0; secret.len()];
    suite.expand_into(secret, version.labels().update, &mut next)?;
    Some(next)
}

/// Opens payloads.
pub(super) struct PayloadKey {
    cipher: Cipher,
    iv: [u8; 12],
}

enum Cipher {
    Aes128Gcm(Box<Aes128Gcm>),
    Aes256Gcm(Box<Aes256Gcm>),
    ChaCha20Poly1305(Box<ChaCha20Poly1305>),
    Aes128Ccm(Box<Ccm<Aes128, U16, U12>>),
}

impl PayloadKey {
    pub(super) fn new(suite: Suite, version: Version, secret: &[u8]) -> Option<Self> {
        let labels = version.labels();
        let cipher = match suite {
            Suite::Aes128Gcm => {
                let key = suite.expand::<16>(secret, labels.key)?;
                Cipher::Aes128Gcm(Box::new(Aes128Gcm::new(&key.into())))
            }
            Suite::Aes256Gcm => {
                let key = suite.expand::<32>(secret, labels.key)?;
                Cipher::Aes256Gcm(Box::new(Aes256Gcm::new(&key.into())))
            }
            Suite::ChaCha20Poly1305 => {
                let key = suite.expand::<32>(secret, labels.key)?;
                Cipher::ChaCha20Poly1305(Box::new(ChaCha20Poly1305::new(&key.into())))
            }
            Suite::Aes128Ccm => {
                let key = suite.expand::<16>(secret, labels.key)?;
                Cipher::Aes128Ccm(Box::new(Ccm::new(&key.into())))
            }
        };
        Some(Self {
            cipher,
            iv: suite.expand(secret, labels.iv)?,
        })
    }

    /// Opens the payload of packet `number` in place, tag excluded (§5.3). `None` when it does not authenticate.
    pub(super) fn open<'b>(
        &self,
        number: u64,
        header: &[u8],
        sealed: &'b mut [u8],
    ) -> Option<&'b [u8]> {
        let (text, tag) = sealed.split_at_mut_checked(sealed.len().checked_sub(TAG)?)?;
        let mut nonce = self.iv;
        for (byte, own) in nonce
            .iter_mut()
            .rev()
            .zip(number.to_be_bytes().iter().rev())
        {
            *byte ^= own;
        }
        match &self.cipher {
            Cipher::Aes128Gcm(cipher) => open(&**cipher, nonce, header, text, tag),
            Cipher::Aes256Gcm(cipher) => open(&**cipher, nonce, header, text, tag),
            Cipher::ChaCha20Poly1305(cipher) => open(&**cipher, nonce, header, text, tag),
            Cipher::Aes128Ccm(cipher) => open(&**cipher, nonce, header, text, tag),
        }?;
        Some(text)
    }
}

fn open<C: AeadInOut>(
    cipher: &C,
    nonce: [u8; 12],
    header: &[u8],
    text: &mut [u8],
    tag: &[u8],
) -> Option<()> {
    let nonce = Nonce::<C>::try_from(&nonce[..]).ok()?;
    let tag = Tag::<C>::try_from(tag).ok()?;
    cipher
        .decrypt_inout_detached(&nonce, header, text.into(), &tag)
        .ok()
}

/// Removes header protection (RFC 9001 §5.4).
pub(super) enum HeaderKey {
    Aes128(Box<Aes128>),
    Aes256(Box<Aes256>),
    ChaCha20([u8; 32]),
}

impl HeaderKey {
    pub(super) fn new(suite: Suite, version: Version, secret: &[u8]) -> Option<Self> {
        let label = version.labels().header;
        Some(match suite {
            Suite::Aes128Gcm | Suite::Aes128Ccm => {
                let key = suite.expand::<16>(secret, label)?;
                Self::Aes128(Box::new(Aes128::new(&key.into())))
            }
            Suite::Aes256Gcm => {
                let key = suite.expand::<32>(secret, label)?;
                Self::Aes256(Box::new(Aes256::new(&key.into())))
            }
            Suite::ChaCha20Poly1305 => Self::ChaCha20(suite.expand(secret, label)?),
        })
    }

    /// The mask for the first byte and the four that may hold the packet number.
    pub(super) fn mask(&self, sample: &[u8; SAMPLE]) -> [u8; 5] {
        let mut block = *sample;
        match self {
            Self::Aes128(cipher) => encrypt(&**cipher, &mut block),
            Self::Aes256(cipher) => encrypt(&**cipher, &mut block),
            Self::ChaCha20(key) => {
                let [c0, c1, c2, c3, nonce @ ..] = *sample;
                let counter = u32::from_le_bytes([c0, c1, c2, c3]);
                block = [0; SAMPLE];
                let mut cipher = ChaCha20::new(&(*key).into(), &nonce.into());
                // Position in bytes; a counter at the very end of the range leaves the mask zero, and the packet closed.
                if cipher.try_seek(u64::from(counter) * 64).is_ok() {
                    let _ = cipher.try_apply_keystream(&mut block);
                }
            }
        }
        let [m0, m1, m2, m3, m4, ..] = block;
        [m0, m1, m2, m3, m4]
    }
}

fn encrypt<C: BlockCipherEncrypt>(cipher: &C, block: &mut [u8; SAMPLE]) {
    if let Ok(block) = <&mut Block<C>>::try_from(&mut block[..]) {
        cipher.encrypt_block(block);
    }
}

impl std::fmt::Debug for PayloadKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PayloadKey")
    }
}

impl std::fmt::Debug for HeaderKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HeaderKey")
    }
}
