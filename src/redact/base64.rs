//! Base64 (RFC 4648 §4), the encoding half; `data_url` decodes.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// `bytes` with padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let at = |index: usize| u32::from(group.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for index in 0..4usize {
            if index > group.len() {
                text.push('=');
                continue;
            }
            let sextet = bits >> (18 - 6 * index) & 0x3f;
            let letter = usize::try_from(sextet)
                .ok()
                .and_then(|sextet| ALPHABET.get(sextet));
            text.push(letter.map_or('=', |byte| char::from(*byte)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_as_the_standard_says() {
        for (text, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v")] {
            assert_eq!(encode(text.as_bytes()), encoded);
        }
    }
}
