//! What a token looks like, whatever its name: JWTs, vendors' keys, long random strings.

/// Whether `word` is so short and plain that no shape of a secret fits: most segments of paths and values in queries are.
pub(super) fn is_plain(word: &str) -> bool {
    word.len() < PLAIN
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~'))
}

/// Below the shortest token, key and base64 that is looked into.
pub(super) const PLAIN: usize = 12;

/// Whether `word` is a secret by its shape alone: a JWT or a key with a vendor's prefix.
pub(super) fn is_token(word: &str) -> bool {
    is_jwt(word) || has_vendor_prefix(word)
}

/// Whether `word` looks random: long, one run of base64 or hex, letters and digits mixed. UUIDs are identifiers, not
/// secrets.
pub(super) fn is_opaque(word: &str) -> bool {
    if word.len() < 24 || is_uuid(word) || !word.bytes().all(is_token_byte) {
        return false;
    }
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let upper = word.bytes().filter(u8::is_ascii_uppercase).count();
    let lower = word.bytes().filter(u8::is_ascii_lowercase).count();
    let is_hex = word.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex {
        return word.len() >= 32 && digits > 0 && upper + lower > 0;
    }
    digits >= 2 && upper >= 2 && lower >= 2
}

/// Whether `byte` may stand in a JWT, a base64 or a vendor's key.
pub(super) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~+/=".contains(&byte)
}

/// `eyJ` is base64 of `{"`: the start of a JWT, of a JWE, and of most other tokens that carry JSON.
fn is_jwt(word: &str) -> bool {
    word.len() >= 16 && word.starts_with("eyJ") && word.bytes().all(is_token_byte)
}

/// Where a JWT begins behind other characters of a word: `report-eyJ….pdf`.
pub(super) fn inner_jwt(word: &str) -> Option<usize> {
    let (at, _) = word.match_indices("eyJ").find(|(at, _)| {
        let before = word
            .get(..*at)
            .and_then(|before| before.chars().next_back());
        before.is_some_and(|c| !c.is_ascii_alphanumeric())
    })?;
    let token = word.get(at..)?;
    (is_jwt(token) && token.contains('.')).then_some(at)
}

fn has_vendor_prefix(word: &str) -> bool {
    word.len() >= PLAIN
        && VENDORS.iter().any(|(prefix, least)| {
            word.len() >= *least
                && word.get(..prefix.len()) == Some(*prefix)
                && word.bytes().all(|byte| is_token_byte(byte) || byte == b':')
        })
}

fn is_uuid(word: &str) -> bool {
    word.len() == 36
        && word.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Prefix and least length of vendors' keys, as their own secret scanners publish them.
const VENDORS: [(&str, usize); 33] = [
    ("AIza", 30),
    ("AKIA", 16),
    ("ASIA", 16),
    ("EAACEdEose0cBA", 20),
    ("GOCSPX-", 20),
    ("SG.", 30),
    ("dop_v1_", 20),
    ("dp.pt.", 20),
    ("gho_", 20),
    ("ghp_", 20),
    ("ghr_", 20),
    ("ghs_", 20),
    ("ghu_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("glptt-", 16),
    ("hf_", 20),
    ("hvs.", 20),
    ("key-", 30),
    ("lin_api_", 20),
    ("npm_", 20),
    ("ntn_", 20),
    ("pk_live_", 16),
    ("pypi-", 30),
    ("rk_live_", 16),
    ("sbp_", 20),
    ("secret_", 20),
    ("shpat_", 20),
    ("sk-", 20),
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("xox", 15),
    ("ya29.", 20),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_known_by_their_shape() {
        assert!(is_token("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc"));
        assert!(is_token("ghp_0123456789abcdefghij"));
        assert!(is_token("AKIAIOSFODNN7EXAMPLE"));
        assert!(!is_token("eyJ") && !is_token("keyboard") && !is_token("sk-learn"));
    }

    #[test]
    fn what_is_plain_is_no_token() {
        assert!(VENDORS.iter().all(|(_, least)| *least >= PLAIN));
        assert!(is_plain("v1.0_x~") && !is_plain("a=b") && !is_plain("a%20b") && !is_plain("é"));
    }

    #[test]
    fn identifiers_and_words_are_not_opaque() {
        assert!(is_opaque("dGhpcyBpcyBhIHNlY3JldCB2YWx1ZTE3"));
        assert!(is_opaque("0123456789abcdef0123456789abcdef"));
        assert!(!is_opaque("123e4567-e89b-12d3-a456-426614174000"));
        assert!(!is_opaque("access-control-allow-origin-missing"));
        assert!(!is_opaque("getOrdersByCustomer2026"));
    }
}
