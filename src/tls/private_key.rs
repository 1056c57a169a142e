//! RSA private keys of servers, which open TLS 1.2 and earlier where the client sent the premaster secret encrypted
//! (RFC 5246 §7.4.7.1).
//!
//! PEM with PKCS #1 (RFC 8017 §A.1.2) or PKCS #8 (RFC 5208 §5) in it; keys behind a passphrase are not read. The
//! arithmetic takes as long as the secret's bits want it to: whoever analyses a file has nobody who measures.

use num_bigint::BigUint;
use std::fmt;

/// One private key.
#[derive(Clone)]
pub(crate) struct PrivateKey {
    /// Bytes of the modulus.
    len: usize,
    prime_1: BigUint,
    prime_2: BigUint,
    exponent_1: BigUint,
    exponent_2: BigUint,
    coefficient: BigUint,
}

/// Longest modulus that is believed, in bytes.
const MAX_LEN: usize = 2048;
/// Length of a premaster secret.
const PREMASTER: usize = 48;

impl PrivateKey {
    /// Reads what stands between the lines of a PEM block. `None`: another kind of key, or a damaged one.
    pub(crate) fn from_base64(text: &[u8]) -> Option<Self> {
        let bytes = data_url::forgiving_base64::decode_to_vec(text).ok()?;
        let mut outer = Der(Der(&bytes).value(SEQUENCE)?);
        outer.value(INTEGER)?;
        match *outer.0.first()? {
            // PKCS #8: an algorithm, then PKCS #1 in a string.
            SEQUENCE => {
                outer.value(SEQUENCE)?;
                let mut inner = Der(Der(outer.value(OCTET_STRING)?).value(SEQUENCE)?);
                inner.value(INTEGER)?;
                Self::from_numbers(inner)
            }
            _ => Self::from_numbers(outer),
        }
    }

    fn from_numbers(mut numbers: Der<'_>) -> Option<Self> {
        let mut number = || {
            let digits = numbers.value(INTEGER)?;
            (digits.len() <= MAX_LEN + 1).then(|| BigUint::from_bytes_be(digits))
        };
        let modulus = number()?;
        let (_public, _private) = (number()?, number()?);
        let key = Self {
            len: usize::try_from(modulus.bits().div_ceil(8)).ok()?,
            prime_1: number()?,
            prime_2: number()?,
            exponent_1: number()?,
            exponent_2: number()?,
            coefficient: number()?,
        };
        let is_sound = key.prime_1.bits() > 1
            && key.prime_2.bits() > 1
            && &key.prime_1 * &key.prime_2 == modulus;
        is_sound.then_some(key)
    }

    /// The premaster secret in a ClientKeyExchange (RFC 8017 §7.2.2). `None`: it was encrypted for another key.
    pub(crate) fn premaster(&self, encrypted: &[u8]) -> Option<Vec<u8>> {
        if encrypted.len() != self.len {
            return None;
        }
        let message = self.decrypt(&BigUint::from_bytes_be(encrypted));
        let message = message.to_bytes_be();
        // A zero byte stands before these and is no part of the number.
        let padded = message.strip_prefix(&[2])?;
        let padding = padded.len().checked_sub(PREMASTER + 1)?;
        let (padding, rest) = padded.split_at_checked(padding)?;
        let premaster = rest.strip_prefix(&[0])?;
        let is_sound = padding.len() >= 8 && !padding.contains(&0);
        is_sound.then(|| premaster.to_vec())
    }

    /// By the Chinese remainder theorem (RFC 8017 §5.1.2), which costs a quarter of the plain way.
    fn decrypt(&self, encrypted: &BigUint) -> BigUint {
        let first = encrypted.modpow(&self.exponent_1, &self.prime_1);
        let second = encrypted.modpow(&self.exponent_2, &self.prime_2);
        let difference = first + &self.prime_1 - &second % &self.prime_1;
        let factor = difference * &self.coefficient % &self.prime_1;
        second + factor * &self.prime_2
    }
}

/// Never shows the key.
impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({} bytes)", self.len)
    }
}

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

/// Takes DER apart from the front.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The content of the next value, if it is of this kind.
    fn value(&mut self, kind: u8) -> Option<&'a [u8]> {
        let (&[found, first], rest) = self.0.split_first_chunk::<2>()?;
        let (len, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81 => {
                let (&[l0], rest) = rest.split_first_chunk()?;
                (usize::from(l0), rest)
            }
            0x82 => {
                let (length, rest) = rest.split_first_chunk()?;
                (usize::from(u16::from_be_bytes(*length)), rest)
            }
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(len)?;
        self.0 = rest;
        (found == kind).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            PrivateKey::from_base64(&bytes);
            let mut der = Der(&bytes);
            while der.value(SEQUENCE).or_else(|| der.value(INTEGER)).is_some() {}
        }
    }
}
