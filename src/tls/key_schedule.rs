//! From a logged secret to the keys of a direction: RFC 6101 §6.2.2, RFC 2246 §6.3, RFC 5246 §6.3, RFC 8446 §7.3.

use super::suite::{Hash, Suite, Version};
use crate::net::Direction;
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::{Sha256, Sha384};

/// What protects the records of one direction.
#[derive(Clone, Default)]
pub(crate) struct Keys {
    pub(crate) mac: Vec<u8>,
    pub(crate) key: Vec<u8>,
    pub(crate) iv: Vec<u8>,
}

/// Client and server random, as far as a derivation needs both.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Randoms {
    pub(crate) client: [u8; 32],
    pub(crate) server: [u8; 32],
}

impl Randoms {
    fn client_first(&self) -> [u8; 64] {
        join(self.client, self.server)
    }

    fn server_first(&self) -> [u8; 64] {
        join(self.server, self.client)
    }
}

fn join(first: [u8; 32], second: [u8; 32]) -> [u8; 64] {
    let mut both = [0; 64];
    let (left, right) = both.split_at_mut(32);
    left.copy_from_slice(&first);
    right.copy_from_slice(&second);
    both
}

/// The master secret from what the client sent encrypted (RFC 5246 §8.1); with the handshake up to there where both sides
/// agreed to bind it (RFC 7627 §4).
pub(crate) fn master_from_premaster(
    version: Version,
    suite: Suite,
    premaster: &[u8],
    randoms: &Randoms,
    transcript: Option<&[u8]>,
) -> [u8; 48] {
    let mut master = [0; 48];
    let seed = randoms.client_first();
    match transcript {
        _ if version == Version::Ssl3 => ssl3_block(premaster, &seed, &mut master),
        None => prf(
            version,
            suite.prf,
            premaster,
            b"master secret",
            &seed,
            &mut master,
        ),
        Some(transcript) => {
            let hash = match (version, suite.prf) {
                (Version::Tls12, Hash::Sha384) => Sha384::digest(transcript).to_vec(),
                (Version::Tls12, _) => Sha256::digest(transcript).to_vec(),
                _ => [
                    Md5::digest(transcript).as_slice(),
                    Sha1::digest(transcript).as_slice(),
                ]
                .concat(),
            };
            let label = b"extended master secret";
            prf(version, suite.prf, premaster, label, &hash, &mut master);
        }
    }
    master
}

/// Keys of TLS 1.2 and earlier.
pub(crate) fn keys_from_master(
    version: Version,
    suite: Suite,
    master: &[u8],
    randoms: &Randoms,
    direction: Direction,
) -> Keys {
    let mac_len = if suite.is_aead() { 0 } else { suite.mac.len() };
    let key_len = suite.cipher.export_len().unwrap_or(suite.cipher.key_len());
    let iv_len = match suite.cipher {
        super::suite::Cipher::ChaCha20Poly1305 => 12,
        _ if suite.is_aead() => 4,
        // Later versions send the IV with each record.
        _ if version <= Version::Tls10 => suite.cipher.block_len(),
        _ => 0,
    };
    let mut block = vec![0; 2 * (mac_len + key_len + iv_len)];
    let seed = randoms.server_first();
    if version == Version::Ssl3 {
        ssl3_block(master, &seed, &mut block);
    } else {
        prf(
            version,
            suite.prf,
            master,
            b"key expansion",
            &seed,
            &mut block,
        );
    }
    let mut rest = block.as_slice();
    let mut take = |len: usize| {
        let (client, later) = rest.split_at_checked(len).unwrap_or_default();
        let (server, later) = later.split_at_checked(len).unwrap_or_default();
        rest = later;
        match direction {
            Direction::ToServer => client.to_vec(),
            Direction::ToClient => server.to_vec(),
        }
    };
    let mut keys = Keys {
        mac: take(mac_len),
        key: take(key_len),
        iv: take(iv_len),
    };
    if suite.cipher.export_len().is_some() {
        stretch(version, suite, randoms, direction, &mut keys);
    }
    keys
}

/// Keys of TLS 1.3 from a traffic secret.
pub(crate) fn keys_from_traffic_secret(suite: Suite, secret: &[u8]) -> Option<Keys> {
    let mut keys = Keys {
        mac: Vec::new(),
        key: vec![0; suite.cipher.key_len()],
        iv: vec![0; 12],
    };
    expand_label(suite.prf, secret, b"tls13 key", &mut keys.key)?;
    expand_label(suite.prf, secret, b"tls13 iv", &mut keys.iv)?;
    Some(keys)
}

/// The traffic secret after a KeyUpdate (RFC 8446 §7.2).
pub(crate) fn next_traffic_secret(suite: Suite, secret: &[u8]) -> Option<Vec<u8>> {
    let mut next = vec![0; suite.prf.len()];
    expand_label(suite.prf, secret, b"tls13 traffic upd", &mut next)?;
    Some(next)
}

