//! Which names (of fields, query parameters, form and JSON members) announce a secret.
//!
//! The lists cover what the HAR sanitizers of Google and Cloudflare scrub, and the usual names of API keys.

/// Where a name stands: some names are secrets in a URL and harmless in a JSON document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Body,
    Field,
    Query,
}

/// Longer names hold something else than a name.
const LONGEST: usize = 200;

/// Whether the value that belongs to `name` must be hidden. Every word of every report is asked.
pub(super) fn is_secret(place: Place, name: &str) -> bool {
    if name.len() > LONGEST {
        return true;
    }
    let mut buffer = [0; LONGEST];
    let squashed = squash(&super::nested::decode_fully(name), &mut buffer);
    if squashed.is_empty() {
        return false;
    }
    if place == Place::Field && is_one_of(&NOT_SECRET_FIELDS, squashed) {
        return false;
    }
    let (also, words_too): (&[&str], &[&str]) = match place {
        Place::Body => (&[], &[]),
        Place::Field => (&IN_URLS, &FIELD_WORDS),
        Place::Query => (&IN_URLS, &QUERY_WORDS),
    };
    let is_signed = |start: &[u8]| place == Place::Query && squashed.starts_with(start);
    is_one_of(&EVERYWHERE, squashed)
        || is_one_of(also, squashed)
        || has_part(squashed)
        || is_signed(b"xamz")
        || is_signed(b"xgoog")
        || squashed.ends_with(b"sid")
        || words(name).any(|word| is_word_of(&WORDS, word) || is_word_of(words_too, word))
}

/// Whether `name` is in `list`, which is sorted.
pub(super) fn is_one_of(list: &[&str], name: &[u8]) -> bool {
    list.binary_search_by(|own| own.as_bytes().cmp(name))
        .is_ok()
}

fn is_word_of(list: &[&str], word: &[u8]) -> bool {
    list.iter()
        .any(|own| own.as_bytes().eq_ignore_ascii_case(word))
}

/// Whether one of [`parts`] stands in a squashed name.
fn has_part(squashed: &[u8]) -> bool {
    let mut rest = squashed;
    while let [first, tail @ ..] = rest {
        if parts(*first)
            .iter()
            .any(|part| rest.starts_with(part.as_bytes()))
        {
            return true;
        }
        rest = tail;
    }
    false
}

/// Lower case, letters and digits only: `X-Api_Key` → `xapikey`; as many as `buffer` takes.
pub(super) fn squash<'b>(name: &str, buffer: &'b mut [u8]) -> &'b [u8] {
    let mut len = 0;
    let kept = name.bytes().filter(u8::is_ascii_alphanumeric);
    for (place, byte) in buffer.iter_mut().zip(kept) {
        *place = byte.to_ascii_lowercase();
        len += 1;
    }
    buffer.get(..len).unwrap_or_default()
}

/// `X-Auth-Key` → `X`, `Auth`, `Key`; `authKey` → `auth`, `Key`.
fn words(name: &str) -> impl Iterator<Item = &[u8]> {
    name.as_bytes()
        .split(|byte| !byte.is_ascii_alphanumeric())
        .flat_map(|part| {
            part.chunk_by(|now, next| !(now.is_ascii_lowercase() && next.is_ascii_uppercase()))
        })
}

/// Whole names, squashed.
const EVERYWHERE: [&str; 69] = [
    "accountkey",
    "appid",
    "assertion",
    "auth",
    "authcode",
    "awsaccesskeyid",
    "cardnumber",
    "clientid",
    "connectsid",
    "contrasena",
    "creditcard",
    "creditcardnumber",
    "cvc",
    "cvv",
    "devicecode",
    "dpop",
    "encryptionkey",
    "facetid",
    "fcparams",
    "googleaccessid",
    "haslo",
    "hmac",
    "iban",
    "jsessionid",
    "kennwort",
    "licensekey",
    "logincode",
    "masterkey",
    "mdp",
    "mfacode",
    "motdepasse",
    "onetimecode",
    "oobcode",
    "otp",
    "otpcode",
    "ott",
    "pass",
    "pass1",
    "pass2",
    "passcode",
    "passphrase",
    "passw",
    "passwort",
    "phpsessid",
    "pin",
    "pincode",
    "psk",
    "pw",
    "pwd",
    "recoverycode",
    "relaystate",
    "senha",
    "serverdata",
    "sharedkey",
    "shdf",
    "sid",
    "sig",
    "signedrequest",
    "smscode",
    "ssn",
    "totp",
    "usercode",
    "userpass",
    "usg",
    "verificationcode",
    "vses2",
    "wachtwoord",
    "xclientdata",
    "xpass",
];

