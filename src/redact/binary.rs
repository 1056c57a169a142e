//! Secrets in content that is no text: MessagePack, CBOR, protocol buffers, archives.

use super::names::{Place, is_secret};
use super::{email, shapes};

/// Whether a name or a shape of a secret can be read in `bytes`. What follows the name cannot be cut out without knowing
/// the format, so that the whole content goes.
pub(super) fn holds_secret(mime: &str, bytes: &[u8]) -> bool {
    if is_media(mime) {
        return false;
    }
    // Compressed: nobody can say what is in it.
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return true;
    }
    // UTF-16 has a zero beside each letter.
    let wide: Vec<u8>;
    let bytes = match bytes.iter().filter(|byte| **byte == 0).count() * 3 > bytes.len() {
        true => {
            wide = bytes.iter().copied().filter(|byte| *byte != 0).collect();
            &wide
        }
        false => bytes,
    };
    bytes
        .split(|byte| !(byte.is_ascii_graphic()))
        .filter(|run| run.len() >= 4)
        .filter_map(|run| std::str::from_utf8(run).ok())
        .any(is_telling)
}

fn is_telling(run: &str) -> bool {
    email::find(run).is_some()
        || run
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
            .any(|word| {
                word.len() >= 4
                    && (shapes::is_token(word) || word.len() <= 40 && is_secret(Place::Body, word))
            })
}

/// Pictures, sound and fonts hold nothing that a program wrote about its user.
fn is_media(mime: &str) -> bool {
    let mime = mime.trim_start().to_ascii_lowercase();
    [
        "image/",
        "audio/",
        "video/",
        "font/",
        "application/font",
        "application/wasm",
    ]
    .iter()
    .any(|own| mime.starts_with(own))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_in_a_packed_map_tells() {
        assert!(holds_secret("application/msgpack", b"\x81\xa5token\xa9abc"));
        assert!(holds_secret("", b"\x80p\0a\0s\0s\0w\0o\0r\0d\0\xff"));
        assert!(!holds_secret("application/msgpack", b"\x81\xa4name\xa3abc"));
        assert!(!holds_secret("image/png", b"\x89PNG token"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            holds_secret("", &bytes);
        }
    }
}
