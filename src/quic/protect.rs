//! Opens one protected packet: header protection, packet number, payload (RFC 9001 §5.4, RFC 9000 §A.3).

use super::keys::{HeaderKey, PayloadKey, SAMPLE};

/// A packet without header protection. The number is cut as it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unmasked {
    first: u8,
    number: u32,
    number_len: usize,
}

/// Removes header protection from `packet`, whose packet number begins at `offset`.
pub(super) fn unmask(packet: &[u8], offset: usize, key: &HeaderKey) -> Option<Unmasked> {
    let (&first, _) = packet.split_first()?;
    let (field, rest) = packet.get(offset..)?.split_first_chunk::<4>()?;
    let sample = rest.first_chunk::<SAMPLE>()?;
    let [mask, number_mask @ ..] = key.mask(sample);
    let is_long = first & 0x80 != 0;
    let first = first ^ (mask & if is_long { 0x0f } else { 0x1f });
    let number_len = usize::from(first & 3) + 1;
    let number = u32::from_be_bytes(*field) ^ u32::from_be_bytes(number_mask);
    Some(Unmasked {
        first,
        number: number >> (32 - 8 * number_len),
        number_len,
    })
}

impl Unmasked {
    /// The key phase of a short header (RFC 9001 §6).
    pub(super) fn key_phase(self) -> bool {
        self.first & 0x04 != 0
    }

    /// How many bytes of the packet number were sent.
    pub(super) fn number_len(self) -> usize {
        self.number_len
    }

    /// The full packet number, when `largest` is the largest of the space so far (RFC 9000 §A.3).
    pub(super) fn full_number(self, largest: Option<u64>) -> u64 {
        let bits = 8 * self.number_len as u32;
        let (window, cut) = (1_u64 << bits, u64::from(self.number));
        let expected = largest.map_or(0, |largest| largest.saturating_add(1));
        let candidate = expected & !(window - 1) | cut;
        let half = window / 2;
        if candidate.saturating_add(half) <= expected && candidate < (1 << 62) - window {
            candidate + window
        } else if candidate > expected.saturating_add(half) && candidate >= window {
            candidate - window
        } else {
            candidate
        }
    }

    /// Opens the payload of `packet`; `scratch` takes a copy to work in.
    pub(super) fn open<'s>(
        self,
        packet: &[u8],
        offset: usize,
        number: u64,
        key: &PayloadKey,
        scratch: &'s mut Vec<u8>,
    ) -> Option<&'s [u8]> {
        scratch.clear();
        scratch.extend_from_slice(packet);
        let (header, sealed) =
            scratch.split_at_mut_checked(offset.checked_add(self.number_len)?)?;
        *header.first_mut()? = self.first;
        let sent = self.number.to_be_bytes();
        header
            .get_mut(offset..)?
            .copy_from_slice(sent.get(4 - self.number_len..)?);
        key.open(number, header, sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quic::keys::{Suite, initial_secrets};
    use crate::quic::version::Version;

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u8> = hex
            .chars()
            .filter_map(|digit| Some(digit.to_digit(16)? as u8))
            .collect();
        digits
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect()
    }

    fn opened(
        packet: &[u8],
        offset: usize,
        suite: Suite,
        version: Version,
        secret: &[u8],
        largest: Option<u64>,
    ) -> (u64, Vec<u8>) {
        let header = HeaderKey::new(suite, version, secret).unwrap();
        let payload = PayloadKey::new(suite, version, secret).unwrap();
        let unmasked = unmask(packet, offset, &header).unwrap();
        let number = unmasked.full_number(largest);
        let mut scratch = Vec::new();
        let text = unmasked
            .open(packet, offset, number, &payload, &mut scratch)
            .expect("authenticates");
        (number, text.to_vec())
    }

    #[test]
    fn the_servers_initial_of_rfc_9001_a3() {
        let packet = bytes(
            "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a
             5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c3ec2493a1839b3
             dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84
             022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc4
             2158407dd074ee",
        );
        let (_, server) = initial_secrets(Version::V1, &bytes("8394c8f03e515708")).unwrap();
        let (number, text) = opened(&packet, 18, Suite::Aes128Gcm, Version::V1, &server, None);
        assert_eq!(number, 1);
        assert!(text.starts_with(&bytes("02000000000600405a020000560303eefce7f7b37ba1d163")));
    }

    #[test]
    fn the_servers_initial_of_rfc_9369_a3() {
        let packet = bytes(
            "dc6b3343cf0008f067a5502a4262b5004075d92faaf16f05d8a4398c47089698
             baeea26b91eb761d9b89237bbf87263017915358230035f7fd3945d88965cf17
             f9af6e16886c61bfc703106fbaf3cb4cfa52382dd16a393e42757507698075b2
             c984c707f0a0812d8cd5a6881eaf21ceda98f4bd23f6fe1a3e2c43edd9ce7ca8
             4bed8521e2e140",
        );
        let (_, server) = initial_secrets(Version::V2, &bytes("8394c8f03e515708")).unwrap();
        let (number, text) = opened(&packet, 18, Suite::Aes128Gcm, Version::V2, &server, None);
        assert_eq!(number, 1);
        assert!(text.starts_with(&bytes("02000000000600405a020000560303eefce7f7b37ba1d163")));
    }

    #[test]
    fn the_short_headers_of_rfc_9001_a5_and_rfc_9369_a5() {
        let secret = bytes("9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b");
        for (version, packet) in [
            (Version::V1, "4cfe4189655e5cd55c41f69080575d7999c25a5bfb"),
            (Version::V2, "5558b1c60ae7b6b932bc27d786f4bc2bb20f2162ba"),
        ] {
            let (number, text) = opened(
                &bytes(packet),
                1,
                Suite::ChaCha20Poly1305,
                version,
                &secret,
                Some(654_360_560),
            );
            assert_eq!(number, 654_360_564);
            assert_eq!(text, [1], "a PING");
        }
    }

    #[test]
    fn packet_numbers_are_completed_near_the_expected_one() {
        let short = |number, number_len| Unmasked {
            first: 0x40,
            number,
            number_len,
        };
        // RFC 9000 §A.3.
        assert_eq!(short(0x9b32, 2).full_number(Some(0xa82f_30ea)), 0xa82f_9b32);
        assert_eq!(short(0, 1).full_number(None), 0);
        assert_eq!(short(0x02, 1).full_number(Some(0x1fe)), 0x202);
        assert_eq!(short(0xfe, 1).full_number(Some(0x203)), 0x1fe);
        assert_eq!(short(0xff, 1).full_number(Some(0)), 0xff);
        let _ = short(0xffff_ffff, 4).full_number(Some(u64::MAX));
    }
}