/// Whole names that are secrets in a URL or field, but everyday words in a body.
const IN_URLS: [&str; 34] = [
    "challenge",
    "code",
    "codechallenge",
    "email",
    "forwardeduser",
    "hdnea",
    "hdntl",
    "hdnts",
    "invite",
    "invitecode",
    "key",
    "keypairid",
    "loginhint",
    "logouthint",
    "mac",
    "magic",
    "magiclink",
    "nonce",
    "pass",
    "policy",
    "remoteuser",
    "sign",
    "state",
    "tan",
    "ticket",
    "username",
    "verify",
    "wctx",
    "wresult",
    "xaccess",
    "xauthenticateduser",
    "xauthenticateduserid",
    "xforwardeduser",
    "xremoteuser",
];

/// A squashed name that contains one of these is a secret; those that begin with `first`.
fn parts(first: u8) -> &'static [&'static str] {
    match first {
        b'a' => &[
            "accesskey",
            "apikey",
            "appcheck",
            "authkey",
            "authorization",
        ],
        b'b' => &["bearer"],
        b'c' => &[
            "cfaccess",
            "cfchl",
            "clientassertion",
            "clientcert",
            "clientprincipal",
            "codeverifier",
            "cookie",
            "credential",
            "csrf",
        ],
        b'f' => &["functionskey"],
        b'j' => &["jwt"],
        b'o' => &["oauthverifier", "oidc"],
        b'p' => &["passwd", "password", "privatekey", "pwd"],
        b's' => &[
            "samlart",
            "samlre",
            "secret",
            "securitykey",
            "sessid",
            "session",
            "signature",
            "subscriptionkey",
        ],
        b't' => &["token"],
        b'x' => &["xsrf"],
        _ => &[],
    }
}

/// A name with one of these among its words is a secret: `x-auth`, `userPin`, but not `author`.
const WORDS: [&str; 11] = [
    "2fa",
    "auth",
    "creds",
    "hmac",
    "mfa",
    "otp",
    "passphrase",
    "pin",
    "pwd",
    "sid",
    "sig",
];

/// The same in the names of fields only.
const FIELD_WORDS: [&str; 6] = ["assertion", "cert", "key", "login", "nonce", "ticket"];

/// The same in the names of query parameters only.
const QUERY_WORDS: [&str; 2] = ["key", "nonce"];

/// Fields whose names look secret and whose values are not, squashed.
const NOT_SECRET_FIELDS: [&str; 15] = [
    "cachekey",
    "credentials",
    "idempotencykey",
    "proxyauthenticate",
    "publickeypins",
    "publickeypinsreportonly",
    "secsessionregistration",
    "secwebsocketkey",
    "state",
    "surrogatekey",
    "user",
    "wwwauthenticate",
    "xcachekey",
    "xcsrfprotection",
    "xratelimitpolicy",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The word lists of Google's and Cloudflare's HAR sanitizers (both are on GitHub as har-sanitizer).
    #[test]
    fn what_other_sanitizers_scrub_is_a_secret_here_too() {
        for name in [
            "access_token",
            "appID",
            "assertion",
            "auth",
            "authenticity_token",
            "Authorization",
            "challenge",
            "client_id",
            "client_secret",
            "code",
            "code_challenge",
            "code_verifier",
            "email",
            "facetID",
            "fcParams",
            "id_token",
            "password",
            "SAMLRequest",
            "SAMLResponse",
            "serverData",
            "shdf",
            "state",
            "token",
            "usg",
            "vses2",
            "x-client-data",
        ] {
            assert!(is_secret(Place::Query, name), "{name}");
        }
    }

    #[test]
    fn spellings_of_secrets_are_recognised() {
        for name in [
            "X-Api-Key",
            "apikey",
            "access_token",
            "accessToken",
            "X-CSRFToken",
            "X-Auth",
            "xAuth",
            "Ocp-Apim-Subscription-Key",
            "client_secret",
            "%61ccess_token",
            "X-Amz-Signature",
            "PHPSESSID",
            "SAMLResponse",
            "to%256ben",
            "RelayState",
            "oauth_verifier",
        ] {
            assert!(is_secret(Place::Query, name), "{name}");
        }
    }

    #[test]
    fn what_is_looked_up_by_halving_is_sorted() {
        assert!(EVERYWHERE.is_sorted() && IN_URLS.is_sorted() && NOT_SECRET_FIELDS.is_sorted());
        for first in 0..=u8::MAX {
            let own = |part: &&str| part.as_bytes().first() == Some(&first);
            assert!(parts(first).iter().all(own));
        }
    }

    #[test]
    fn everyday_names_are_not() {
        for name in [
            "author", "page", "sort", "keyboard", "monkey", "origin", "signal", "spinner",
        ] {
            assert!(!is_secret(Place::Query, name), "{name}");
        }
        for name in ["X-Mashape-Key", "X-WP-Nonce", "CF-Access-Client-Id", "DPoP"] {
            assert!(is_secret(Place::Field, name), "{name}");
        }
        for name in [
            "Idempotency-Key",
            "X-Cache-Key",
            "Surrogate-Key",
            "Keep-Alive",
        ] {
            assert!(!is_secret(Place::Field, name), "{name}");
        }
        for name in ["code", "state", "key", "email"] {
            assert!(!is_secret(Place::Body, name), "{name}");
            assert!(is_secret(Place::Query, name), "{name}");
        }
    }
}