/// HKDF-Expand-Label with an empty context (RFC 8446 §7.1). `label` includes its prefix. `None`: impossible lengths.
pub(crate) fn expand_label(hash: Hash, secret: &[u8], label: &[u8], out: &mut [u8]) -> Option<()> {
    let out_len = u16::try_from(out.len()).ok()?.to_be_bytes();
    let label_len = [u8::try_from(label.len()).ok()?];
    let info: [&[u8]; 4] = [&out_len, &label_len, label, &[0]];
    match hash {
        Hash::Sha384 => hkdf::Hkdf::<Sha384>::from_prk(secret)
            .ok()?
            .expand_multi_info(&info, out)
            .ok(),
        _ => hkdf::Hkdf::<Sha256>::from_prk(secret)
            .ok()?
            .expand_multi_info(&info, out)
            .ok(),
    }
}

/// HMAC over `parts`.
pub(crate) fn hmac(hash: Hash, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    fn run<M: Mac + KeyInit>(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else {
            return Vec::new();
        };
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().to_vec()
    }
    match hash {
        Hash::Md5 => run::<Hmac<Md5>>(key, parts),
        Hash::Sha1 => run::<Hmac<Sha1>>(key, parts),
        Hash::Sha256 => run::<Hmac<Sha256>>(key, parts),
        Hash::Sha384 => run::<Hmac<Sha384>>(key, parts),
    }
}

/// The MAC of SSL 3.0 (RFC 6101 §5.2.3.1).
pub(crate) fn ssl3_mac(hash: Hash, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    fn run<D: Digest>(key: &[u8], pad_len: usize, parts: &[&[u8]]) -> Vec<u8> {
        let mut inner = D::new();
        inner.update(key);
        inner.update(vec![0x36; pad_len]);
        parts.iter().for_each(|part| inner.update(part));
        let mut outer = D::new();
        outer.update(key);
        outer.update(vec![0x5c; pad_len]);
        outer.update(inner.finalize());
        outer.finalize().to_vec()
    }
    match hash {
        Hash::Md5 => run::<Md5>(key, 48, parts),
        _ => run::<Sha1>(key, 40, parts),
    }
}

/// The pseudorandom function of the version (RFC 2246 §5, RFC 5246 §5).
fn prf(version: Version, hash: Hash, secret: &[u8], label: &[u8], seed: &[u8], out: &mut [u8]) {
    if version >= Version::Tls12 {
        return p_hash(hash, secret, label, seed, out);
    }
    let half = secret.len().div_ceil(2);
    let first = secret.get(..half).unwrap_or_default();
    let second = secret.get(secret.len() - half..).unwrap_or_default();
    p_hash(Hash::Md5, first, label, seed, out);
    p_hash(Hash::Sha1, second, label, seed, out);
}

/// P_hash, combined into `out` by exclusive or.
fn p_hash(hash: Hash, secret: &[u8], label: &[u8], seed: &[u8], out: &mut [u8]) {
    let mut a = hmac(hash, secret, &[label, seed]);
    for part in out.chunks_mut(hash.len()) {
        for (out, byte) in part.iter_mut().zip(hmac(hash, secret, &[&a, label, seed])) {
            *out ^= byte;
        }
        a = hmac(hash, secret, &[&a]);
    }
}

/// Key derivation of SSL 3.0 (RFC 6101 §6.2.2).
fn ssl3_block(master: &[u8], seed: &[u8], out: &mut [u8]) {
    for (letter, (count, part)) in (b'A'..=b'Z').zip((1..).zip(out.chunks_mut(16))) {
        let inner = Sha1::new()
            .chain_update(vec![letter; count])
            .chain_update(master)
            .chain_update(seed)
            .finalize();
        let hash = Md5::new()
            .chain_update(master)
            .chain_update(inner)
            .finalize();
        part.iter_mut()
            .zip(hash)
            .for_each(|(out, byte)| *out = byte);
    }
}

/// Export ciphers: the short key becomes one of full length (RFC 2246 §6.3.1).
fn stretch(
    version: Version,
    suite: Suite,
    randoms: &Randoms,
    direction: Direction,
    keys: &mut Keys,
) {
    let seed = randoms.client_first();
    let mut key = vec![0; suite.cipher.key_len()];
    if version == Version::Ssl3 {
        let seed = match direction {
            Direction::ToServer => seed,
            Direction::ToClient => randoms.server_first(),
        };
        let hash = Md5::new()
            .chain_update(&keys.key)
            .chain_update(seed)
            .finalize();
        key.iter_mut().zip(hash).for_each(|(out, byte)| *out = byte);
        keys.key = key;
        return;
    }
    let label: &[u8] = match direction {
        Direction::ToServer => b"client write key",
        Direction::ToClient => b"server write key",
    };
    prf(version, suite.prf, &keys.key, label, &seed, &mut key);
    keys.key = key;
    let iv_len = keys.iv.len();
    let mut ivs = vec![0; 2 * iv_len];
    prf(version, suite.prf, b"", b"IV block", &seed, &mut ivs);
    let start = match direction {
        Direction::ToServer => 0,
        Direction::ToClient => iv_len,
    };
    keys.iv = ivs.get(start..start + iv_len).unwrap_or_default().to_vec();
}
